"""A person on bail: entered with four eyes, a duty missed, and delisted by itself at the end of the term."""

from recount import instant, rate
from story import Story, targeted

PROPOSER, VERIFIER, APPROVER = "st-03/140", "st-03/152", "bureau/deputy-chief"
FIRST_DUE = "2026-11-24T10:00:00+08:00"
READ = {"purpose": "handling", "reason": "核实未按时报到"}


class KeyPerson(Story):
    label = "key person 重点人员"

    def __init__(self, path):
        self.rows_ = []  # (what, code), as they happened
        super().__init__(path)

    def write(self):
        self.at("23 09:00", self.propose)
        self.at("23 09:15", self.own_eyes)
        self.at("23 09:40", self.enter)
        self.at("24 00:00", self.review_opens)
        self.at("24 15:00", self.review)
        self.at("24 16:00", self.read)
        self.at("25 10:00", self.missed)
        self.at("27 00:00", self.end)
        self.at("27 07:45", self.tell_the_person)

    # --- The steps

    def propose(self):
        answer = self.call("keyperson.propose", {
            "category": "bail_pending_trial", "station": "st-03", "owner": "key-person-desk",
            "purpose": "ensure_appearance", "name": "吴某", "phone": "13900005555",
            "instrument": {"authority": "清平县人民检察院", "number": "(2026) 保字 12", "date": "2026-11-20"},
            "from": "2026-11-23", "to": "2026-11-26", "next_review": "2026-11-25"}, PROPOSER)
        self.id = answer["id"]
        self.verify()
        self.tell("bail until Thursday is proposed, and the instrument seen: somebody else has to approve")

    def verify(self):
        answer = self.call("keyperson.verify_instrument", {"id": self.id, "seen": "original"}, VERIFIER)
        self.approval = {"id": answer["approval"], "version": 1}

    def own_eyes(self):
        """Neither who asked nor who proposed can approve."""
        for person in (VERIFIER, PROPOSER):
            rule = self.refused("refused_by_rule", "approval.approve", self.approval, person)
            self.expect("the rule that refused", rule, "approval.second_person")
        rule = self.refused("approval_required", "keyperson.activate", {"id": self.id}, PROPOSER)
        self.expect("the rule that refused", rule, "keyperson.four_eyes")
        self.tell("the two try it without a third: both are refused the approval, and nobody is entered")

    def enter(self):
        self.call("approval.approve", self.approval, APPROVER)
        answer = self.call("keyperson.activate", {"id": self.id}, PROPOSER)
        self.expect("the entry", answer["state"], "active")
        self.rows_.append(("entry", None))
        answer = self.call("keyperson.duty.add", {"id": self.id, "kind": "report_in", "first_due": FIRST_DUE}, PROPOSER)
        self.duty_task = answer["task"]
        self.tell("a third person approved: the record is active, with the duty to report in on Tuesday at 10:00")

    def review_opens(self):
        self.review_task = self.event("keyperson.review_due")["task"]

    def review(self):
        self.call("keyperson.review", {"id": self.id, "in_force": True, "needed": True, "next_review": "2026-11-26"},
                  PROPOSER)
        self.rows_.append(("review", "in_time"))

    def read(self):
        """A read belongs to a task, and has a purpose and a reason; without them nothing is answered."""
        self.refused("purpose_required", "keyperson.get", {"task": self.duty_task}, PROPOSER)
        self.call("keyperson.get", {"task": self.duty_task}, PROPOSER, **READ)
        self.rows_.append(("reading", "linked"))
        self.tell("nobody came at 10:00: an officer reads whom the task is about, for a purpose, with a reason, logged")

    def missed(self):
        payload = self.event("keyperson.duty_missed", task=self.duty_task)
        self.expect("what was missed", (payload["kind"], instant(payload["due"]), payload["late"]),
                    ("report_in", instant(FIRST_DUE), False))
        self.call("keyperson.get", {"task": self.duty_task}, PROPOSER, **READ)
        self.rows_.append(("reading", "linked"))
        self.tell("24 hours of grace are over: the duty of Tuesday is missed, and read under its task 跟进", alarm=True)

    def end(self):
        payload = self.event("keyperson.delisted", reason="expiry")
        self.expect("why it ended", payload["reason"], "expiry")
        self.notice = payload["task"]
        # The second review was due at the same instant: nobody owes it any more.
        self.rows_ += [("review", "void"), ("delisting", "expiry")]
        self.tell("the term is over: delisted by itself 摘帽; the record is not read any more")

    def tell_the_person(self):
        self.refused("refused_by_rule", "keyperson.get", {"id": self.id}, PROPOSER, **READ)
        notice = self.call("keyperson.notice.get", {"task": self.notice}, PROPOSER, **READ)
        self.expect("whom the notice is for", notice["name"], "吴某")
        self.call("keyperson.notice.record", {"task": self.notice}, PROPOSER)
        self.tell(f"told: “{notice['zh']}”")

    # --- The figures

    def figures(self):
        has = self.rows_.count
        codes = ["expiry", "completion", "three_years_clean", "court_decision", "error", "found", "consent_withdrawn",
                 "not_entered"]
        reviews = [code for what, code in self.rows_ if what == "review"]
        reads = [code for what, code in self.rows_ if what == "reading"]
        over, made = reviews.count("overdue"), reviews.count("in_time")
        entered = sum(what == "entry" for what, _ in self.rows_)
        ended = [code for what, code in self.rows_ if what == "delisting"]
        count = {"overdue_reviews": targeted(over, over + made, 0, at_most=True, exclusions={
                     "not_due_yet": 0, "record_ended": has(("review", "void"))}),
                 "unlinked_reads": targeted(reads.count("unlinked"), len(reads), 0, at_most=True,
                                            exclusions={"extracts": 0}),
                 "delistings": rate(len(ended), entered, {"never_entered": 0}),
                 "delistings_by_reason": {code: ended.count(code) for code in codes}}
        return [("keyperson.figures", {}, {"total": count}),
                ("keyperson.figures", {"by": "station"}, {"groups": [dict(count, key="st-03")]})]

    def rows(self, answers):
        total = answers[0]["total"]
        return [("reviews overdue 逾期复核", total["overdue_reviews"], "0"),
                ("reads without a task 无任务查阅", total["unlinked_reads"], "0"),
                ("delisted of those followed up 摘帽", total["delistings"], "")]
