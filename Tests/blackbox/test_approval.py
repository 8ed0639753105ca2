"""Approvals over the socket: who may decide what, for which units, and never on what they asked for or proposed."""

import datetime
import os
import unittest

from harness import DaemonTestCase
from test_framing import CONFIG
from users import UserTestCase

PROPOSER, VERIFIER = 60001, 60002
CHIEF, OWN_CHIEF, OTHER_CHIEF, MONEY_CHIEF, ENTRY_CHIEF = 60011, 60012, 60013, 60014, 60015
ACCESS = f"""
roles:
  officer: {{methods: ["keyperson.*", "approval.*"], scope: own}}
  chief: {{methods: ["approval.*"], scope: all, personal: full}}
  own_chief: {{methods: ["approval.*"], scope: own}}
  money_chief: {{methods: ["approval.*"], scope: all, approves: ["stoploss.*", transfer.approve]}}
  entry_chief: {{methods: ["approval.*"], scope: all, approves: keyperson.activate}}
bindings:
  - {{user: ["{PROPOSER}", "{VERIFIER}"], roles: [officer], unit: st-03}}
  - {{user: ["{CHIEF}"], roles: [chief], unit: bureau}}
  - {{user: ["{OWN_CHIEF}"], roles: [own_chief], unit: st-03}}
  - {{user: ["{OTHER_CHIEF}"], roles: [own_chief], unit: st-04}}
  - {{user: ["{MONEY_CHIEF}"], roles: [money_chief]}}
  - {{user: ["{ENTRY_CHIEF}"], roles: [entry_chief]}}
"""
WHY = {"purpose": "handling", "reason": "to decide on it"}


def day(offset):
    """A day from today, in the law's zone."""
    zone = datetime.timezone(datetime.timedelta(hours=8))
    return (datetime.datetime.now(zone) + datetime.timedelta(days=offset)).date().isoformat()


class ApprovalTests(UserTestCase):
    CONFIG = CONFIG
    ACCESS = ACCESS
    numbers = 0

    def setUp(self):
        """A record that one officer proposed, and another verified and asks to enter."""
        ApprovalTests.numbers += 1
        self.record = self.user(PROPOSER).call("keyperson.propose", {
            "category": "bail_pending_trial", "station": "st-03", "owner": "key-person-desk",
            "purpose": "ensure_appearance", "name": "吴某", "phone": "13900005555",
            "instrument": {"authority": "清平县人民检察院", "number": f"(2026) {self.numbers}", "date": day(-1)},
            "from": day(0), "to": day(30), "next_review": day(20)})["id"]
        self.id = self.user(VERIFIER).call(
            "keyperson.verify_instrument", {"id": self.record, "seen": "original"})["approval"]

    def decide(self, uid, verb="approve"):
        return self.user(uid).call(f"approval.{verb}", {"id": self.id, "version": 1})

    def listed(self, uid):
        return self.id in [item["id"] for item in self.user(uid).call("approval.list", {"limit": 500})["items"]]

    def test_a_second_person_decides_and_it_takes_effect(self):
        for uid in (CHIEF, OWN_CHIEF, ENTRY_CHIEF):
            self.assertTrue(self.listed(uid))
        self.assertEqual(self.user(ENTRY_CHIEF).call("approval.get", {"id": self.id}, **WHY)["unit"], "st-03")
        self.assertEqual(self.decide(ENTRY_CHIEF)["state"], "approved")
        answer = self.user(PROPOSER).call("keyperson.activate", {"id": self.record})
        self.assertEqual(answer["state"], "active")

    def test_neither_who_asked_nor_who_proposed_decides(self):
        for uid in (PROPOSER, VERIFIER):
            for verb in ("approve", "reject"):
                with self.refused("refused_by_rule", "/id") as caught:
                    self.decide(uid, verb)
                self.assertEqual(caught.exception.data["rule"], "approval.second_person")
        with self.refused("approval_required"):
            self.user(PROPOSER).call("keyperson.activate", {"id": self.record})

    def test_another_action_and_another_unit_are_out_of_reach(self):
        for uid in (MONEY_CHIEF, OTHER_CHIEF):
            self.assertFalse(self.listed(uid))
            with self.refused("denied"):
                self.user(uid).call("approval.get", {"id": self.id}, **WHY)
            for verb in ("approve", "reject"):
                with self.refused("denied"):
                    self.decide(uid, verb)
        self.assertEqual(self.decide(OWN_CHIEF, "reject")["state"], "rejected")

    def test_who_asked_sees_what_became_of_it(self):
        self.assertTrue(self.listed(VERIFIER))
        self.decide(CHIEF)
        told = self.user(VERIFIER).call("approval.get", {"id": self.id}, **WHY)
        self.assertEqual((told["state"], told["decided_by"]), ("approved", f"uid:{CHIEF}"))


if __name__ == "__main__":
    unittest.main()
