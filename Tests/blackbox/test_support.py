"""Support requests over the socket: units that nobody has made, cycles that ended, calendars that come late."""

import json
import shutil
import subprocess
import unittest
from pathlib import Path

from auditlog import read_log
from harness import DATA, STATIOND, Client, DaemonTestCase, wait_until
from test_access import WHY
from test_service import ACCESS, OPEN, SOCKETS

ASK = {"scenario": 5, "station": "st-01", "urgency": "immediate", "summary": "Money is leaving an account"}
TO_THE_END = (("acknowledge", {}), ("assign", {"to": "patrol-3"}), ("start", {}), ("complete", {"result": "done"}),
              ("feedback", {"in_time": False, "worked": True}))


class MissingUnitTests(DaemonTestCase):
    """A catalogue whose fraud scenario belongs to a desk that the directory does not have."""

    UNIT = {"id": "fraud-desk", "kind": "department", "name": {"en": "Fraud desk", "zh": "反诈岗"}, "parent": "bureau"}

    def start(self):
        daemon = self.new_daemon(
            config=SOCKETS.replace("{data}/support/scenarios.json", "{dir}/scenarios.json"), access=ACCESS)
        catalogue = json.loads(Path(DATA, "support", "scenarios.json").read_text())
        catalogue["local"] = {"version": "test", "scenarios": {"5": {"owners": [self.UNIT["id"]]}}}
        (daemon.directory / "scenarios.json").write_text(json.dumps(catalogue))
        return daemon.start()

    def administrator(self, daemon, method, params=None):
        path = daemon.directory / "admin.sock"
        wait_until(path.exists, "the administrators' socket")
        with Client(path) as client:
            return client.call(method, params)

    def told(self, daemon):
        health = daemon.call("system.health")
        self.assertTrue(health["ok"])
        return [problem for problem in health["problems"] if problem["part"] == "directory"]

    def test_is_told_of_until_it_is_there(self):
        daemon = self.start()
        problem, = wait_until(lambda: self.told(daemon), "a problem")
        self.assertEqual((problem["kind"], problem["severity"]), ("missing", "warning"))
        for text in (problem["message"], problem["message_zh"]):
            self.assertIn("fraud-desk", text)
        found = {finding["check"]: finding for finding in self.administrator(daemon, "system.doctor")["findings"]}
        self.assertEqual((found["directory"]["level"], found["directory"]["message"]), ("warn", problem["message"]))
        with self.refused("refused_by_rule", "/scenario") as caught:
            daemon.call("support.open", ASK)
        self.assertEqual(caught.exception.data["rule"], "support.scenario.inactive")
        self.assertIn("fraud-desk", caught.exception.message)

        self.administrator(daemon, "directory.unit.put", self.UNIT)
        wait_until(lambda: not self.told(daemon), "no problem")
        self.assertEqual(daemon.call("support.open", ASK)["department"], "fraud-desk")
        self.administrator(daemon, "directory.unit.retire", {"id": "fraud-desk", "version": 1})
        wait_until(lambda: self.told(daemon), "a problem again")
        daemon.restart()
        wait_until(lambda: self.told(daemon), "the problem after a restart")

    def check(self, daemon):
        """What a check of its configuration says."""
        done = subprocess.run([STATIOND, "--check-config", daemon.directory / "stationd.yaml"], capture_output=True,
                              text=True, env=daemon.environment, timeout=60)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stderr

    def test_a_check_of_the_configuration_warns_of_it(self):
        self.assertRegex(self.check(self.start()), r"scenarios\.json: warning: .*'fraud-desk'\n")

    def test_nothing_is_told_where_all_are_there(self):
        daemon = self.new_daemon(config=SOCKETS, access=ACCESS).start()
        self.assertEqual(self.told(daemon), [])
        self.assertNotIn("no unit", self.check(daemon))


class CycleTests(DaemonTestCase):
    def test_an_old_cycle_is_shown_as_it_ended_and_its_disclosure_recorded(self):
        with self.daemon.connect() as client:
            id_ = client.call("support.open", OPEN)["id"]
            for step, more in TO_THE_END:
                client.call(f"support.{step}", {"id": id_} | more)
            ended = client.call("support.get", {"id": id_}, **WHY)
            reopened = client.call("support.reopen", {"id": id_, "reason": "The gate is blocked again"})
            with self.refused("purpose_required"):
                client.call("support.get", {"id": id_, "cycle": 1})
            shown = client.call("support.get", {"id": id_, "cycle": 1}, **WHY)
            self.assertEqual(shown, ended | {"cycles": 2, "version": reopened["version"]})
            with self.refused("not_found", "/cycle"):
                client.call("support.get", {"id": id_, "cycle": 3}, **WHY)
        record = [record for record in read_log(self.daemon).of("support.get") if record["outcome"] == "ok"][-1]
        self.assertIn(["support.cycle", f"{id_}.1"], [item[:2] for item in record["read"]])


class PausedCalendarTests(DaemonTestCase):
    """An end in 2027 that is provisional while its clock stands still."""

    YEAR = {"year": 2027, "version": "2027.1", "source": {
        "title": "A test", "document_number": "none", "published": "2026-11-04"},
        "holidays": [{"name": "元旦", "english_name": "New Year", "first": "2027-01-01", "last": "2027-01-04"}],
        "worked_days": []}

    def test_is_computed_again_at_the_start_that_finds_the_calendar(self):
        daemon = self.new_daemon()
        data = daemon.directory / "etc"
        shutil.copytree(daemon.environment["STATIOND_DATA"], data)
        daemon.environment["STATIOND_DATA"] = str(data)
        daemon.start()
        daemon.call("dev.clock.set", {"now": "2026-12-28T10:00:00+08:00"})
        opened = daemon.call("support.open", dict(ASK, scenario=15, urgency="routine"))
        self.assertEqual(opened["provisional"], ["support"])
        id_ = opened["id"]
        daemon.call("support.acknowledge", {"id": id_})
        daemon.call("support.request_info", {"id": id_, "reason": "Which room?"})
        daemon.stop()
        (data / "calendar" / "2027.json").write_text(json.dumps(self.YEAR))
        daemon.start()
        daemon.call("dev.clock.set", {"now": "2026-12-28T11:00:00+08:00"})
        wait_until(lambda: daemon.call("support.get", {"id": id_}, **WHY)["provisional"] == [], "an end that is sure")
        record, = read_log(daemon).of("deadline:support.clock")
        self.assertEqual((record["outcome"], record["written"][0][1]), ("ok", id_))


if __name__ == "__main__":
    unittest.main()
