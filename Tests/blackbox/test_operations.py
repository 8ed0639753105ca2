"""What an administrator and a monitoring system look at: doctor, health, metrics."""

import ctypes
import json
import os
import re
import shutil
import unittest
from pathlib import Path

from prometheus_client.parser import text_string_to_metric_families as classic
from prometheus_client.openmetrics.parser import text_string_to_metric_families as strict

from auditlog import read_log
from harness import STATIONCTL, CallError, Client, Daemon, DaemonTestCase, new_directory, run_ctl, wait_until
from test_framing import CONFIG
from test_personal import OPEN, WHY
from test_service import ACCESS, SOCKETS

ENGLISH = {"LANG": "C.UTF-8", "LC_ALL": "C.UTF-8"}


def hindered(path):
    """Whether a folder was made there; False while something else is."""
    try:
        path.mkdir()
    except FileExistsError:
        return False
    return True


def families(text):
    """The metrics by name, after a strict look at the text itself."""
    found = {}
    for family in classic(text):
        if family.name in found:
            raise AssertionError(f"{family.name} comes twice")
        found[family.name] = family
    seen = set()
    for line in text.splitlines():
        if not re.fullmatch(r"# (HELP|TYPE) [a-z_]+ .+|[a-z_]+(\{[^{}]*\})? [-+0-9.e]+", line):
            raise AssertionError(f"not a line of the format: {line}")
        if not line.startswith("#"):
            series = line.rsplit(" ", 1)[0]
            if series in seen:
                raise AssertionError(f"{series} comes twice")
            seen.add(series)
    # The stricter successor's parser looks at order, at buckets that grow, at counts that fit. It names a counter's
    # family without the ending, and has a last line.
    names = {family.name for family in strict(re.sub(r"(?m)^(# \S+ \S+)_total ", r"\1 ", text) + "# EOF\n")}
    if names != set(found):
        raise AssertionError(names ^ set(found))
    return found


class MetricsTests(DaemonTestCase):
    def metrics(self, daemon=None):
        answer = (daemon or self.daemon).call("system.metrics")
        self.assertEqual(answer["content_type"], "text/plain; version=0.0.4; charset=utf-8")
        return families(answer["text"])

    @staticmethod
    def value(found, name, **labels):
        for family in found.values():
            for sample in family.samples:
                if sample.name == name and sample.labels == labels:
                    return sample.value
        return None

    def test_counts_are_those_of_the_calls_made(self):
        daemon = self.new_daemon().start()
        with daemon.connect() as client:
            for _ in range(7):
                client.call("support.open", OPEN)
            for _ in range(3):
                with self.refused("not_found"):
                    client.call("support.get", {"id": "SR-2026-999999"}, **WHY)
            with self.refused("method_not_found"):
                client.call("王小明.13900001111")
        found = self.metrics(daemon)
        self.assertEqual(self.value(
            found, "stationd_calls_total", module="support", method="support.open", outcome="ok"), 7)
        self.assertEqual(self.value(
            found, "stationd_calls_total", module="support", method="support.get", outcome="not_found"), 3)
        self.assertEqual(self.value(
            found, "stationd_call_duration_seconds_count", module="support", method="support.open"), 7)
        self.assertEqual(self.value(
            found, "stationd_calls_total", module="(unknown)", method="(unknown)", outcome="method_not_found"), 1)
        log = read_log(daemon)
        self.assertEqual(self.value(self.metrics(daemon), "stationd_log_records"), log.size)
        self.assertGreaterEqual(self.value(found, "stationd_sync_duration_seconds_count"), 7)
        # Each batch has one call at least; directory import and start are calls of the daemon's own.
        self.assertGreaterEqual(self.value(found, "stationd_batch_calls_sum"), 11)
        self.assertEqual(self.value(found, "stationd_healthy"), 1)
        self.assertEqual(self.value(found, "stationd_build_info", version=daemon.call("system.info")["version"]), 1)
        for name in ("stationd_queue_calls", "stationd_connections", "stationd_state_free_bytes", "stationd_wal_pages",
                     "process_resident_memory_bytes", "process_cpu_seconds_total", "stationd_start_time_seconds"):
            self.assertIsNotNone(self.value(found, name), name)

    def test_nothing_of_a_person_is_in_it(self):
        daemon = self.new_daemon().start()
        with daemon.connect() as client:
            client.call("support.open", dict(OPEN, summary="Canary"), reason="Canary", actor="Canary")
            for method in ("Canary.get", "support.Canary"):
                with self.assertRaises(CallError):
                    client.call(method, {"Canary": "Canary"})
        text = daemon.call("system.metrics")["text"]
        self.assertNotIn("Canary", text)
        self.assertNotIn("uid", text)

    def test_a_deadline_that_fires_is_counted(self):
        daemon = self.new_daemon().start()
        daemon.call("support.open", dict(OPEN, urgency="immediate"))
        daemon.call("dev.clock.set", {"now": "2099-01-01T00:00:00+08:00"})
        fired = wait_until(lambda: self.value(self.metrics(daemon), "stationd_deadlines_fired_total"), "a deadline")
        self.assertGreaterEqual(fired, 1)

    def collected(self):
        """A daemon that has written a file for the collector, and the file's path."""
        home = new_directory()
        self.addCleanup(shutil.rmtree, home)
        path = home / "stationd.prom"
        daemon = self.new_daemon(config=CONFIG + f"\nmetrics: {path}\nmetrics_seconds: 1\n", access=ACCESS).start()
        wait_until(path.exists, "a file of metrics")
        return daemon, path

    def test_a_file_of_something_else_is_not_replaced_with_metrics(self):
        daemon, path = self.collected()
        other = path.with_name("other")
        other.write_text("mine")
        other.rename(path)
        wait_until(lambda: "metrics cannot be written" in daemon.log, "a warning")
        self.assertEqual(path.read_text(), "mine")

    def test_the_file_for_the_collector_is_always_whole(self):
        daemon, path = self.collected()
        home = path.parent
        # Read by another user.
        self.assertEqual(path.stat().st_mode & 0o777, 0o644)
        first = path.stat().st_ino
        looked = 0

        def renewed():
            nonlocal looked
            looked += 1
            self.assertIn("stationd_healthy", families(path.read_text()))
            return path.stat().st_ino != first

        wait_until(renewed, "a newer file")
        self.assertGreater(looked, 1)
        self.assertEqual([name for name in os.listdir(home) if not name.startswith("stationd.prom")], [])
        # A place that is gone is told once, and the daemon goes on.
        shutil.rmtree(home)
        wait_until(lambda: "metrics cannot be written" in daemon.log, "a warning")
        home.mkdir()
        wait_until(path.exists, "a file again")
        self.assertEqual(daemon.log.count("metrics cannot be written"), 1)
        self.assertEqual(daemon.stop(), 0)

    def test_the_text_as_the_command_prints_it(self):
        done = run_ctl("metrics", socket_path=self.daemon.socket_path)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("stationd_healthy", families(done.stdout))


class DevelopmentClockTests(DaemonTestCase):
    def test_any_fraction_is_taken_and_nothing_else_lets_the_clock_run(self):
        held = self.daemon.call("dev.clock.set", {"now": "2026-11-22T09:50:35.1239999+08:00"})
        self.assertEqual(held, {"now": "2026-11-22T09:50:35.123+08:00", "held": True})
        for text in ("0001-01-01T00:00:00Z", "9999-12-31T23:00:00Z", "2026-11-22T09:50:35.+08:00"):
            with self.subTest(text), self.refused("invalid_params", "/now"):
                self.daemon.call("dev.clock.set", {"now": text})
        self.assertEqual(self.daemon.call("system.ping")["now"], held["now"])
        page = self.daemon.call("retention.preview", {"until": "2036-12-31T23:59:59.999999+08:00"})
        self.assertEqual(page["items"], [])
        self.assertFalse(self.daemon.call("dev.clock.set", {"now": None})["held"])


class HealthTests(DaemonTestCase):
    def health(self, daemon=None, path=None):
        return run_ctl("health", "--lang", "en", socket_path=path or daemon.socket_path, environment=ENGLISH)

    def test_one_line_and_the_codes_of_monitoring_plugins(self):
        done = self.health(self.daemon)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertRegex(done.stdout, r"\ASTATIOND OK - [^|\n]+ \| waiting=0 connections=\d+ writes=\d+c .*\n\Z")
        self.daemon.call("dev.clock.set", {"now": "2099-01-01T00:00:00+08:00"})
        self.addCleanup(self.daemon.call, "dev.clock.set", {"now": None})
        done = self.health(self.daemon)
        self.assertEqual(done.returncode, 1, done.stdout)
        self.assertRegex(done.stdout, r"\ASTATIOND WARNING - calendar: .*2099")
        self.assertTrue(self.daemon.call("system.health")["ok"])

    def test_a_daemon_that_does_not_answer_is_critical(self):
        done = self.health(path="/tmp/nobody/listens.sock")
        self.assertEqual(done.returncode, 2)
        self.assertRegex(done.stdout, r"\ASTATIOND CRITICAL - .*\n\Z")
        self.assertEqual(run_ctl("health", "--nonsense").returncode, 3)

    def test_the_end_of_the_year_is_told_a_month_before(self):
        self.addCleanup(self.daemon.call, "dev.clock.set", {"now": None})
        years = sorted(int(path.stem[:4]) for path in Path(self.daemon.environment["STATIOND_DATA"], "calendar").glob("*.json"))
        for day, kind in ((f"{years[-1]}-11-30", None), (f"{years[-1]}-12-01", "ends"), (f"{years[-1] + 1}-01-01", "expired")):
            self.daemon.call("dev.clock.set", {"now": f"{day}T12:00:00+08:00"})
            problems = [problem["kind"] for problem in self.daemon.call("system.health")["problems"]
                        if problem["part"] == "calendar"]
            self.assertEqual(problems, [kind] if kind else [], day)


class DoctorTests(DaemonTestCase):
    CONFIG = SOCKETS
    ACCESS = ACCESS

    def doctor(self, code, *words):
        done = run_ctl("doctor", "--lang", "en", "--json", "--socket", self.daemon.directory / "admin.sock", *words,
                       environment=ENGLISH)
        self.assertEqual(done.returncode, code, done.stdout + done.stderr)
        return {finding["check"]: finding for finding in json.loads(done.stdout)["findings"]}

    def setUp(self):
        self.daemon = self.new_daemon(config=SOCKETS, access=ACCESS).start()
        for path in (self.daemon.directory, self.daemon.directory / "state"):
            if path.exists():
                path.chmod(0o700)
        # The members' socket is the first.
        wait_until((self.daemon.directory / "admin.sock").exists, "the administrators' socket")
        self.place = new_directory()
        self.addCleanup(shutil.rmtree, self.place)

    def back_up(self):
        with Client(self.daemon.directory / "admin.sock") as client:
            client.call("system.backup", {"directory": str(self.place)})

    def test_a_healthy_daemon_is_told_what_is_well(self):
        found = self.doctor(1)
        lines = run_ctl("doctor", "--ndjson", "--socket", self.daemon.directory / "admin.sock").stdout.splitlines()
        self.assertEqual([json.loads(line)["check"] for line in lines], list(found))
        self.assertEqual(found["backup"]["level"], "warn")
        self.assertIn("stationctl backup", found["backup"]["advice"])
        self.back_up()
        found = self.doctor(1 if self.unsynchronised() else 0)
        levels = {name: finding["level"] for name, finding in found.items()}
        for name in ("daemon", "settings", "versions", "space", "calendar", "signing key", "master key", "log", "backup",
                     "files", "modules"):
            self.assertEqual(levels[name], "ok", found[name])

    def test_a_key_that_the_next_start_would_not_find_is_told(self):
        place, = self.daemon.directory.rglob("audit.key")
        for path, check in ((self.daemon.directory / "master.key", "master key"), (place, "signing key")):
            with self.subTest(check):
                kept = path.with_name("kept")
                path.rename(kept)
                finding = self.doctor(2)[check]
                kept.rename(path)
                self.assertEqual(finding["level"], "fail")
                self.assertIn(f"{path} is missing", finding["message"])
        (self.daemon.directory / "master.key").unlink()
        Daemon.make_master_key(self.daemon.directory / "master.key")
        self.assertIn("holds another key", self.doctor(2)["master key"]["message"])

    @staticmethod
    def unsynchronised():
        """Whether this machine's kernel says that nothing keeps its clock (adjtimex(2)): then doctor says so too."""
        return ctypes.CDLL(None).adjtimex(ctypes.create_string_buffer(512)) == 5

    def test_each_thing_that_is_wrong_has_a_line_with_what_to_do(self):
        self.back_up()
        directory = self.daemon.directory
        state = directory / "state" if (directory / "state").exists() else directory
        for path, check in ((directory / "access.yaml", "files"), (state / "audit.key", "files"),
                            (state / "stationd.db", "files")):
            mode = path.stat().st_mode
            path.chmod(0o666)
            found = self.doctor(2)[check]
            self.assertEqual(found["level"], "fail")
            self.assertIn(str(path), found["message"])
            self.assertIn("chmod", found["advice"])
            path.chmod(mode)
        text = (directory / "stationd.yaml").read_text()
        (directory / "stationd.yaml").write_text(text + "\nlimits:\n  depth: 32\n")
        self.assertIn("limits.depth", self.doctor(1)["settings"]["message"])
        (directory / "stationd.yaml").write_text(text + "\nlimits:\n  dept: 32\n")
        found = self.doctor(2)["settings"]
        self.assertRegex(found["message"], r"stationd.yaml:\d+.*dept")
        (directory / "stationd.yaml").write_text(text)
        hidden = state / "anchor"
        hidden.rename(state / "hidden")
        found = self.doctor(2)["log"]
        self.assertIn("put anchor/ back", found["advice"])
        (state / "hidden").rename(hidden)
        self.assertEqual(self.doctor(1 if self.unsynchronised() else 0)["log"]["level"], "ok")

    def test_metrics_that_cannot_be_written_are_told_as_long_as_it_is_so(self):
        path = self.place / "stationd.prom"
        self.daemon.stop()
        config = self.daemon.directory / "stationd.yaml"
        config.write_text(config.read_text() + f"\nmetrics: {path}\nmetrics_seconds: 1\n")
        self.daemon.start()
        wait_until((self.daemon.directory / "admin.sock").exists, "the administrators' socket")
        wait_until(path.exists, "a file of metrics")
        self.assertNotIn("metrics", self.doctor(1))
        # Where the next file is written before it has its name.
        hindrance = path.with_name(path.name + ".new")
        wait_until(lambda: hindered(hindrance), "a moment without it")
        wait_until(lambda: "metrics cannot be written" in self.daemon.log, "a warning")
        for _ in range(2):
            found = self.doctor(1)["metrics"]
            self.assertEqual(found["level"], "warn")
            self.assertIn(f"{hindrance}: Is a directory", found["message"])
            self.assertIn("ReadWritePaths=", found["advice"])
        hindrance.rmdir()
        first = path.stat().st_ino
        wait_until(lambda: path.stat().st_ino != first, "a newer file")
        wait_until(lambda: "metrics" not in self.doctor(1), "nothing to tell")

    def test_a_daemon_that_is_down_is_told_with_why_it_would_not_start(self):
        self.daemon.stop()
        config = self.daemon.directory / "stationd.yaml"
        found = self.doctor(2, "--config", config)
        self.assertEqual((found["daemon"]["level"], found["settings"]["level"]), ("fail", "ok"))
        config.write_text(config.read_text() + "\nnonsense: 1\n")
        found = self.doctor(2, "--config", config)
        self.assertRegex(found["settings"]["message"], "nonsense")

    def test_a_line_for_people(self):
        done = run_ctl("doctor", "--lang", "zh", "--socket", self.daemon.directory / "admin.sock")
        self.assertRegex(done.stdout, r"(?m)^warn  备份 +\S")
        self.assertRegex(done.stdout, r"(?m)^ +-> stationctl backup")
        self.assertTrue(STATIONCTL)


if __name__ == "__main__":
    unittest.main()
