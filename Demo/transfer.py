"""A case that goes to another unit: an item is missing at the count, the jurisdiction is disputed, the law decides."""

import hashlib

from recount import HOUR, nearest_rank, rate
from story import WORDS, Story

STATION, BRIGADE, TRAFFIC = "st-06", "public-security-brigade", "traffic-brigade"
LEGAL = "legal-department/3"
GIVES, TAKES, TAKES_LATER = "st-06/131", f"{BRIGADE}/58", f"{TRAFFIC}/12"
DIGEST = hashlib.sha256("停车场监控 2026-11-23".encode()).hexdigest()
LIMIT = 24 * HOUR


class Transfer(Story):
    label = "transfer 移案"

    def __init__(self, path):
        # Each with the unit that receives: what the figures are grouped by.
        self.legs = []  # [receiver, began, sent, accepted]
        self.counts = []  # [receiver, the differences of a count that both have signed]
        self.disputes = []  # [receiver, opened, decided, result]
        super().__init__(path)

    def write(self):
        self.at("23 11:00", self.receive)
        self.at("23 12:00", self.send)
        self.at("23 13:00", lambda: self.count(GIVES, TAKES, 1))
        self.at("23 13:40", self.found)
        self.at("23 13:50", self.accept)
        self.at("23 15:00", self.dispute)
        self.at("25 10:15", self.adjudicate)
        self.at("25 11:15", self.send_on)
        self.at("25 13:30", self.accept_at_last)

    def step(self, action, actor, **params):
        return self.call(f"transfer.{action}", dict(params, id=self.id), actor)

    # --- The steps

    def receive(self):
        self.id = self.call("transfer.receive", {
            "unit": STATION, "kind": "unclear", "summary": "停车场剐蹭后斗殴，两人轻微伤",
            "reporter": {"name": "郑敏", "phone": "13900006666"}}, GIVES)["id"]
        self.began = self.time
        for item in ({"kind": "physical", "description": "棒球棍", "quantity": 2, "condition": "sealed"},
                     {"kind": "digital", "description": "停车场监控录像", "quantity": 1, "condition": "intact",
                      "sha256": DIGEST}):
            self.step("evidence.add", GIVES, handler="officer-0611", custodian="keeper-06", **item)
        self.step("screen", GIVES, jurisdiction="other", to=BRIGADE)
        self.tell(f"{self.id}: a fight in a car park, with two bats and a recording; it is the public-order brigade's")

    def send(self):
        self.step("send", GIVES)
        self.step("reporter.tell", GIVES, way="phone")
        self.legs.append([BRIGADE, self.began, self.time, None])

    def sheet(self, bats):
        return [{"item": 1, "quantity": bats, "condition": "sealed"},
                {"item": 2, "quantity": 1, "condition": "intact", "sha256": DIGEST}]

    def count(self, gives, takes, bats):
        """Both count face to face, each signs in a call of his own; what comes out is theirs to compare."""
        self.step("count", gives, side="giving", items=self.sheet(2))
        answer = self.step("count", takes, side="receiving", items=self.sheet(bats))
        differing = [{"item": 1, "codes": ["shortage"]}] if bats < 2 else []
        self.expect("the count", (answer["result"], answer["differences"]),
                    ("discrepancy" if differing else "clean", differing))
        self.counts.append([self.legs[-1][0], [code for item in differing for code in item["codes"]]])
        if differing:
            payload = self.event("transfer.discrepancy", case=self.id)
            self.expect("the items that differ", payload["items"], [1])
            rule = self.refused("refused_by_rule", "transfer.accept", self.taker("0503", "05"), takes)
            self.expect("the rule that refused", rule, "transfer.evidence.discrepancy")
            self.tell("two counts, two signatures: 2 bats were given, 1 was received. Not accepted; Stone Bridge "
                      "owns it", alarm=True)

    def taker(self, handler, custodian):
        return {"id": self.id, "handler": f"officer-{handler}", "custodian": f"keeper-{custodian}"}

    def found(self):
        # The first two signatures stay for good; these are two new ones.
        self.count(GIVES, TAKES, 2)

    def accept(self):
        self.call("transfer.accept", self.taker("0503", "05"), TAKES)
        self.legs[-1][3] = self.time
        self.owned = [(self.began, STATION), (self.time, BRIGADE)]
        self.tell("the bat was in the car: counted again, they agree; the brigade accepts and owns the case")

    def dispute(self):
        self.step("dispute", TAKES, ground="jurisdiction", text="起因系道路交通事故，应由交警部门办理")
        self.disputes.append([BRIGADE, self.time, None, None])
        self.tell("accepted first, disputed afterwards: the brigade says that it began as a traffic accident")

    def adjudicate(self):
        self.step("adjudicate", LEGAL, to=TRAFFIC, document="法裁〔2026〕7号", text="起因系交通事故，由交警大队办理")
        self.disputes[-1][2:] = [self.time, "moves"]
        self.ruled = self.time
        self.tell("the legal department rules: to the traffic brigade, within 24 hours")

    def send_on(self):
        self.step("send", TAKES)
        self.legs.append([TRAFFIC, self.ruled, self.time, None])

    def accept_at_last(self):
        self.count(TAKES, TAKES_LATER, 2)
        self.call("transfer.accept", self.taker("0702", "07"), TAKES_LATER)
        self.legs[-1][3] = self.time
        self.owned.append((self.time, TRAFFIC))
        self.expect("who owned the case, and from when", self.ledger(), [owner for _, owner in self.owned])
        self.call("transfer.get", {"id": self.id}, TAKES_LATER, **WORDS)
        self.tell("counted and accepted: one owner at every instant, Stone Bridge, then the brigade, then traffic")

    def ledger(self):
        items = self.client.call("transfer.ownership", {"id": self.id})["items"]
        for before, after in zip(items, items[1:]):
            self.expect("a gap between two owners", after["from"], before["until"])
        return [item["owner"] for item in items]

    def link(self):
        """The link of the item's chain that holds the shortage, as the daemon shows it."""
        links = self.client.call("transfer.custody", {"id": self.id, "item": 1})["items"]
        self.expect("the chain of custody", [link["link"] for link in links],
                    ["collected", "differing", "counted", "handed_over", "counted", "handed_over"])
        return links[1]

    # --- The figures

    def tally(self, receivers):
        """What the figures have to be of what goes to these units."""
        legs, counts, disputes = ([item[1:] for item in items if item[0] in receivers]
                                  for items in (self.legs, self.counts, self.disputes))

        def in_time(place):
            done = sum(leg[place] is not None and leg[place] < leg[0] + LIMIT for leg in legs)
            return rate(done, len(legs), {"running": 0, "dropped": 0})

        lengths = [decided - opened for opened, decided, _ in disputes]
        codes = [code for differences, in counts for code in differences]
        return {
            "legs": len(legs), "sent_in_time": in_time(1), "taken_over_in_time": in_time(2),
            "disputes": {
                "opened": len(disputes), "stays": 0, "moves": len(disputes), "superseded": 0,
                "ruled_in_time": rate(len(lengths), len(lengths), {"running": 0, "superseded": 0}),
                "measured": len(lengths), "median_s": nearest_rank(lengths, 50), "p90_s": nearest_rank(lengths, 90)},
            "discrepancies": {
                "total": len(codes),
                "by_code": {code: codes.count(code) for code in ("shortage", "surplus", "digest", "condition")},
                "counts": rate(sum(bool(differences) for differences, in counts), len(counts))}}

    def figures(self):
        receivers = sorted({leg[0] for leg in self.legs})
        groups = [dict(self.tally([receiver]), key=receiver) for receiver in receivers]
        return [("transfer.figures", {}, {"total": self.tally(receivers)}),
                ("transfer.figures", {"by": "receiver"}, {"groups": groups})]

    def rows(self, answers):
        total = answers[0]["total"]
        return [("cases sent within 24 hours 按时移交", total["sent_in_time"], ""),
                ("cases taken over in time 按时接收", total["taken_over_in_time"], ""),
                ("disputes ruled in time 按时裁定", total["disputes"]["ruled_in_time"], ""),
                ("counts with a discrepancy 清点差异", total["discrepancies"]["counts"], "")]
