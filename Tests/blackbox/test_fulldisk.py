"""A disk that is full, and a disk that fails: no audit, no answer, and nothing lost."""

import os
import random
import shutil
import subprocess
import threading
import unittest

from auditlog import anchored, read_log, require_extension
from harness import CallError, Client, Daemon, DaemonTestCase, new_directory, open_requests, wait_until

FULL = {"storage_full", "unavailable"}
WHY = {"purpose": "handling", "reason": "the disk"}


def opening(size=1500):
    return {"scenario": 2, "station": "st-01", "urgency": "routine", "summary": "x" * size}


class SmallDisk:
    """An ext4 of 48 MiB in a file, mounted."""

    def __init__(self):
        self.home = new_directory()
        self.file, self.path = self.home / "disk", self.home / "mnt"
        self.path.mkdir()
        with open(self.file, "wb") as file:
            file.truncate(48 << 20)
        try:
            subprocess.run(["mkfs.ext4", "-q", "-m", "0", "-F", self.file], check=True, capture_output=True)
            subprocess.run(["mount", "-o", "loop", self.file, self.path], check=True, capture_output=True)
        except (OSError, subprocess.CalledProcessError) as failure:
            shutil.rmtree(self.home, ignore_errors=True)
            raise unittest.SkipTest(f"an ext4 in a file cannot be mounted here: {failure}") from None

    def fill(self):
        """Takes every free block; `free` gives them back."""
        with open(self.path / "filler", "ab", buffering=0) as file:
            for size in (1 << 20, 4096):
                try:
                    while True:
                        file.write(b"\0" * size)
                except OSError:
                    continue

    def free(self):
        (self.path / "filler").unlink()

    def remove(self):
        subprocess.run(["umount", "-l", self.path], check=False)
        shutil.rmtree(self.home, ignore_errors=True)


@unittest.skipUnless(os.getuid() == 0, "mounting needs root")
class FullDiskTests(DaemonTestCase):
    def setUp(self):
        disk = SmallDisk()
        self.addCleanup(disk.remove)
        self.disk = disk
        state = disk.path / "state"
        state.mkdir()
        daemon = Daemon(directory=state)
        daemon.log_path = disk.home / "daemon.log"
        self.addCleanup(daemon.kill)
        self.daemon = daemon.start()
        self.answered, self.refused = set(), 0

    def run_into_the_wall(self):
        """Several clients write until all are told that it is full."""
        lock = threading.Lock()
        failures = []

        def write():
            try:
                with self.daemon.connect() as client:
                    for _ in range(20000):
                        try:
                            id_ = client.call("support.open", opening())["id"]
                            with lock:
                                self.answered.add(id_)
                        except CallError as error:
                            with lock:
                                self.refused += 1
                            if error.kind not in FULL:
                                raise
                            return
                    raise AssertionError("the disk never was full")
            except Exception as failure:
                failures.append(failure)

        threads = [threading.Thread(target=write) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
        self.assertEqual(failures, [])

    def recovered(self):
        """A write that is answered, at the latest some moments after there is space again."""
        def attempt():
            try:
                return self.daemon.call("support.open", opening(10))["id"]
            except CallError as error:
                if error.kind not in FULL:
                    raise
        id_ = wait_until(attempt, "a write after space was freed")
        self.answered.add(id_)

    def check_log(self):
        self.assertEqual(set(open_requests(self.daemon)), self.answered)
        log = read_log(self.daemon)
        opened = [item[1] for record in log.of("support.open") if record["outcome"] == "ok"
                  for item in record["written"]]
        self.assertEqual(sorted(opened), sorted(self.answered))
        return log

    def test_full_means_no_answer_and_it_goes_on_when_there_is_space(self):
        first = self.daemon.call("support.open", opening())["id"]
        self.answered.add(first)
        older = read_log(self.daemon)
        self.disk.fill()
        self.run_into_the_wall()
        with self.daemon.connect() as client:
            # The last bytes of the write-ahead log may have room for a small record yet, not for many.
            with self.assertRaises(CallError):
                for _ in range(1000):
                    client.call("support.get", {"id": first}, **WHY)
            # No record can be written now: what needs one is refused, and nothing of it is shown.
            for method, params, meta in (("support.get", {"id": first}, WHY), ("support.open", opening(2000), {}),
                                         ("support.get", {"id": first}, {}),
                                         ("audit.entry", {"seq": 0}, WHY)):
                with self.assertRaises(CallError) as caught:
                    client.call(method, params, **meta)
                self.assertIn(caught.exception.kind, FULL, method)
            # What needs none is served.
            client.call("system.ping")
            self.assertEqual(client.call("support.list", {"limit": 1})["items"][0]["state"], "submitted")
            health = client.call("system.health")
            self.assertFalse(health["ok"])
            self.assertIn("storage_full", {problem["kind"] for problem in health["problems"]})
            self.assertTrue(all(problem["message"] for problem in health["problems"]))
        self.assertEqual(set(open_requests(self.daemon)), self.answered, "refused, but there; or answered, but not there")
        pid = self.daemon.pid
        self.disk.free()
        self.recovered()
        self.assertIsNone(self.daemon.process.poll())
        self.assertEqual(self.daemon.pid, pid)
        self.assertEqual(self.daemon.call("support.get", {"id": first}, **WHY)["id"], first)
        self.assertTrue(self.daemon.call("system.health")["ok"])
        log = self.check_log()
        require_extension(self.daemon, older, log)

    def test_full_and_killed_loses_nothing(self):
        self.disk.fill()
        self.run_into_the_wall()
        self.daemon.kill()
        self.disk.free()
        self.daemon.start()
        self.recovered()
        log = self.check_log()
        size, root = anchored(self.daemon.directory, log.key)
        self.assertEqual(log.root_at(size), root)

    def test_a_start_on_a_full_disk_says_so_and_is_tried_again(self):
        self.daemon.stop()
        self.disk.fill()
        self.daemon.spawn()
        self.assertEqual(self.daemon.wait_end(), 75, "the unit does not try again after 1")
        said = self.daemon.log[self.daemon.log_start:]
        self.assertNotIn("RPCError(", said)
        self.assertIn(f"stationd: {self.daemon.directory}", said)
        self.disk.free()
        self.daemon.start()
        self.recovered()
        self.check_log()

    def test_a_stop_on_a_full_disk_says_what_is_missing(self):
        self.disk.fill()
        self.run_into_the_wall()
        self.daemon.stop()
        self.assertIn("no record of the stop could be written", self.daemon.log)
        self.assertNotIn("RPCError(", self.daemon.log)
        self.disk.free()
        self.daemon.start()
        self.recovered()
        self.check_log()

    def test_several_times_full(self):
        for _ in range(3):
            self.disk.fill()
            self.run_into_the_wall()
            self.disk.free()
            self.recovered()
        self.check_log()


FAILING_SYNC = r"""
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

// Fails each sync of a file whose name ends in $FAIL_NAME, from when the file $FAIL_WHEN is there.
static int fails(int fd) {
  char link[64], path[4096];
  const char *name = getenv("FAIL_NAME"), *when = getenv("FAIL_WHEN");
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t length = readlink(link, path, sizeof path - 1);
  if (!name || !when || length < 0 || access(when, F_OK) != 0) return 0;
  path[length] = 0;
  return (size_t)length >= strlen(name) && strcmp(path + length - strlen(name), name) == 0;
}

static int sync_with(const char *function, int fd) {
  if (fails(fd)) return errno = EIO, -1;
  return ((int (*)(int))dlsym(RTLD_NEXT, function))(fd);
}

int fsync(int fd) { return sync_with("fsync", fd); }
int fdatasync(int fd) { return sync_with("fdatasync", fd); }
"""


class FailedSyncTests(DaemonTestCase):
    @classmethod
    def setUpClass(cls):
        cls.home = new_directory()
        cls.addClassCleanup(shutil.rmtree, cls.home, ignore_errors=True)
        cls.library = cls.home / "failing.so"
        subprocess.run(["gcc", "-O2", "-shared", "-fPIC", "-x", "c", "-", "-o", cls.library, "-ldl"],
                       input=FAILING_SYNC.encode(), check=True)

    def fail(self, name):
        """Load, then a disk whose syncs of one file fail; (the daemon in its next life, answers, refusals)."""
        when = self.home / f"when-{name}"
        daemon = self.new_daemon(environment={"LD_PRELOAD": str(self.library), "FAIL_NAME": name,
                                              "FAIL_WHEN": str(when)})
        daemon.start()
        answered, refused, lock = set(), [], threading.Condition()

        def write(number):
            chance = random.Random(number)
            try:
                with Client(daemon.socket_path) as client:
                    while True:
                        id_ = client.call("support.open", opening(chance.randint(1, 1500)))["id"]
                        with lock:
                            answered.add(id_)
                            lock.notify_all()
            except CallError as error:
                with lock:
                    refused.append(error.kind)
            except (OSError, EOFError):
                pass

        threads = [threading.Thread(target=write, args=[number]) for number in range(6)]
        for thread in threads:
            thread.start()
        with lock:
            self.assertTrue(lock.wait_for(lambda: len(answered) > 200, 30))
        when.touch()
        code = daemon.wait_end()
        for thread in threads:
            thread.join(20)
        self.assertNotIn(code, (0, None))
        self.assertGreater(code, 0, "ended by a signal, not by its own decision")
        return daemon, answered, refused

    def test_a_failed_sync_of_the_wal_stops_the_daemon_and_answers_nothing_as_done(self):
        daemon, answered, refused = self.fail("stationd.db-wal")
        # The batch is told that it failed, before the daemon ends.
        self.assertGreater(len(refused), 0)
        self.assertLessEqual(set(refused), FULL)
        daemon.environment.pop("LD_PRELOAD")
        daemon.start()
        found = set(open_requests(daemon))
        self.assertLessEqual(answered, found)
        # What failed may be on the disk all the same, but no more than was under way.
        self.assertLessEqual(len(found - answered), 6)
        log = read_log(daemon)
        size, root = anchored(daemon.directory, log.key)
        self.assertEqual(log.root_at(size), root)
        self.assertTrue(daemon.call("system.health")["ok"])

    def test_a_failed_sync_of_the_checkpoint_outside_is_told_by_health(self):
        when = self.home / "when-anchor"
        daemon = self.new_daemon(environment={"LD_PRELOAD": str(self.library), "FAIL_NAME": "/checkpoint.a",
                                              "FAIL_WHEN": str(when)})
        daemon.start()
        when.touch()

        def told():
            try:
                daemon.call("support.open", opening(5))
            except (CallError, OSError, EOFError):
                return True
            return not daemon.call("system.health")["ok"]

        wait_until(told, "health that tells of the anchor, or an end")
        daemon.kill()
        daemon.environment.pop("LD_PRELOAD")
        daemon.start()
        read_log(daemon)


if __name__ == "__main__":
    unittest.main()
