"""The roles of the package's access.yaml: what the pages say that officers and desks do, they may do."""

import os
import unittest

from harness import DATA, DaemonTestCase
from test_access import OPEN, WHY
from test_approval import day
from test_framing import CONFIG
from users import UserTestCase

STATION, COLLEAGUE, DEPARTMENT, KEY_DESK, CHIEF = 60001, 60002, 60003, 60004, 60005
BINDINGS = f"""
  - {{user: ["{STATION}", "{COLLEAGUE}"], roles: [station_officer], unit: st-01}}
  - {{user: ["{DEPARTMENT}"], roles: [department_desk], unit: command-centre}}
  - {{user: ["{KEY_DESK}"], roles: [key_person_desk, department_desk], unit: key-person-desk}}
  - {{user: ["{CHIEF}"], roles: [approver], unit: st-01}}
"""


def shipped(bindings):
    """The package's file with other bindings."""
    with open(f"{DATA}/access.yaml", encoding="utf-8") as file:
        return file.read().split("\nbindings:")[0] + "\nbindings:" + bindings


class ShippedRoleTests(UserTestCase):
    CONFIG = CONFIG
    ACCESS = shipped(BINDINGS)

    def test_a_station_and_a_department_change_the_urgency_and_approve(self):
        request = self.user(STATION).call("support.open", OPEN)["id"]
        self.user(DEPARTMENT).call("support.change_urgency", {"id": request, "urgency": "urgent", "reason": "a crowd"})
        self.user(STATION).call("support.change_urgency", {"id": request, "urgency": "routine", "reason": "gone"})
        for uid in (COLLEAGUE, DEPARTMENT):
            with self.refused("refused_by_rule") as caught:
                self.user(uid).call("support.approve", {"id": request})
            self.assertEqual(caught.exception.data["rule"], "support.approval.not_asked")

    def test_a_record_with_four_eyes_and_the_desk_that_answers_for_its_authority(self):
        record = self.user(STATION).call("keyperson.propose", {
            "category": "bail_pending_trial", "station": "st-01", "owner": "key-person-desk",
            "purpose": "ensure_appearance", "name": "吴某", "phone": "13900005555",
            "instrument": {"authority": "清平县人民检察院", "number": "(2026) 1", "date": day(-1)},
            "from": day(0), "to": day(30), "next_review": day(20)})["id"]
        asked = self.user(COLLEAGUE).call("keyperson.verify_instrument", {"id": record, "seen": "original"})["approval"]
        chief = self.user(CHIEF)
        task = chief.call("approval.get", {"id": asked}, **WHY)["subject"]
        with self.refused("purpose_required"):
            chief.call("keyperson.get", {"task": task})
        self.assertEqual(chief.call("keyperson.get", {"task": task}, **WHY)["id"], record)
        with self.refused("denied"):
            chief.call("keyperson.activate", {"id": record})
        chief.call("approval.approve", {"id": asked, "version": 1})
        self.user(STATION).call("keyperson.activate", {"id": record})
        desk = self.user(KEY_DESK)
        self.assertEqual(desk.call("keyperson.get", {"id": record}, **WHY)["state"], "active")
        self.assertEqual(desk.call("keyperson.delist", {"id": record, "reason": "error"})["state"], "delisted")
        with self.refused("denied"):
            self.user(DEPARTMENT).call("keyperson.tasks")


if __name__ == "__main__":
    unittest.main()
