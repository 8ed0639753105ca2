"""Modules of the daemon in processes of their own: `isolation: process`."""

import os
import signal
import threading
import unittest
from concurrent.futures import ThreadPoolExecutor

from harness import MODULES, CallError, Daemon, wait_until

OPEN = {"scenario": 1, "station": "st-01", "urgency": "routine", "summary": "in another process"}


class IsolationTests(unittest.TestCase):
    def setUp(self):
        self.daemon = Daemon(environment={"STATIOND_DEV_ISOLATED": "all"})
        self.daemon.start()
        self.addCleanup(self.daemon.remove)
        wait_until(lambda: all(state == "ready" for state in self.states().values()), "seven modules")

    def states(self):
        return {item["name"]: item["state"] for item in self.daemon.call("plugin.list")["items"]}

    def pid(self, name):
        return self.daemon.call("plugin.show", {"name": name}).get("pid")

    def test_every_module_that_does_work_has_its_own_process(self):
        self.assertEqual(sorted(self.states()), sorted(MODULES))
        pids = [self.pid(name) for name in MODULES]
        self.assertEqual(len(set(pids) | {self.daemon.pid}), len(MODULES) + 1)

    def test_a_call_is_recorded_as_it_is_without(self):
        id_ = self.daemon.call("support.open", OPEN, idempotency_key="k", actor="A-7")["id"]
        record = [item for item in self.daemon.call("audit.tail", {"limit": 20})["items"]
                  if item["method"] == "support.open"][0]
        with Daemon() as plain:
            self.assertEqual(plain.call("support.open", OPEN, idempotency_key="k", actor="A-7")["id"], id_)
            expected = [item for item in plain.call("audit.tail", {"limit": 20})["items"]
                        if item["method"] == "support.open"][0]
        self.assertEqual(set(record), set(expected))
        for member in ("method", "outcome", "principal", "via"):
            self.assertEqual(record.get(member), expected.get(member), member)
        self.assertEqual([written[:2] for written in record["written"]],
                         [written[:2] for written in expected["written"]])

    def test_personal_data_is_kept_and_masked_as_without(self):
        """What discloses needs a purpose, and leaves what was read in the log."""
        id_ = self.daemon.call("support.open", OPEN)["id"]
        with self.assertRaises(CallError) as raised:
            self.daemon.call("support.get", {"id": id_})
        self.assertEqual(raised.exception.kind, "purpose_required")
        self.daemon.call("support.get", {"id": id_}, purpose="handling", reason="test")
        record = [item for item in self.daemon.call("audit.tail", {"limit": 20})["items"]
                  if item["method"] == "support.get" and item["outcome"] == "ok"][0]
        self.assertIn(["support.request", id_], [read[:2] for read in record["read"]])

    def test_a_killed_module_takes_nothing_with_it_and_comes_back(self):
        first = self.daemon.call("support.open", OPEN)["id"]
        for victim in ("support", "transfer", "approval"):
            with self.subTest(victim=victim):
                before = self.pid(victim)
                os.kill(before, signal.SIGKILL)
                self.assertTrue(self.daemon.call("directory.unit.list", {"limit": 1})["items"])
                wait_until(lambda: self.pid(victim) not in (before, None), "another process")
                wait_until(lambda: self.states()[victim] == "ready", "ready again")
                self.assertTrue(self.daemon.call("system.health")["ok"])
        self.assertNotEqual(self.daemon.call("support.open", OPEN)["id"], first)

    def test_what_a_module_was_told_before_counts_only_while_it_is_so(self):
        """A process keeps what it was told of a unit; a call that relies on what has changed since is run again."""
        put = {"id": "st-77", "kind": "station", "name": {"en": "New", "zh": "新"}, "parent": "bureau"}
        unit = self.daemon.call("directory.unit.put", put)
        opening = dict(OPEN, station="st-77")
        for _ in range(3):
            self.daemon.call("support.open", opening)
            unit = self.daemon.call("directory.unit.retire", {"id": "st-77", "version": unit["version"]})
            with self.assertRaises(CallError) as raised:
                self.daemon.call("support.open", opening)
            self.assertEqual(raised.exception.kind, "refused_by_rule")
            unit = self.daemon.call("directory.unit.put", dict(put, version=unit["version"]))

    def test_numbers_have_no_gap_whoever_is_refused(self):
        """After many openings the next numbers are foretold; those that are not taken are others'."""
        numbers = []
        lock = threading.Lock()

        def open_many(place):
            with self.daemon.connect() as client:
                for turn in range(40):
                    wrong = turn > 25 and (turn + place) % 5 == 0
                    try:
                        id_ = client.call("support.open", dict(OPEN, station="st-99" if wrong else "st-01"))["id"]
                    except CallError as error:
                        self.assertTrue(wrong, error)
                        continue
                    self.assertFalse(wrong)
                    with lock:
                        numbers.append(int(id_.rsplit("-", 1)[1]))

        with ThreadPoolExecutor(32) as pool:
            list(pool.map(open_many, range(32)))
        self.assertEqual(sorted(numbers), list(range(1, len(numbers) + 1)))
        self.assertGreater(len(numbers), 1000)

    def test_its_methods_stay_known_while_it_is_stopped(self):
        self.daemon.call("plugin.stop", {"name": "support"})
        with self.assertRaises(CallError) as raised:
            self.daemon.call("support.open", OPEN)
        self.assertEqual(raised.exception.kind, "unavailable")
        self.assertGreater(raised.exception.data["retry_after_ms"], 0)
        self.assertIn("support.open", [item["name"] for item in self.daemon.call("rpc.discover")["methods"]])
        self.daemon.call("plugin.start", {"name": "support"})
        self.daemon.call("support.open", OPEN)

    def test_what_is_due_waits_for_the_process(self):
        self.daemon.call("dev.clock.set", {"now": "2026-01-05T09:00:00+08:00"})
        id_ = self.daemon.call("support.open", dict(OPEN, urgency="immediate"))["id"]
        self.daemon.call("dev.clock.set", {"now": "2026-01-09T09:00:00+08:00"})
        fired = self.daemon.call("support.get", {"id": id_}, purpose="audit", reason="rungs")["rungs_fired"]
        self.assertTrue(fired["response"])


if __name__ == "__main__":
    unittest.main()
