"""What goes on, what is refused and what health says while something of the machine is broken, and how it recovers:
the table of docs/operator.md, row by row. The full disk and the failing sync have files of their own beside this.
"""

import json
import mmap
import os
import re
import shutil
import struct
import subprocess
import unittest
from collections import Counter
from pathlib import Path

from auditlog import anchored, read_log
from harness import ISOLATED, CallError, DaemonTestCase, new_directory, run_ctl, wait_until
from test_fulldisk import FAILING_SYNC, SmallDisk
from test_personal import OPEN, WHY
from test_service import ACCESS, SOCKETS

ENGLISH = {"LANG": "C.UTF-8", "LC_ALL": "C.UTF-8"}
DAY = 86400

READ_ONLY = r"""
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

// While the file $READ_ONLY is there, files under $STATE take no more writes: as of a disk that was remounted.
static int refuses(int fd) {
  char link[64], path[4096];
  const char *state = getenv("STATE"), *when = getenv("READ_ONLY");
  if (!state || !when || access(when, F_OK)) return 0;
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t length = readlink(link, path, sizeof path - 1);
  return length > 0 && !strncmp(path, state, strlen(state)) && (errno = EROFS, 1);
}
#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))
ssize_t pwrite(int fd, const void *data, size_t size, off_t at) {
  return refuses(fd) ? -1 : REAL(pwrite)(fd, data, size, at);
}
ssize_t pwrite64(int fd, const void *data, size_t size, off64_t at) {
  return refuses(fd) ? -1 : REAL(pwrite64)(fd, data, size, at);
}
ssize_t pwritev(int fd, const struct iovec *data, int count, off_t at) {
  return refuses(fd) ? -1 : REAL(pwritev)(fd, data, count, at);
}
int ftruncate(int fd, off_t size) { return refuses(fd) ? -1 : REAL(ftruncate)(fd, size); }
int ftruncate64(int fd, off64_t size) { return refuses(fd) ? -1 : REAL(ftruncate64)(fd, size); }
"""

SHIFTED_CLOCK = r"""
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <time.h>

// The wall clock is so many seconds off as the file $CLOCK_SHIFT says (a 64-bit number); other clocks are right.
int clock_gettime(clockid_t clock, struct timespec *time) {
  static int (*real)(clockid_t, struct timespec *);
  static volatile long *shift;
  if (!real) real = (int (*)(clockid_t, struct timespec *))dlsym(RTLD_NEXT, "clock_gettime");
  if (!shift && getenv("CLOCK_SHIFT")) {
    int file = open(getenv("CLOCK_SHIFT"), O_RDONLY);
    void *mapped = mmap(0, 8, PROT_READ, MAP_SHARED, file, 0);
    if (mapped != MAP_FAILED) shift = mapped;
  }
  int code = real(clock, time);
  if (!code && clock == CLOCK_REALTIME && shift) time->tv_sec += *shift;
  return code;
}
"""


class DegradedTestCase(DaemonTestCase):
    def setUp(self):
        self.home = new_directory()
        self.addCleanup(shutil.rmtree, self.home, ignore_errors=True)

    def library(self, source):
        path = self.home / "shim.so"
        subprocess.run(["gcc", "-O2", "-shared", "-fPIC", "-x", "c", "-", "-o", path, "-ldl"],
                       input=source.encode(), check=True)
        return str(path)

    def problems(self, daemon):
        return {(problem["part"], problem["kind"], problem["severity"])
                for problem in daemon.call("system.health")["problems"]}

    def monitored(self, daemon, code, words):
        done = run_ctl("health", "--lang", "en", socket_path=daemon.socket_path, environment=ENGLISH)
        self.assertEqual(done.returncode, code, done.stdout + done.stderr)
        self.assertRegex(done.stdout, words)

    def served_without_a_record(self, daemon):
        """What needs no record is served whatever happens to the disk."""
        for method in ("system.ping", "system.info", "system.health", "rpc.discover"):
            daemon.call(method)
        daemon.call("support.list", {"open": True})
        daemon.call("system.metrics")

    def verified(self, daemon):
        daemon.stop()
        done = run_ctl("audit", "verify", "--state", daemon.directory, environment=ENGLISH)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)


@unittest.skipUnless(os.getuid() == 0, "mounting needs root")
class FullDiskTests(DegradedTestCase):
    def test_a_full_disk(self):
        disk = SmallDisk()
        self.addCleanup(disk.remove)
        state = disk.path / "state"
        state.mkdir()
        daemon = self.new_daemon(directory=state)
        daemon.log_path = disk.home / "daemon.log"
        daemon.start()
        first = daemon.call("support.open", OPEN)["id"]
        disk.fill()
        for _ in range(5000):
            try:
                daemon.call("support.open", dict(OPEN, summary="x" * 1500))
            except CallError as error:
                self.assertEqual(error.kind, "storage_full")
                break
        else:
            self.fail("the disk never was full")
        self.served_without_a_record(daemon)
        with self.refused("storage_full"):
            for _ in range(1000):
                daemon.call("support.get", {"id": first}, **WHY)
        self.assertIn(("store", "storage_full", "critical"), self.problems(daemon))
        self.monitored(daemon, 2, r"\ASTATIOND CRITICAL - store: The disk is full")
        metrics = daemon.call("system.metrics")["text"]
        self.assertIn('stationd_problem{part="store",kind="storage_full",severity="critical"} 1', metrics)
        self.assertIn("\nstationd_healthy 0\n", metrics)
        disk.free()

        def again():
            try:
                return daemon.call("support.get", {"id": first}, **WHY)
            except CallError:
                return None

        wait_until(again, "an answer once there is space")
        self.assertNotIn("store", {part for part, _, _ in self.problems(daemon)})
        self.verified(daemon)


class ReadOnlyTests(DegradedTestCase):
    def test_a_disk_that_turns_read_only_stops_the_daemon_and_nothing_is_answered_as_done(self):
        when = self.home / "read-only"
        daemon = self.new_daemon()
        daemon.environment |= {"LD_PRELOAD": self.library(READ_ONLY), "READ_ONLY": str(when),
                               "STATE": str(daemon.directory)}
        daemon.start()
        first = daemon.call("support.open", OPEN)["id"]
        when.touch()
        with self.refused("unavailable"):
            daemon.call("support.open", OPEN)
        self.assertEqual(daemon.wait_end(), 70)
        self.assertIn("the disk failed", daemon.log)
        # While it stays so, the next start says why it cannot be.
        daemon.spawn()
        self.assertEqual(daemon.wait_end(), 1, daemon.log)
        when.unlink()
        daemon.start()
        self.assertEqual(self.problems(daemon), set())
        self.assertEqual(daemon.call("support.get", {"id": first}, **WHY)["version"], 1)
        self.assertLessEqual(len(daemon.call("support.list", {"open": True})["items"]), 2)
        self.verified(daemon)


class FailedSyncTests(DegradedTestCase):
    def test_a_sync_that_fails_stops_the_daemon_and_a_restart_recovers(self):
        when = self.home / "fail"
        daemon = self.new_daemon(environment={
            "LD_PRELOAD": self.library(FAILING_SYNC), "FAIL_NAME": "stationd.db-wal", "FAIL_WHEN": str(when)})
        daemon.start()
        first = daemon.call("support.open", OPEN)["id"]
        when.touch()
        with self.refused("unavailable"):
            daemon.call("support.get", {"id": first}, **WHY)
        self.assertEqual(daemon.wait_end(), 70)
        when.unlink()
        daemon.start()
        self.assertEqual(self.problems(daemon), set())
        self.assertEqual(daemon.call("support.get", {"id": first}, **WHY)["version"], 1)
        self.verified(daemon)


class LostAnchorTests(DegradedTestCase):
    def test_an_anchor_that_is_removed_while_the_daemon_runs_is_made_anew_and_told_of(self):
        for remove in ("files", "directory"):
            with self.subTest(remove):
                daemon = self.new_daemon().start()
                daemon.call("support.open", OPEN)
                log = read_log(daemon)
                if remove == "directory":
                    shutil.rmtree(daemon.directory / "anchor")
                else:
                    for path in (daemon.directory / "anchor").iterdir():
                        path.unlink()
                daemon.call("support.open", OPEN)

                def follows():
                    try:
                        return anchored(daemon.directory, log.key)[0] == log.size + 1
                    except AssertionError:
                        return False

                wait_until(follows, "an anchor again")
                self.assertIn(("anchor", "remade", "warning"), self.problems(daemon))
                self.monitored(daemon, 1, "STATIOND WARNING - anchor: ")
                # Nothing of it is left to be missed after a kill.
                daemon.kill()
                daemon.start()
                self.assertEqual(self.problems(daemon), set())
                self.verified(daemon)

    def test_the_doctor_tells_of_an_anchor_that_cannot_be_read(self):
        daemon = self.new_daemon().start()
        shutil.rmtree(daemon.directory / "anchor")
        (daemon.directory / "anchor").write_text("")
        daemon.call("support.open", OPEN)
        found = {finding["check"]: finding for finding in daemon.call("system.doctor")["findings"]}
        self.assertEqual(found["log"]["level"], "fail")
        self.assertIn("Not a directory", found["log"]["message"])
        self.assertIn("modules", found)

    def test_an_anchor_that_is_lost_while_it_is_stopped_comes_back_from_a_backup(self):
        daemon = self.new_daemon().start()
        daemon.call("support.open", OPEN)
        place = self.home / "backups"
        place.mkdir()
        made = daemon.call("system.backup", {"directory": str(place)})
        daemon.call("support.open", OPEN)
        daemon.stop()
        shutil.rmtree(daemon.directory / "anchor")
        daemon.spawn()
        self.assertEqual(daemon.wait_end(), 1)
        self.assertRegex(daemon.log, "anchor in .* is missing")
        # The log extends an older head of it: the same log goes on, and nothing of it is undone.
        shutil.copytree(Path(made["path"]) / "anchor", daemon.directory / "anchor", dirs_exist_ok=True)
        daemon.start()
        self.assertEqual(len(daemon.call("support.list", {"open": True})["items"]), 2)
        self.verified(daemon)


class LostDatabaseTests(DegradedTestCase):
    def test_a_database_that_is_removed_under_the_daemon_is_told_of_and_saved_by_a_backup(self):
        daemon = self.new_daemon().start()
        first = daemon.call("support.open", OPEN)["id"]
        place = self.home / "backups"
        place.mkdir()
        for path in daemon.directory.glob("stationd.db*"):
            path.unlink()
        displaced = ("store", "displaced", "critical")
        wait_until(lambda: displaced in self.problems(daemon), "a problem")
        self.monitored(daemon, 2, "STATIOND CRITICAL - store: ")
        self.assertIn("run 'stationctl backup' before you stop", daemon.log)
        def records():
            return re.search(r"^stationd_log_records (\d+)", daemon.call("system.metrics")["text"], re.M).group(1)

        size = records()
        # An act, and what is refused anyway, would leave a record too.
        for method, params in (("support.open", OPEN), ("support.get", {"id": first}), ("system.reload", {}),
                               ("support.get", {"id": "SR-2026-999999"}), ("support.open", {})):
            with self.subTest(method=method, params=params), self.refused("unavailable"):
                daemon.call(method, params, **WHY)
        self.assertEqual(records(), size)
        self.assertEqual(len(daemon.call("support.list", {"open": True})["items"]), 1)
        made = daemon.call("system.backup", {"directory": str(place)})
        daemon.stop()
        # It is missed at the start, and what was acknowledged is in the backup.
        daemon.spawn()
        self.assertEqual(daemon.wait_end(), 1)
        self.assertRegex(daemon.log, "the log has 0 records, but its anchor .* has seen")
        done = run_ctl("restore", made["path"], "--state", daemon.directory, "--yes", "--lang", "en")
        self.assertEqual(done.returncode, 0, done.stderr)
        daemon.start()
        self.assertEqual(daemon.call("support.get", {"id": first}, **WHY)["id"], first)
        self.assertEqual(self.problems(daemon), set())
        self.verified(daemon)


class ExpiredCalendarTests(DegradedTestCase):
    def test_terms_are_provisional_until_the_calendar_is_there(self):
        daemon = self.new_daemon(config=SOCKETS, access=ACCESS)
        calendars = self.home / "calendar"
        calendars.mkdir()
        data = Path(daemon.environment["STATIOND_DATA"], "calendar")
        years = sorted(data.glob("*.json"))
        shutil.copy(years[0], calendars)
        text = (daemon.directory / "stationd.yaml").read_text()
        (daemon.directory / "stationd.yaml").write_text(text.replace(str(data), str(calendars)))
        daemon.start()
        admin = str(daemon.directory / "admin.sock")
        wait_until(lambda: os.path.exists(admin), "the administrators' socket")
        opened = daemon.call("support.open", OPEN)
        self.assertTrue(daemon.call("system.health")["ok"])
        self.assertIn(("calendar", "expired", "warning"), self.problems(daemon))
        self.monitored(daemon, 1, "STATIOND WARNING - calendar: ")
        said = run_ctl("doctor", "--json", socket_path=admin, environment=ENGLISH)
        found = {finding["check"]: finding for finding in json.loads(said.stdout)["findings"]}
        self.assertEqual(found["calendar"]["level"], "warn")
        self.assertIn("stationctl reload", found["calendar"]["advice"])
        for path in years[1:]:
            shutil.copy(path, calendars)
        self.assertEqual(run_ctl("reload", socket_path=admin).returncode, 0)
        self.assertNotIn(("calendar", "expired", "warning"), self.problems(daemon))
        self.assertTrue(opened["id"])


class ArrivingCalendarTests(DegradedTestCase):
    """Three working days from 30 December 2026; in 2027 the first four days are holidays."""

    ASKED = dict(OPEN, scenario=8, urgency="routine")
    YEAR = {"year": 2027, "version": "2027.1", "source": {
        "title": "A test", "document_number": "none", "published": "2026-11-04"},
        "holidays": [{"name": "元旦", "english_name": "New Year", "first": "2027-01-01", "last": "2027-01-04"}],
        "worked_days": []}
    WITHOUT, WITH = "2027-01-05T00:00:00.000+08:00", "2027-01-07T00:00:00.000+08:00"

    def setUp(self):
        super().setUp()
        self.data = self.home / "etc"

    def start(self, **options):
        daemon = self.new_daemon(**options)
        shutil.copytree(daemon.environment["STATIOND_DATA"], self.data)
        daemon.environment["STATIOND_DATA"] = str(self.data)
        return daemon.start()

    def calendar_comes(self):
        (self.data / "calendar" / "2027.json").write_text(json.dumps(self.YEAR))

    def asked(self, daemon):
        daemon.call("dev.clock.set", {"now": "2026-12-30T10:00:00+08:00"})
        opened = daemon.call("support.open", self.ASKED)
        self.assertEqual(opened["support_due"], self.WITHOUT)
        return opened["id"]

    def computed_again(self, daemon, *ids):
        """Waits for the new ends; none is computed twice, and each has its record."""
        for id in ids:
            wait_until(lambda: daemon.call("support.get", {"id": id}, **WHY)["support_due"] == self.WITH, "another end")
        records = read_log(daemon).of("deadline:support.clock")
        self.assertEqual([record["outcome"] for record in records], ["ok"] * len(ids))
        self.assertEqual({record["written"][0][1] for record in records}, set(ids))

    def test_a_provisional_end_is_computed_again_at_the_reload(self):
        daemon = self.start()
        id = self.asked(daemon)
        plain = daemon.call("support.open", dict(OPEN, urgency="immediate"))
        daemon.call("system.reload")
        self.calendar_comes()
        daemon.call("system.reload")
        self.computed_again(daemon, id)
        self.assertEqual(daemon.call("support.get", {"id": plain["id"]}, **WHY)["version"], 1)
        daemon.call("system.reload")
        self.computed_again(daemon, id)
        self.verified(daemon)

    def test_and_at_the_start_where_the_calendar_came_while_the_daemon_was_down(self):
        daemon = self.start()
        id = self.asked(daemon)
        daemon.stop()
        self.calendar_comes()
        daemon.start()
        daemon.call("dev.clock.set", {"now": "2026-12-30T10:00:00+08:00"})
        self.computed_again(daemon, id)

    @unittest.skipIf(ISOLATED, "all modules are in processes of their own here")
    def test_and_by_a_module_in_a_process_of_its_own(self):
        daemon = self.start(environment={"STATIOND_DEV_ISOLATED": "support"})
        wait_until(lambda: daemon.call("plugin.show", {"name": "support"})["state"] == "ready", "the module")
        id = self.asked(daemon)
        self.calendar_comes()
        daemon.call("system.reload")
        wait_until(lambda: daemon.call("support.get", {"id": id}, **WHY)["support_due"] == self.WITH, "another end")
        self.verified(daemon)


class JumpingClockTests(DegradedTestCase):
    RUNGS = 8

    def setUp(self):
        super().setUp()
        file = self.home / "shift"
        file.write_bytes(bytes(8))
        with open(file, "r+b") as opened:
            self.shift = mmap.mmap(opened.fileno(), 8)
        self.addCleanup(self.shift.close)
        self.daemon = self.new_daemon(environment={
            "LD_PRELOAD": self.library(SHIFTED_CLOCK), "CLOCK_SHIFT": str(file)}).start()

    def jump(self, seconds):
        """The clock is so many seconds off from here on; waits until the daemon has noticed."""
        before = len(read_log(self.daemon).of("system.clock_jump"))
        was, = struct.unpack("q", self.shift[:8])
        self.shift[:8] = struct.pack("q", seconds)
        records = wait_until(
            lambda: read_log(self.daemon).of("system.clock_jump")[before:], "a record of the jump")
        detail = self.daemon.call("audit.entry", {"seq": records[-1]["seq"]}, **WHY)["detail"]
        self.assertAlmostEqual(detail["seconds"], seconds - was, delta=5)
        self.assertIn(("clock", "jumped", "warning"), self.problems(self.daemon))
        self.assertTrue(self.daemon.call("system.health")["ok"])
        self.monitored(self.daemon, 1, "STATIOND WARNING - clock: ")

    def escalations(self, count):
        with self.daemon.connect() as client:
            client.call("events.subscribe", {"since": 0, "kinds": ["support.escalated"]})
            found = []
            while len(found) < count:
                found += client.notification()["params"]["events"]
        return Counter((event["payload"]["request"], event["payload"]["clock"], event["payload"]["rung"])
                       for event in found)

    def test_a_day_forward_fires_what_is_due_then_and_back_again_fires_nothing_twice(self):
        first = self.daemon.call("support.open", dict(OPEN, urgency="immediate"))["id"]
        self.jump(DAY)
        fired = self.escalations(self.RUNGS)
        self.assertEqual(set(fired.values()), {1})
        second = self.daemon.call("support.open", dict(OPEN, urgency="immediate"))["id"]
        self.jump(0)
        third = self.daemon.call("support.open", dict(OPEN, urgency="immediate"))["id"]
        self.assertEqual(self.daemon.call("support.get", {"id": first}, **WHY)["id"], first)
        self.jump(2 * DAY)
        fired = self.escalations(3 * self.RUNGS)
        self.assertEqual(set(fired.values()), {1})
        self.assertEqual({request for request, _, _ in fired}, {first, second, third})
        self.verified(self.daemon)

    def test_a_day_back_serves_on_and_doctor_tells_that_the_log_is_ahead(self):
        first = self.daemon.call("support.open", dict(OPEN, urgency="immediate"))["id"]
        self.jump(-DAY)
        second = self.daemon.call("support.open", OPEN)["id"]
        self.assertNotEqual(first, second)
        self.assertEqual(read_log(self.daemon).of("deadline:"), [])
        self.daemon.restart()
        self.assertEqual(self.daemon.call("support.get", {"id": first}, **WHY)["id"], first)
        self.verified(self.daemon)


if __name__ == "__main__":
    unittest.main()
