"""Happy paths of every module, so that the fuzzer begins with records in many states."""

import datetime as dt

OFFICERS = ["fuzz/0", "fuzz/1", "fuzz/2", "fuzz/3", "fuzz/4"]


PURPOSES = {
    "community_corrections": "assist_corrections",
    "drug_treatment": "assist_treatment",
    "bail_pending_trial": "ensure_appearance",
    "protection_order": "protect_person",
    "resettlement_support": "support_after_release",
    "missing_vulnerable_person": "find_and_return",
}


class Walk:
    def __init__(self, fuzz, strict):
        self.fuzz, self.strict = fuzz, strict

    def __call__(self, method, actor=0, **params):
        """A call that has to succeed: its result."""
        if None in params.values():
            return {}
        params["meta"] = {"purpose": "handling", "reason": "path", "actor": OFFICERS[actor]}
        answer = self.fuzz.call(method, params)
        if "error" in answer and self.strict:
            self.fuzz.finding("path", method, params, answer)
        return answer.get("result", {})

    def approve(self, approval, actor=3):
        if approval:
            self("approval.approve", actor, id=approval, version=1)

    def approve_subject(self, subject):
        waiting = self("approval.list", state="pending", limit=500, order="desc").get("items", [])
        self.approve(next((item["id"] for item in waiting if item["subject"] == subject), None))

    def later(self, **span):
        self.fuzz.maker.now += dt.timedelta(**span)
        self.fuzz.hold()

    def day(self, days):
        return (self.fuzz.maker.now.date() + dt.timedelta(days=days)).isoformat()

    def now(self, **span):
        return (self.fuzz.maker.now + dt.timedelta(**span)).isoformat(timespec="milliseconds")


def support(call, steps):
    id_ = call(
        "support.open",
        scenario=[2, 4, 5, 12][steps % 4],
        station="st-01",
        urgency="immediate" if steps % 3 == 0 else "routine",
        summary="path",
        facts={"officers_available": 4, "persons_involved": 3},
        **({"branch": "criminal-brigade"} if steps % 4 == 3 else {}),
    ).get("id")
    todo = [
        ("acknowledge", {}),
        ("assign", {"to": "patrol-3"}),
        ("request_info", {"reason": "where"}),
        ("provide_info", {"text": "there"}),
        ("start", {}),
        ("complete", {"result": "done"}),
        ("feedback", {"in_time": True, "worked": True}),
        ("reopen", {"reason": "again"}),
    ]
    for verb, more in todo[:steps]:
        call(f"support.{verb}", id=id_, **more)
        call.later(minutes=3)
    if steps == 7:
        why = {"module": "support", "subject": id_}
        approval = call("personal.request_erasure", **why).get("approval")
        call.approve(approval)
        call("personal.erase", 0, approval=approval, **why)


def stoploss(call, steps, cards):
    victim, suspect, third = cards
    at = call.now(minutes=-30)
    report = call(
        "stoploss.report",
        station="st-02",
        fraud_type="fake_loan",
        occurred_at=at,
        victim={"name": "张三", "id_number": "11010519491231002X"},
        accounts=[
            {"number": victim, "kind": "card", "role": "victim", "holder": "张三"},
            {"number": suspect, "kind": "card", "role": "suspect", "holder": "李四", "bank": "ICBKCNBJ"},
            {"number": third, "kind": "card", "role": "suspect", "holder": "王五", "bank": "PCBCCNBJ"},
        ],
        transfers=[
            {"at": at, "amount": 5000003, "from": victim, "to": suspect},
            {"at": call.now(minutes=-20), "amount": 2000001, "from": suspect, "to": third},
        ],
    ).get("id")
    got = call("stoploss.get", id=report)
    account = next((item["account"] for item in got.get("accounts", []) if item["number"] == suspect), "x")
    call(
        "stoploss.add_transfers",
        id=report,
        transfers=[{"at": call.now(minutes=-10), "amount": 500, "from": third, "to": suspect, "reference": "r"}],
    )
    stop = call("stoploss.stop.request", report=report, account=account).get("id")
    if steps > 0:
        call("stoploss.stop.record", id=stop, result="stopped", at=call.now(), held=3000002)
    if steps > 1:
        done = call(
            "stoploss.freeze.request",
            id=stop,
            name="李四",
            account=suspect,
            amount=3000002,
            kind="ordinary",
            scope="amount",
            interest=True,
        )
        call.approve(done.get("freeze", {}).get("approval"))
        call("stoploss.freeze.order", id=stop)
    if steps > 2:
        call("stoploss.freeze.record", id=stop, result="frozen", at=call.now(), amount=3000002)
    if steps == 4:
        done = call("stoploss.renew.request", id=stop, months=6)
        call.approve(
            done.get("freeze", {}).get("renewal_approval")
            or call("stoploss.stop.get", id=stop).get("freeze", {}).get("renewal_approval")
        )
        call("stoploss.renew.order", id=stop)
        call("stoploss.renew.record", id=stop, at=call.now())
    if steps > 4:
        call("stoploss.return.decide", id=stop)
        call("stoploss.return.approve", 2, id=stop)
    if steps > 5:
        call("stoploss.return.execute", id=stop)
    if steps > 6:
        call("stoploss.return.record", id=stop, at=call.now())


def mediation(call, steps, people):
    made = call(
        "mediation.register",
        station="st-02",
        kind="neighbours",
        mode="people" if steps % 4 == 3 else "police",
        matter=f"wall {steps} {call.fuzz.number % 7}",
        summary="path",
        parties=[
            {"role": "injured", "name": "甲", "id_number": people[min(steps % 6, 3)]},
            {"role": "offender", "name": "乙", "phone": f"1390000{steps:04}", "birth": "1985-01-01"},
        ],
    )
    id_, persons = made.get("id"), [item["id"] for item in made.get("people", [])]
    attendees = [{"person": person} for person in persons]
    agreement = dict(
        body="b",
        mediator="m",
        parties=persons,
        others_present=[],
        place="p",
        cause="c",
        course="c",
        result="r",
        terms="t",
        performance={"by": call.day(20), "method": "cash"},
        signatures=persons,
    )
    todo = (
        [("accept", {}), ("eligibility", {"open": True, "reason": "slight"})]
        + [("consent", {"person": person, "agrees": True}) for person in persons]
        + [
            ("session.record", {"place": "r", "mediator": "m", "attendees": attendees, "result": "adjourned"}),
            (
                "session.record",
                {
                    "place": "r",
                    "mediator": "m",
                    "attendees": attendees,
                    "result": "agreed" if steps % 2 else "failed",
                },
            ),
        ]
    )
    if steps % 2:
        todo += [
            ("agreement.record", agreement),
            ("performance.record", {"outcome": "part"}),
            ("performance.record", {"outcome": "full"}),
            ("visit.record", {"settled": True}),
            ("close", {}),
        ]
    else:
        todo += [("extend.request", {"reason": "abroad"})]
    for verb, more in todo[:steps]:
        call.later(minutes=2)
        if verb == "agreement.record":
            more = dict(more, time=call.now())
        call(f"mediation.{verb}", id=id_, **more)
    if steps == 7:
        call("mediation.court.confirm", id=id_, applied_on=call.day(0), court="C", outcome="applied")
    if steps in (8, 10, 12):
        call.approve_subject(id_)
        call("mediation.extend", id=id_)


def keyperson(call, steps, category, person):
    purpose = PURPOSES[category]
    more = {"part": "protected"} if category == "protection_order" else {}
    more |= {"consent": {"document": "c", "date": call.day(0)}} if category == "resettlement_support" else {}
    more |= {"clean_since": call.day(-100)} if category == "drug_treatment" else {}
    term = 90 if category != "missing_vulnerable_person" else 60
    number = f"{category} {steps} {call.fuzz.number}"
    call.fuzz.keep(("keyperson", "number"), number)
    id_ = call(
        "keyperson.propose",
        0,
        category=category,
        station="st-03",
        owner="key-person-desk",
        purpose=purpose,
        name="吴某",
        id_number=person,
        instrument={"authority": "Court", "number": number, "date": call.day(-1)},
        to=call.day(term),
        next_review=call.day(25),
        **{"from": call.day(-1)},
        **more,
    ).get("id")
    if steps > 0:
        approval = call("keyperson.verify_instrument", 1, id=id_, seen="original").get("approval")
    if steps > 1:
        call.approve(approval)
        call("keyperson.activate", 0, id=id_)
    if steps > 2:
        call(
            (
                "keyperson.duty.add"
                if category in ("bail_pending_trial", "community_corrections")
                else "keyperson.visit.agree"
            ),
            id=None if category == "missing_vulnerable_person" else id_,
            first_due=call.now(days=2),
            every_days=7,
            **(
                {"kind": "report_in"}
                if category in ("bail_pending_trial", "community_corrections")
                else {"consent": {"by": "person", "document": "d", "date": call.day(0)}}
            ),
        )
    if steps > 3:
        call("keyperson.contact.lost", id=id_, urgency="urgent")
    if steps > 4:
        call("keyperson.contact.found", id=id_, outcome="found_well")
    if steps == 5 and category in ("bail_pending_trial", "community_corrections"):
        call.later(days=24)
        done = call(
            "keyperson.renew.request",
            id=id_,
            to=call.day(150),
            next_review=call.day(60),
            instrument={"authority": "Court", "number": number + "+", "date": call.day(0)},
        )
        call.approve(done.get("approval"))
        call("keyperson.renew", id=id_)
    if steps > 5 and category != "missing_vulnerable_person":
        task = call(
            "keyperson.delist", id=id_, reason="completion" if category != "missing_vulnerable_person" else "found"
        ).get("task")
        call("keyperson.notice.get", task=task)
        call("keyperson.notice.record", task=task)


def transfer(call, steps, kind):
    id_ = call(
        "transfer.receive",
        unit="st-02",
        kind=kind,
        summary="path",
        reporter={"name": "王", "phone": "13800005678"},
        persons=[{"name": "乙", "phone": "13800005679", "role": "suspect"}],
    ).get("id")
    digest = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
    call(
        "transfer.evidence.add",
        id=id_,
        kind="digital",
        description="film",
        quantity=1,
        condition="intact",
        sha256=digest,
        handler="officer-1",
        custodian="keeper-1",
    )
    sheet = [{"item": 1, "quantity": 1, "condition": "intact", "sha256": digest}]
    todo = [("screen", 0, {"jurisdiction": "other", "to": "criminal-brigade"})]
    if kind == "criminal":
        todo += [
            ("approval.request", 0, {}),
            ("approval.approve", 3, {}),
            ("notice.issue", 0, {"number": f"n{steps}"}),
        ]
    todo += [
        ("send", 0, {}),
        ("reporter.tell", 0, {"way": "phone"}),
        ("count", 0, {"side": "giving", "items": sheet}),
        ("count", 1, {"side": "receiving", "items": sheet}),
        ("accept", 1, {"handler": "officer-5", "custodian": "keeper-5"}),
        ("dispute", 1, {"ground": "facts", "text": "not ours"}),
        ("adjudicate", 2, {"to": "public-security-brigade"}),
    ]
    for verb, actor, more in todo[:steps]:
        if verb == "approval.approve":
            call.approve_subject(id_)
        call(f"transfer.{verb}", actor if verb != "approval.approve" else 0, id=id_, **more)
        call.later(minutes=1)


def one(fuzz):
    """A path of a random module, as far as a random step."""
    call, rng, maker = Walk(fuzz, False), fuzz.rng, fuzz.maker
    rng.choice(
        [
            lambda: support(call, rng.randint(0, 8)),
            lambda: stoploss(call, rng.randint(0, 7), rng.sample(maker.cards, 3)),
            lambda: mediation(call, rng.randint(0, 12), maker.people),
            lambda: keyperson(call, rng.randint(2, 6), rng.choice(list(PURPOSES)), rng.choice(maker.people)),
            lambda: transfer(call, rng.randint(0, 12), rng.choice(["administrative", "criminal", "unclear"])),
        ]
    )()


def walk(fuzz):
    """Every path, ended after each of its steps."""
    call, maker = Walk(fuzz, True), fuzz.maker
    for steps in range(9):
        support(call, steps)
    for steps in range(8):
        stoploss(call, steps, maker.cards[3 * steps : 3 * steps + 3])
    for steps in range(1, 13):
        mediation(call, steps, maker.people)
    for place, category in enumerate(PURPOSES):
        for steps in {place, 3, 5, 6}:
            keyperson(call, steps, category, maker.people[place])
    for kind in ("administrative", "criminal", "unclear"):
        for steps in range(0, 12, 2):
            transfer(call, steps + (kind != "criminal"), kind)
