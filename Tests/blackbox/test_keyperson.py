"""What may not be done with key persons, tried over the socket: it is refused, and each attempt has one record."""

import json
import unittest

from auditlog import read_log
from harness import DaemonTestCase
from test_approval import WHY, day

NAME = "吴某"
PROPOSAL = {
    "category": "bail_pending_trial", "station": "st-03", "owner": "key-person-desk", "purpose": "ensure_appearance",
    "name": NAME, "instrument": {"authority": "清平县人民检察院", "number": "(2026) 1", "date": day(-1)},
    "from": day(0), "to": day(30), "next_review": day(20)}

ATTEMPTS = [
    ("keyperson.list", {}, "method_not_found", None),
    ("keyperson.search", {"name": NAME}, "method_not_found", None),
    ("keyperson.export", {"category": "bail_pending_trial"}, "method_not_found", None),
    ("keyperson.get", {"name": NAME}, "invalid_params", "/name"),
    ("keyperson.get", {"category": "bail_pending_trial", "limit": 500}, "invalid_params", "/limit"),
    ("keyperson.propose", dict(PROPOSAL, category="petitioner"), "invalid_params", "/category"),
    ("keyperson.propose", dict(PROPOSAL, category="mental_health"), "invalid_params", "/category"),
    ("keyperson.propose", dict(PROPOSAL, religion="none"), "invalid_params", "/religion"),
    ("keyperson.propose", dict(PROPOSAL, location=["30.2741", "120.1551"]), "invalid_params", "/location"),
]


class ForbiddenTests(DaemonTestCase):
    def records(self):
        return read_log(self.daemon).of("keyperson.")

    def test_what_is_forbidden_is_refused_and_recorded_once(self):
        client = self.connect()
        for count, (method, params, kind, pointer) in enumerate(ATTEMPTS, 1):
            with self.subTest(method=method, pointer=pointer):
                with self.refused(kind, pointer):
                    client.call(method, params, **WHY)
                records = self.records()
                self.assertEqual((len(records), records[-1]["method"], records[-1]["outcome"]), (count, method, kind))
                self.assertNotIn("written", records[-1])
        self.assertNotIn(NAME, json.dumps(self.records(), ensure_ascii=False))


if __name__ == "__main__":
    unittest.main()
