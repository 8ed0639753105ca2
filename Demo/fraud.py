"""A fraud with money over three hops: one account is stopped and frozen in time, one stop is left to lapse."""

import time

from bank import Bank, yuan
from recount import HOUR, instant, nearest_rank, rate
from story import WORDS, Mismatch, Story

OFFICER, CHIEF, STATION = "anti-fraud/21", "bureau/chief", "st-05/218"


def card(body):
    """A card number with its Luhn check digit."""
    total = sum(digit if place % 2 else sum(divmod(digit * 2, 10))
                for place, digit in enumerate(map(int, reversed(body))))
    return body + str(-total % 10)


VICTIM = card("622202001000001")
# The chain of accounts: number, bank, holder, when the money arrived, how much came.
HOPS = [(card(f"622202009{number:06}"), bank, holder, f"2026-11-23T{at}:00+08:00", came)
        for number, bank, holder, at, came in
        ((1, "ICBKCNBJ", "马强", "09:41", 8_000_000), (2, "PCBCCNBJ", "孙伟", "09:52", 5_000_000),
         (3, "ABOCCNBJ", "钱勇", "10:03", 3_000_000))]
STAYED = [3_000_000, 2_000_000, 3_000_000]


class Fraud(Story):
    label = "fraud 诈骗"

    def __init__(self, path, spool):
        self.bank = Bank(spool)
        self.reports = {}  # id: what the figures count of it
        self.stops = {}  # hop: id
        self.lapses = 0
        super().__init__(path)

    def write(self):
        self.at("23 10:10", self.report)
        self.at("23 10:12", self.ask)
        self.at("23 10:31", self.answer)
        self.at("23 11:20", self.small_report)
        self.at("23 14:00", self.ask_for_freeze)
        self.at("23 14:25", self.freeze)
        self.at("23 16:20", self.frozen)
        self.at("25 10:31", self.lapse)

    # --- The steps

    def report(self):
        accounts = [{"number": VICTIM, "kind": "card", "role": "victim", "bank": "BKCHCNBJ"}]
        accounts += [{"number": number, "kind": "card", "role": "suspect", "bank": bank, "holder": holder}
                     for number, bank, holder, _, _ in HOPS]
        before = [VICTIM] + [hop[0] for hop in HOPS]
        transfers = [{"at": at, "amount": amount, "from": before[place], "to": number, "reference": f"TX-{place + 1}"}
                     for place, (number, _, _, at, amount) in enumerate(HOPS)]
        self.enter("st-05", "fake_customer_service", accounts, transfers, HOPS[0][4])
        self.tell(f"80 000 yuan went from card to card to card in 22 minutes; reported at st-05: {self.main}")

    def enter(self, station, kind, accounts, transfers, amount):
        answer = self.call("stoploss.report", {
            "station": station, "fraud_type": kind, "occurred_at": transfers[0]["at"],
            "victim": {"name": "周芳"}, "accounts": accounts, "transfers": transfers}, STATION)
        self.expect("the money reported", answer["amount"], amount)
        self.main = answer["id"] if not self.reports else self.main
        self.reports[answer["id"]] = {"station": station, "fraud_type": kind, "at": self.time, "amount": amount,
                                      "stopped": None, "held": 0, "stops": 0, "lapses": 0}
        return answer

    def ask(self):
        """The daemon follows the money, and three stops are asked for."""
        trace = self.call("stoploss.trace", {"report": self.main}, OFFICER, **WORDS)
        held = {item["number"]: item for item in trace["accounts"]}
        self.expect("the trace", [held[hop[0]]["holding"] for hop in HOPS], STAYED)
        order = [item["account"] for item in self.client.call("stoploss.next", {"limit": 10})["items"]]
        # Most money first, at the same amount where it arrived last.
        self.expect("what to stop next", order, [held[HOPS[place][0]]["account"] for place in (2, 0, 1)])
        for place in (2, 0, 1):
            stop = self.call("stoploss.stop.request",
                             {"report": self.main, "account": held[HOPS[place][0]]["account"]}, OFFICER)
            self.stops[place] = stop["id"]
            self.reports[self.main]["stops"] += 1
        self.tell("the money is traced to three accounts, and three banks are asked to stop them: "
                  "camt.056 in spool/out")

    def answer(self):
        requests = self.bank.take(3)
        for place, fen in enumerate(STAYED):
            request = requests[self.stops[place]]
            self.expect("the message to the bank", (request.amount, request.bank, request.holder),
                        (fen, HOPS[place][1], HOPS[place][2]))
            if place == 0:
                self.bank.refuse(request, self.now, "BE01")
                continue
            self.bank.hold(request, self.now)
            report = self.reports[self.main]
            report["held"] += fen
            report["stopped"] = report["stopped"] or self.time - report["at"]
        for place, state in ((0, "refused_mismatch"), (1, "stopped"), (2, "stopped")):
            self.wait(place, state)
        self.ends = self.time + 48 * HOUR
        self.expect("the end of a stop", instant(self.stop(1)["ends_at"]), self.ends)
        self.tell("camt.029 in spool/in: two banks hold 50 000 yuan for 48 hours, one has another name: nothing held")

    def stop(self, place):
        return self.client.call("stoploss.stop.get", {"id": self.stops[place]})

    def wait(self, place, state):
        """The daemon looks into its spool once a second of real time."""
        end = time.monotonic() + 15
        while self.stop(place)["state"] != state:
            if time.monotonic() > end:
                raise Mismatch(f"fraud: the stop is {self.stop(place)['state']}, expected {state}")
            time.sleep(0.02)

    def small_report(self):
        """Another report, whose money is long gone: nothing to stop, and it counts in every denominator."""
        number = card("622202008000001")
        self.enter("st-09", "ticket_change",
                   [{"number": card("622202008000002"), "kind": "card", "role": "victim", "bank": "BKCHCNBJ"},
                    {"number": number, "kind": "card", "role": "suspect", "bank": "ICBKCNBJ", "holder": "何磊"}],
                   [{"at": "2026-11-23T08:05:00+08:00", "amount": 320_000, "from": card("622202008000002"),
                     "to": number}], 320_000)

    def ask_for_freeze(self):
        number, _, holder, _, _ = HOPS[2]
        answer = self.call("stoploss.freeze.request", {
            "id": self.stops[2], "name": holder, "account": number, "amount": STAYED[2], "kind": "ordinary",
            "scope": "amount", "interest": True}, OFFICER)
        self.approval = answer["freeze"]["approval"]
        rule = self.refused("refused_by_rule", "approval.approve", {"id": self.approval, "version": 1}, OFFICER)
        self.expect("the rule that refused", rule, "approval.second_person")

    def freeze(self):
        self.call("approval.approve", {"id": self.approval, "version": 1}, CHIEF)
        self.call("stoploss.freeze.order", {"id": self.stops[2]}, OFFICER)

    def frozen(self):
        answer = self.call("stoploss.freeze.record", {
            "id": self.stops[2], "result": "frozen", "at": self.now, "amount": STAYED[2]}, OFFICER)
        self.expect("the freeze", answer["state"], "frozen")
        self.tell("in time: the chief approved, and the third account is frozen for six months with 30 000 yuan")

    def lapse(self):
        payload = self.event("stoploss.lapsed_unhandled", stop=self.stops[1])
        self.expect("the lapsed stop", self.stop(1)["state"], "lapsed")
        self.expect("the frozen one", self.stop(2)["state"], "frozen")
        self.reports[self.main]["lapses"] += 1
        self.tell(f"48 hours are over and nobody acted: the stop of the second account has lapsed, "
                  f"20 000 yuan are free; told: {', '.join(payload['to'])}", alarm=True)

    # --- The figures

    def count(self, reports):
        amount = sum(report["amount"] for report in reports)
        taken = [report["stopped"] for report in reports if report["stopped"] is not None]
        return {"reports": len(reports),
                "report_to_stop": {"measured": len(taken), "median_s": nearest_rank(taken, 50),
                                   "p90_s": nearest_rank(taken, 90),
                                   "exclusions": {"not_stopped": len(reports) - len(taken)}},
                "held": rate(sum(report["held"] for report in reports), amount), "returned": rate(0, amount),
                "lapses": {"count": sum(report["lapses"] for report in reports),
                           "stops": sum(report["stops"] for report in reports), "target": 0},
                "wrong_released": rate(0, 0, {"running": 0})}

    def figures(self):
        reports = list(self.reports.values())
        small = {"reports": len(reports), "amount": sum(report["amount"] for report in reports)}
        shown = {"patterns": [], "small_cells": small}
        queries = [("stoploss.figures", {}, dict(shown, total=self.count(reports)))]
        for group in ("station", "fraud_type"):
            groups = [dict(self.count([report for report in reports if report[group] == key]), key=key)
                      for key in sorted({report[group] for report in reports})]
            queries.append(("stoploss.figures", {"by": group}, dict(shown, groups=groups)))
        return queries

    def rows(self, answers):
        total = answers[0]["total"]
        lapses, to_stop = total["lapses"], total["report_to_stop"]
        money = lambda item: dict(item, numerator=yuan(item["numerator"]), denominator=yuan(item["denominator"]))
        return [("reports stopped 止付 (median {} min)".format(to_stop["median_s"] // 60),
                 rate(to_stop["measured"], total["reports"]), ""),
                ("money held, yuan 止付金额", money(total["held"]), ""),
                ("money returned, yuan 返还金额", money(total["returned"]), ""),
                ("stops that lapsed unhandled 逾期失效", rate(lapses["count"], lapses["stops"]), "0"),
                ("wrongly held, released in time 及时解除", total["wrong_released"], "")]
