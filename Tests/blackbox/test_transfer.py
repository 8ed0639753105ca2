"""Case transfer over the socket: how long all of a case is kept."""

import unittest

from harness import DaemonTestCase

RECEIVE = {"unit": "st-02", "kind": "unclear", "summary": "A brawl in a restaurant"}
KNIVES = {"kind": "physical", "description": "Kitchen knives", "quantity": 2, "condition": "sealed",
          "handler": "officer-0211", "custodian": "keeper-02"}


class KeepingTests(DaemonTestCase):
    def test_all_of_a_case_goes_when_the_case_goes_and_nothing_of_one_that_is_open(self):
        self.daemon.call("dev.clock.set", {"now": "2026-03-02T09:00:00+08:00"})
        case = self.daemon.call("transfer.receive", RECEIVE)["id"]

        def screen(**finding):
            self.daemon.call("transfer.screen", dict(finding, id=case))
            page = self.daemon.call("retention.preview", {"until": "2060-01-01T00:00:00+08:00"})
            return sorted((item["id"], item["due"]) for item in page["items"])

        self.daemon.call("transfer.evidence.add", dict(KNIVES, id=case))
        other = {"jurisdiction": "other", "to": "public-security-brigade"}
        self.assertEqual(screen(**other), [])
        ends = "2056-03-03T00:00:00.000+08:00"
        ids = [case] + [f"{case}.{record}" for record in ("i1", "s1", "s2", "s3", "s4")]
        self.assertEqual(screen(jurisdiction="own"), [(record, ends) for record in ids])
        # Another finding, and it is open again.
        self.assertEqual(screen(**other), [])


if __name__ == "__main__":
    unittest.main()
