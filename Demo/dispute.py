"""A dispute that fails twice, comes back, fails again and opens support scenario 8; and one that is settled."""

from plan import Request, Step
from recount import MINUTE
from story import WORDS, Story, targeted

STATION, OFFICER, BRIGADE = "st-02", "st-02/115", "public-security-brigade/44"
PARTIES = [{"role": "injured", "name": "李四海", "phone": "13900001111", "birth": "1971-03-05"},
           {"role": "offender", "name": "王五一", "phone": "13900002222", "birth": "1985-06-01"}]
OTHERS = [{"role": "injured", "name": "赵兰", "phone": "13900003333", "birth": "1990-01-02"},
          {"role": "offender", "name": "陈军", "phone": "13900004444", "birth": "1988-09-09"}]


class Dispute(Story):
    label = "dispute 纠纷"

    def __init__(self, path):
        self.disputes = {}  # id: owner, thread, end, whether it failed, whether visited
        self.calls = []  # thread of each call
        super().__init__(path)

    def write(self):
        self.at("23 08:40", lambda: self.register("wall", STATION, "宅基地界墙", PARTIES))
        self.at("23 08:55", lambda: self.take_on("wall"))
        self.at("23 10:00", lambda: self.session("wall", "adjourned"))
        self.at("23 21:10", self.another_call)
        self.at("24 09:30", self.first_failure)
        self.at("24 11:00", self.advise)
        self.at("25 09:20", self.comes_back)
        self.at("25 09:26", lambda: self.support("acknowledge", BRIGADE))
        self.at("25 09:29", lambda: self.support("assign", BRIGADE, to="patrol-2"))
        self.at("25 09:35", lambda: self.support("start", BRIGADE))
        self.at("25 09:40", lambda: self.take_on("again"))
        self.at("25 10:30", self.second_failure)
        self.at("25 10:40", lambda: self.support("complete", BRIGADE, result="联合调解，双方已隔离，转社区跟进"))
        self.at("25 11:20", lambda: self.support("feedback", OFFICER, in_time=True, worked=True))
        self.at("23 13:00", lambda: self.register("noise", "st-08", "夜间装修噪音", OTHERS))
        self.at("23 13:10", lambda: self.take_on("noise"))
        self.at("23 15:00", lambda: self.session("noise", "agreed"))
        self.at("23 15:30", self.sign)
        self.at("25 11:00", self.perform_and_visit)

    # --- The steps

    def id(self, name):
        return next(id_ for id_, item in self.disputes.items() if item["name"] == name)

    def step(self, name, action, **params):
        item = self.disputes[self.id(name)]
        return self.call(f"mediation.{action}", dict(params, id=self.id(name)), item["officer"])

    def register(self, name, station, matter, parties, **more):
        officer = OFFICER if station == STATION else f"{station}/77"
        answer = self.call("mediation.register", dict({
            "station": station, "kind": "neighbours", "matter": matter, "summary": "口角后推搡，一方轻微擦伤",
            "parties": parties}, **more), officer)
        self.disputes[answer["id"]] = {"name": name, "owner": station, "officer": officer, "thread": answer["thread"],
                                       "people": [person["id"] for person in answer["people"]],
                                       "outcome": None, "visited": False, "failed": False}
        self.calls.append(answer["thread"])
        if name == "wall":
            self.tell(f"{answer['id']}: two neighbours quarrel over a wall; Riverside takes it and owns it from now on")
        return answer

    def take_on(self, name):
        self.step(name, "accept")
        self.step(name, "eligibility", open=True, reason="邻里纠纷，情节轻微")
        for person in self.disputes[self.id(name)]["people"]:
            self.step(name, "consent", person=person, agrees=True)

    def session(self, name, result, **more):
        people = [{"person": person} for person in self.disputes[self.id(name)]["people"]]
        answer = self.step(name, "session.record", place="调解室一", mediator="社区民警", attendees=people, result=result,
                           **more)
        if result == "failed":
            self.disputes[self.id(name)]["failed"] = True
        return answer

    def another_call(self):
        self.step("wall", "call.record", unit=STATION, summary="夜间再次争吵报警")
        self.calls.append(self.disputes[self.id("wall")]["thread"])

    def first_failure(self):
        answer = self.session("wall", "failed", violence_risk=True)
        self.expect("support after two calls", answer.get("support_requests", []), [])
        rule = self.refused("refused_by_rule", "mediation.session.record", {
            "id": self.id("wall"), "place": "调解室一", "mediator": "社区民警", "result": "agreed",
            "attendees": [{"person": person} for person in self.disputes[self.id("wall")]["people"]]}, OFFICER)
        self.expect("the rule that refused a third session", rule, "mediation.session.at_most")
        self.tell("the second session fails too, with threats; a third is refused, and the case clock of 30 days runs")

    def advise(self):
        self.step("wall", "close", advice="case", note="依法处理")
        self.disputes[self.id("wall")]["outcome"] = False

    def comes_back(self):
        answer = self.register("again", STATION, "宅基地界墙", PARTIES)
        self.expect("that it is the old one", (answer["is_repeat"], answer["thread"]), (True, self.id("wall")))
        self.tell(f"the same people over the same wall: {answer['id']} is found to continue {answer['thread']}")
        self.expect("one support request", len(answer.get("support_requests", [])), 1)
        request, = answer["support_requests"]
        payload = self.event("mediation.support", dispute=answer["id"])
        # Each session without an agreement is a failed attempt, also the one that was adjourned.
        self.expect("why support is asked", (payload["failures"], payload["calls"]),
                    (2, self.calls.count(answer["thread"])))
        self.adopt(request)
        self.tell(f"2 sessions without agreement, the third call, a risk of violence: {request} of scenario 8 is opened "
                  "by itself", alarm=True)

    def second_failure(self):
        answer = self.session("again", "failed")
        self.expect("no further support request", len(answer["support_requests"]), 1)
        self.tell("it fails again, with the brigade there: what was asked for counts, and nothing is asked twice")

    def sign(self):
        people = self.disputes[self.id("noise")]["people"]
        self.step("noise", "agreement.record", body="清溪派出所", mediator="社区民警", parties=people,
                  others_present=[], time=self.now, place="清溪派出所调解室", cause="夜间装修", course="口角",
                  result="无伤", terms="二十时后不施工", performance={"by": "2026-11-25", "method": "当面道歉"},
                  signatures=people)

    def perform_and_visit(self):
        self.step("noise", "performance.record", outcome="full")
        self.step("noise", "visit.record", settled=True)
        self.step("noise", "close")
        self.disputes[self.id("noise")].update(outcome=True, visited=True)
        # Reading who they are takes a purpose and a reason, and is in the log.
        self.refused("purpose_required", "mediation.get", {"id": self.id("noise")}, "st-08/77")
        self.call("mediation.get", {"id": self.id("noise")}, "st-08/77", **WORDS)

    # --- The support request, played and recounted with those of the day

    def adopt(self, request):
        number = len(self.day.requests)
        self.day.requests.append(Request(number, 8, STATION, self.day.catalogue[8][0][0], "urgent"))
        self.day.ids[number] = request
        self.day.announced += 1
        params = {"scenario": 8, "urgency": "urgent"}
        self.number = number
        self.day.begin(Step(self.time, number, "open", OFFICER, params), STATION, self.day.lead(params), "urgent",
                       self.time)

    def support(self, action, actor, **params):
        self.day.run([Step(self.time, self.number, action, actor, params)], self.time)
        if action == "complete":
            minutes = (self.time - self.day.now[self.number].start) // MINUTE
            self.tell(f"{self.day.ids[self.number]}: the brigade answered and was there; done after {minutes} minutes")

    # --- The figures

    def count(self, disputes):
        ended = [item for item in disputes if item["outcome"] is not None]
        visited = [item for item in disputes if item["visited"]]
        threads = {item["thread"] for item in disputes}
        calls = [thread for thread in self.calls if thread in threads]
        beyond = len(calls) - len(threads)
        hundredths = (beyond * 200 + len(threads)) // (2 * len(threads))
        repeats = {"numerator": beyond, "denominator": len(threads), "ratio": hundredths / 100,
                   "text": f"{hundredths // 100}.{hundredths % 100:02}", "exclusions": {}}
        open_ = sum(item["failed"] and item["outcome"] is None for item in disputes)
        return {"success": targeted(sum(item["outcome"] for item in ended), len(ended), 98, exclusions={
                    "not_eligible": 0, "withdrawn": 0, "failed_not_closed": open_}),
                "withdrawals": dict.fromkeys(["registered", "eligibility", "consent", "session_1", "session_2"], 0),
                "visits": targeted(len(visited), len(visited), 100, exclusions={"not_due": 0}),
                "repeats": repeats}

    def figures(self):
        all_ = list(self.disputes.values())
        groups = [dict(self.count([item for item in all_ if item["owner"] == owner]), key=owner)
                  for owner in sorted({item["owner"] for item in all_})]
        return [("mediation.figures", {}, {"total": self.count(all_)}),
                ("mediation.figures", {"by": "owner"}, {"groups": groups})]

    def rows(self, answers):
        total = answers[0]["total"]
        return [("disputes performed and visited 调解成功", total["success"], "98 %"),
                ("return visits made 回访", total["visits"], "100 %"),
                ("calls beyond the first, a dispute 重复警情", total["repeats"], "")]
