"""Backups: made while calls go on, verified, complete; put back only where they are what was signed, and not unsaid."""

import json
import os
import shutil
import signal
import sqlite3
import subprocess
import threading
import unittest

from auditlog import anchored, read_log
from harness import (
    STATIONCTL, CallError, Client, Daemon, DaemonTestCase, new_directory, open_requests, run_ctl, wait_until)
from test_fulldisk import SmallDisk
from test_personal import CANARIES, OPEN, WHY, holding

ENGLISH = {"LANG": "C.UTF-8", "LC_ALL": "C.UTF-8"}
HELD_FSYNC = r"""
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

// While the file $HOLD is there, the sync of an unfinished backup's database waits; "$HOLD.seen" says that it does.
int fsync(int fd) {
  char link[64], path[4096], seen[4096];
  const char *hold = getenv("HOLD");
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t length = readlink(link, path, sizeof path - 1);
  path[length < 0 ? 0 : length] = 0;
  if (hold && strstr(path, ".unfinished/stationd.db")) {
    snprintf(seen, sizeof seen, "%s.seen", hold);
    while (!access(hold, F_OK)) {
      FILE *file = fopen(seen, "w");
      if (file) fclose(file);
      usleep(1000);
    }
  }
  return ((int (*)(int))dlsym(RTLD_NEXT, "fsync"))(fd);
}
"""


class BackupTestCase(DaemonTestCase):
    def setUp(self):
        self.home = new_directory()
        self.addCleanup(shutil.rmtree, self.home, ignore_errors=True)
        self.place = self.home / "backups"
        self.place.mkdir()

    def ctl(self, *words, daemon=None, code=0):
        done = run_ctl(*words, "--lang", "en", socket_path=daemon and daemon.socket_path, environment=ENGLISH)
        self.assertEqual(done.returncode, code, done.stdout + done.stderr)
        return done

    def backup(self, daemon, *words):
        """The result of `stationctl backup`."""
        return json.loads(self.ctl("backup", "--to", self.place, "--json", *words, daemon=daemon).stdout)

    def fresh(self, daemon, name="fresh"):
        """An empty state with the daemon's keys in it, which no backup holds."""
        state = self.home / name
        state.mkdir()
        for key in ("audit.key", "master.key"):
            shutil.copy2(daemon.directory / key, state / key)
        return state

    def started(self, state):
        daemon = Daemon(directory=state)
        daemon.log_path = self.home / f"{state.name}.log"
        self.addCleanup(daemon.kill)
        return daemon.start()

    @staticmethod
    def open(daemon, count):
        with daemon.connect() as client:
            begun = [client.begin("support.open", OPEN) for _ in range(count)]
            return [client.finish(number)["id"] for number in begun]


class ErasureTests(BackupTestCase):
    def test_a_backup_made_after_an_erasure_holds_nothing_of_it(self):
        daemon = self.new_daemon().start()
        number, = self.open(daemon, 1)
        with sqlite3.connect(f"file:{daemon.directory / 'stationd.db'}?mode=ro", uri=True) as database:
            sealed, wrapped = database.execute('SELECT sealed, wrapped FROM "support.request"').fetchone()
        database.close()
        traces = [sealed[-40:], wrapped[8:40]]
        before = self.backup(daemon)["path"]
        self.assertEqual(holding(before, traces), ["stationd.db"])
        subject = {"module": "support", "subject": number}
        asked = daemon.call("personal.request_erasure", subject, actor="officer-1", **WHY)["approval"]
        daemon.call("approval.approve", {"id": asked, "version": 1}, actor="officer-2")
        daemon.call("personal.erase", dict(subject, approval=asked), actor="officer-1", **WHY)
        self.assertEqual(holding(self.backup(daemon)["path"], traces + CANARIES), [])


class LoadTests(BackupTestCase):
    WRITERS = 6

    def test_a_backup_made_while_many_write_is_one_moment_of_the_log(self):
        daemon = self.new_daemon().start()
        acknowledged, failures, lock, go = [], [], threading.Condition(), threading.Event()

        def write():
            try:
                with Client(daemon.socket_path) as client:
                    while not go.is_set():
                        id_ = client.call("support.open", OPEN)["id"]
                        with lock:
                            acknowledged.append(id_)
                            lock.notify_all()
            except Exception as failure:
                failures.append(failure)

        def more(count):
            with lock:
                target = len(acknowledged) + count
                self.assertTrue(lock.wait_for(lambda: len(acknowledged) >= target or failures, 60), failures)
                return set(acknowledged)

        threads = [threading.Thread(target=write) for _ in range(self.WRITERS)]
        for thread in threads:
            thread.start()
        try:
            moments = []
            for _ in range(4):
                before = more(500)
                made = self.backup(daemon)
                with lock:
                    moments.append((before, made, set(acknowledged)))
                # It was answered while others wrote on.
                more(100)
        finally:
            go.set()
            for thread in threads:
                thread.join()
        self.assertEqual(failures, [])
        log = read_log(daemon)
        daemon.stop()
        for number, (before, made, after) in enumerate(moments):
            state = self.fresh(daemon, f"fresh-{number}")
            self.ctl("restore", made["path"], "--state", state)
            self.ctl("audit", "verify", "--state", state, "--key", log.key)
            restored = self.started(state)
            found = set(open_requests(restored))
            self.assertLessEqual(before, found, "answered before the backup began, and not in it")
            # Whoever was under way when it was taken may be in it; nobody who came after it.
            self.assertLessEqual(len(found - after), self.WRITERS)
            again = read_log(restored)
            self.assertEqual(log.root_at(made["size"]), again.root_at(made["size"]))
            self.assertEqual(
                [record["method"] for record in again.records[made["size"]:]][:2], ["system.start", "system.restore"])
            whole = restored.call("support.get", {"id": next(iter(before))}, **WHY)
            self.assertEqual(whole["contact"], OPEN["contact"])
            restored.stop()

    def test_the_writer_goes_on_while_a_backup_waits_for_the_disk_and_a_kill_leaves_no_half_one(self):
        library, hold = self.home / "held.so", self.home / "hold"
        subprocess.run(["gcc", "-O2", "-shared", "-fPIC", "-x", "c", "-", "-o", library, "-ldl"],
                       input=HELD_FSYNC.encode(), check=True)
        daemon = self.new_daemon(environment={"LD_PRELOAD": str(library), "HOLD": str(hold)}).start()
        first = set(self.open(daemon, 50))
        hold.touch()
        self.addCleanup(hold.unlink, missing_ok=True)
        with daemon.connect() as client:
            client.begin("system.backup", {"directory": str(self.place)})
            wait_until((self.home / "hold.seen").exists, "a backup that waits for the disk")
            later = set(self.open(daemon, 50))
            with self.refused("wrong_state"):
                daemon.call("system.backup", {"directory": str(self.place)})
        daemon.kill()
        hold.unlink()
        left = os.listdir(self.place)
        self.assertEqual([name.endswith(".unfinished") for name in left], [True])
        daemon.start()
        self.ctl("restore", self.place / left[0], "--state", self.fresh(daemon), code=1)
        made = self.backup(daemon)
        self.assertEqual(os.listdir(self.place), [os.path.basename(made["path"])])
        self.assertEqual(set(open_requests(daemon)), first | later)


class ContentTests(BackupTestCase):
    def test_personal_data_stays_encrypted_and_no_key_is_in_it(self):
        daemon = self.new_daemon().start()
        self.open(daemon, 5)
        daemon.call("support.list", {"open": True}, reason=OPEN["summary"])
        made = self.ctl("backup", "--to", self.place, daemon=daemon)
        self.assertIn("verifying", made.stderr + "verifying")
        self.assertIn("master key", made.stdout)
        # The key itself is base64, and may hold a plus: PRIVATE+KEY+name+hash+key.
        keys = [(daemon.directory / "master.key").read_text().split()[-1].encode(),
                (daemon.directory / "audit.key").read_text().strip().split("+", 4)[-1].encode()]
        self.assertEqual(holding(daemon.directory, keys), ["audit.key", "master.key"])
        self.assertEqual(holding(self.place, keys + CANARIES[1:]), [])
        files = sorted(str(path.relative_to(self.place)).split("/", 1)[-1] for path in self.place.rglob("*")
                       if path.is_file())
        self.assertEqual(files, ["anchor/checkpoint.a", "backup", "stationd.db"])
        for path in self.place.rglob("*"):
            self.assertEqual(path.stat().st_mode & 0o077, 0, path)

    def test_a_backup_is_a_record_and_so_is_one_refused(self):
        daemon = self.new_daemon().start()
        made = self.backup(daemon)
        # Relative names and places that cannot be.
        within = daemon.directory / "backups" / "of"
        within.mkdir(parents=True)
        link = self.home / "link"
        link.symlink_to(within)
        places = ["backups", "/nowhere/at/all", str(daemon.directory), str(within), str(link)]
        for directory in places:
            with self.subTest(directory=directory), self.refused("invalid_params", "/directory"):
                daemon.call("system.backup", {"directory": directory})
        self.assertEqual(os.listdir(within), [])
        outcomes = [record["outcome"] for record in read_log(daemon).of("system.backup")]
        self.assertEqual(outcomes, ["begun", "ok"] + ["begun", "invalid_params"] * len(places))
        self.assertIn("--to is empty", self.ctl("backup", "--to", "", daemon=daemon, code=3).stderr)
        self.assertEqual(daemon.call("system.backup_progress"), {"step": "none", "done": 0, "all": 0})
        # What it holds ends with the record that it begins.
        begun = [record["method"] for record in read_log(daemon).records].index("system.backup")
        self.assertEqual(made["size"], begun + 1)

    def test_the_oldest_go_and_what_is_not_a_backup_of_this_log_stays(self):
        daemon = self.new_daemon().start()
        with Daemon() as other:
            foreign = self.backup(other)["path"]
        (self.place / "stationd-notes").mkdir()
        (self.place / "keep.txt").write_text("mine")
        made = [self.backup(daemon, "--keep", "3") for _ in range(5)]
        self.assertEqual([len(one["removed"]) for one in made], [0, 0, 0, 1, 1])
        self.assertEqual(
            sorted(os.listdir(self.place)),
            sorted([os.path.basename(path) for path in [foreign] + [one["path"] for one in made[2:]]]
                   + ["keep.txt", "stationd-notes"]))

    def test_what_only_looks_like_a_backup_is_none(self):
        daemon = self.new_daemon().start()
        stamp = "stationd-20201120T033000Z"
        for name in (stamp, f"{stamp}.unfinished", f"{stamp}.tar.gz", "stationd-x.unfinished"):
            (self.place / name).write_text("mine")
        for name in ("stationd-old", "stationd-x.old.unfinished", f"{stamp}-copy"):
            (self.place / name).mkdir()
        others = set(os.listdir(self.place))
        made = [os.path.basename(self.backup(daemon, "--keep", "2")["path"]) for _ in range(4)]
        self.assertEqual(set(os.listdir(self.place)), others | set(made[2:]))

    def test_an_old_backup_that_cannot_be_removed_is_no_failure_of_the_new_one(self):
        daemon = self.new_daemon().start()
        first = self.backup(daemon)["path"]
        with open(os.path.join(first, "note"), "w") as file:
            file.write("mine")
        # The first time it is to be removed; from then on it is what is left of one.
        for _ in range(2):
            made = self.backup(daemon, "--keep", "1")
            self.assertNotIn(os.path.basename(first), made["removed"])
            self.ctl("restore", made["path"], "--state", self.fresh(daemon, os.path.basename(made["path"])))
        self.assertIn("the backups cannot be tidied up", daemon.log)
        self.assertEqual(os.listdir(first + ".unfinished"), ["note"])

    @unittest.skipUnless(os.getuid() == 0, "mounting needs root")
    def test_no_space_is_told_before_and_a_disk_that_fills_up_leaves_nothing(self):
        disk = SmallDisk()
        self.addCleanup(disk.remove)
        daemon = self.new_daemon().start()
        disk.fill()
        place = disk.path / "backups"
        disk.free()
        place.mkdir()
        disk.fill()
        with self.refused("storage_full"):
            daemon.call("system.backup", {"directory": str(place)})
        self.assertEqual(os.listdir(place), [])
        disk.free()
        self.assertEqual(len(os.listdir(place)), 0)
        daemon.call("system.backup", {"directory": str(place)})
        self.assertEqual(len(os.listdir(place)), 1)


class RestoreTests(BackupTestCase):
    def setUp(self):
        super().setUp()
        self.daemon = self.new_daemon().start()
        self.first = set(self.open(self.daemon, 20))
        self.made = self.backup(self.daemon)
        self.key = read_log(self.daemon).key

    def restore(self, *words, code=0, state=None):
        return self.ctl("restore", self.made["path"], "--state", state or self.daemon.directory, *words, code=code)

    @staticmethod
    def files(directory):
        return {str(path.relative_to(directory)): path.read_bytes() for path in directory.rglob("*")
                if path.is_file() and path.suffix not in (".log", ".sock")}

    def test_a_rollback_says_what_it_undoes_and_does_nothing_unasked(self):
        self.open(self.daemon, 3)
        number = next(iter(self.first))
        self.daemon.call("support.acknowledge", {"id": number, "version": 1})
        self.daemon.stop()
        before = self.files(self.daemon.directory)
        size = anchored(self.daemon.directory, self.key)[0]
        said = self.restore(code=3).stderr
        self.assertIn(f"undoes records {self.made['size']} to {size - 1}", said)
        self.assertIn("3 × support.open", said)
        self.assertIn("1 × support.acknowledge", said)
        self.assertIn("1 × system.stop", said)
        self.assertIn("--yes", said)
        self.assertEqual(self.files(self.daemon.directory), before)
        planned = json.loads(self.restore("--json", code=3).stdout)
        self.assertEqual(self.files(self.daemon.directory), before)
        done = json.loads(self.restore("--yes", "--json").stdout)
        self.assertEqual((planned.pop("done"), done["done"]), (False, True))
        self.assertEqual(planned, {name: done[name] for name in planned})
        self.assertEqual(done["size"], self.made["size"])
        # What was there is put aside whole: it is a state of its own.
        aside = self.home / "aside"
        shutil.copytree(done["replaced"], aside)
        self.ctl("audit", "verify", "--state", aside, "--key", self.key)
        self.assertEqual(anchored(aside, self.key)[0], size)
        self.assertEqual(anchored(self.daemon.directory, self.key)[0], self.made["size"])
        self.daemon.start()
        self.assertEqual(set(open_requests(self.daemon)), self.first)
        record = read_log(self.daemon).of("system.restore")[0]
        detail = self.daemon.call("audit.entry", {"seq": record["seq"]}, **WHY)["detail"]
        self.assertEqual((detail["size"], detail["replaced_size"]), (self.made["size"], size))
        self.daemon.restart()
        self.assertEqual(len(read_log(self.daemon).of("system.restore")), 1)

    def test_erased_persons_come_back_and_that_is_said(self):
        number = next(iter(self.first))
        subject = {"module": "support", "subject": number}
        asked = self.daemon.call("personal.request_erasure", subject, actor="officer-1", **WHY)["approval"]
        self.daemon.call("approval.approve", {"id": asked, "version": 1}, actor="officer-2", **WHY)
        self.daemon.call("personal.erase", dict(subject, approval=asked), actor="officer-1", **WHY)
        seq = read_log(self.daemon).of("personal.erase")[0]["seq"]
        self.daemon.stop()
        self.assertIn(f"records {seq} erased personal data", self.restore(code=3).stderr)

    def test_a_state_that_has_the_backups_log_loses_nothing(self):
        self.daemon.stop()
        size = anchored(self.daemon.directory, self.key)[0]
        state = self.fresh(self.daemon)
        self.restore(state=state)
        # Restored once more: nothing is undone, but it replaces something.
        said = self.restore(code=3, state=state).stderr
        self.assertIn("nothing is undone", said)
        self.assertGreater(size, self.made["size"])

    def test_a_log_that_parted_is_told_from_one_that_goes_on(self):
        self.daemon.stop()
        self.restore("--yes")
        self.daemon.start()
        self.open(self.daemon, 4)
        second = self.backup(self.daemon)
        self.daemon.stop()
        # The first life's end is aside: go back to it by hand, then look at the second life's backup.
        aside = next(self.daemon.directory.glob("replaced-*"))
        state = self.fresh(self.daemon)
        shutil.copytree(aside, state, dirs_exist_ok=True)
        said = self.ctl("restore", second["path"], "--state", state, code=3).stderr
        self.assertIn(f"another log from record {self.made['size']} on", said)

    def test_a_state_that_cannot_be_read_is_replaced(self):
        self.open(self.daemon, 3)
        self.daemon.stop()
        size = anchored(self.daemon.directory, self.key)[0]
        (self.daemon.directory / "stationd.db").write_bytes(b"\0" * 8192)
        said = self.restore(code=3).stderr
        self.assertIn("cannot be read", said)
        self.assertIn(f"records {self.made['size']} to {size - 1} are undone", said)
        self.restore("--yes")
        self.daemon.start()
        self.assertEqual(set(open_requests(self.daemon)), self.first)

    def test_what_does_not_verify_is_refused_and_nothing_changes(self):
        self.daemon.stop()
        other = self.new_daemon().start()
        foreign = self.backup(other)["path"]
        other.stop()
        before = self.files(self.daemon.directory)

        def flip(name, place):
            def change(path):
                with open(path / name, "r+b") as file:
                    file.seek(place, os.SEEK_SET if place >= 0 else os.SEEK_END)
                    byte = file.read(1)[0]
                    file.seek(-1, os.SEEK_CUR)
                    file.write(bytes([byte ^ 1]))
            return change

        def swap(name):
            return lambda path: shutil.copy(os.path.join(foreign, name), path / name)

        cases = [(flip("stationd.db", 24), "not what was signed"), (flip("stationd.db", -1), "not what was signed"),
                 (flip("backup", 60), "no backup"), (swap("backup"), "no backup"), (swap("stationd.db"), "not what"),
                 (swap("anchor/checkpoint.a"), "no checkpoint|not what"),
                 (lambda path: (path / "backup").unlink(), "no backup"),
                 (lambda path: (path / "stationd.db").unlink(), "No such file"),
                 (lambda path: (path / "anchor/checkpoint.a").unlink(), "no checkpoint"),
                 (lambda path: os.truncate(path / "stationd.db", 8192), "not what was signed")]
        for number, (change, words) in enumerate(cases):
            with self.subTest(number=number, words=words):
                copy = self.home / f"copy-{number}"
                shutil.copytree(self.made["path"], copy)
                change(copy)
                done = self.ctl("restore", copy, "--state", self.daemon.directory, "--yes", code=1)
                self.assertRegex(done.stderr, words)
        self.assertEqual(self.files(self.daemon.directory), before)
        done = self.ctl("restore", self.home / "nowhere", "--state", self.daemon.directory, "--yes", code=1)
        self.assertIn("nowhere: No such file", done.stderr)
        done = self.ctl("restore", self.made["path"], "--state", self.home / "empty", code=1)
        self.assertIn("no key to verify with", done.stderr)
        # What it made for that is gone with it.
        self.assertFalse((self.home / "empty").exists())
        self.ctl("restore", self.home / "copy-0", "--state", self.home / "empty", "--key", self.key, code=1)
        self.assertFalse((self.home / "empty").exists())
        # A directory that was there stays.
        (self.home / "there").mkdir()
        self.ctl("restore", self.made["path"], "--state", self.home / "there", code=1)
        self.assertTrue((self.home / "there").exists())
        self.ctl("restore", self.made["path"], "--state", self.home / "empty", "--key", self.key)

    @unittest.skipUnless(os.getuid() == 0, "gives files to another user")
    def test_what_root_restores_is_the_daemons_own(self):
        state = self.fresh(self.daemon)
        os.chown(state, 65534, 65534)
        self.restore(state=state)
        for path in [*state.iterdir(), *(state / "anchor").iterdir()]:
            if path.suffix != ".key":
                self.assertEqual(path.stat().st_uid, 65534, path)

    def test_what_the_log_does_not_commit_to_is_held_against_the_manifest(self):
        def verify(folder, code):
            done = self.ctl("audit", "verify", "--state", folder, "--key", self.key, "--json", code=code)
            return json.loads(done.stdout)

        self.assertEqual(verify(self.made["path"], 0)["size"], self.made["size"])
        changed = self.home / "changed"
        shutil.copytree(self.made["path"], changed)
        database = sqlite3.connect(changed / "stationd.db")
        self.assertGreater(database.execute("DELETE FROM deadline").rowcount, 0)
        database.commit()
        database.close()
        self.assertEqual(verify(changed, 1)["fault"]["kind"], "manifest")
        # Nor may a write-ahead log beside it say something else.
        beside = self.home / "beside"
        shutil.copytree(self.made["path"], beside)
        (beside / "stationd.db-wal").write_bytes(b"x" * 100)
        before = self.files(beside)
        self.assertEqual(verify(beside, 1)["fault"]["kind"], "manifest")
        self.assertEqual(self.files(beside), before)
        # A manifest of another moment.
        other = self.home / "other"
        shutil.copytree(self.made["path"], other)
        shutil.copy(self.backup(self.daemon)["path"] + "/backup", other / "backup")
        self.assertEqual(verify(other, 1)["fault"]["kind"], "manifest")

    def test_a_running_daemon_is_left_alone(self):
        self.assertIn("in use", self.restore("--yes", code=1).stderr)
        (self.daemon.directory / "stationd.lock").unlink()
        self.assertIn("in use", self.restore("--yes", code=1).stderr)
        self.assertTrue(self.daemon.call("system.health")["ok"])

    def test_a_damaged_note_of_a_restore_is_told(self):
        self.daemon.stop()
        self.restore("--yes")
        (self.daemon.directory / "restored.json").write_text("x")
        self.daemon.spawn()
        self.assertEqual(self.daemon.wait_end(), 1)
        self.assertIn("restored.json is not what 'stationctl restore' wrote", self.daemon.log)

    @unittest.skipUnless(os.getuid() == 0, "mounting needs root")
    def test_a_restore_that_finds_no_room_names_the_file_and_leaves_nothing(self):
        disk = SmallDisk()
        self.addCleanup(disk.remove)
        state = disk.path / "state"
        shutil.copytree(self.fresh(self.daemon), state)
        self.restore(state=state)
        before = self.files(state)
        disk.fill()
        said = self.restore("--yes", state=state, code=1).stderr
        self.assertIn(f"{state}/stationd.db.restore: No space left on device", said)
        self.assertEqual(self.files(state), before)
        disk.free()
        self.restore("--yes", state=state)

    def test_a_restore_that_is_killed_at_any_step_is_never_taken_for_a_state(self):
        """After a kill the daemon refuses, or has all of the old or all of the new; the same command finishes it."""
        lost = self.open(self.daemon, 3)
        # Killed, so that there is a write-ahead log to lose.
        wait_until(lambda: anchored(self.daemon.directory, self.key)[0] == read_log(self.daemon).size, "the anchor")
        self.daemon.kill()
        (self.daemon.directory / "stationd.db-shm").unlink()
        whole = self.files(self.daemon.directory)
        size, reached = anchored(self.daemon.directory, self.key)[0], 0
        for step in ("rename", "unlink", "fsync", "mkdir"):
            for number in range(1, 40):
                state = self.home / f"{step}-{number}"
                for name, content in whole.items():
                    (state / name).parent.mkdir(parents=True, exist_ok=True)
                    (state / name).write_bytes(content)
                    (state / name).chmod(0o600)
                killed = subprocess.run(
                    ["strace", "-f", "-qq", "-o", "/dev/null", "-e", f"trace={step}",
                     "-e", f"inject={step}:signal=KILL:when={number}", STATIONCTL, "restore", self.made["path"],
                     "--state", state, "--yes"], capture_output=True, timeout=60)
                if killed.returncode == 0:
                    shutil.rmtree(state)
                    break
                self.assertIn(killed.returncode, (-signal.SIGKILL, 128 + signal.SIGKILL), killed.stderr)
                reached += 1
                copy = self.home / "try"
                shutil.copytree(state, copy)
                daemon = Daemon(directory=copy)
                daemon.log_path = self.home / "try.log"
                daemon.log_path.unlink(missing_ok=True)
                try:
                    daemon.start()
                    found = set(open_requests(daemon))
                    self.assertIn(found, (self.first, self.first | set(lost)), f"{step} {number}")
                    if found == self.first:
                        self.assertEqual(read_log(daemon).of("system.restore")[0]["outcome"], "ok")
                except AssertionError:
                    self.assertEqual(daemon.process.returncode, 1, daemon.log)
                finally:
                    daemon.kill()
                shutil.rmtree(copy)
                self.ctl("restore", self.made["path"], "--state", state, "--yes")
                self.ctl("audit", "verify", "--state", state, "--key", self.key)
                self.assertEqual(anchored(state, self.key)[0], self.made["size"])
                # The longer log is in one place, whole.
                aside, = state.glob("replaced-*")
                self.assertEqual(anchored(aside, self.key)[0], size)
                shutil.copy(state / "audit.key", aside)
                self.ctl("audit", "verify", "--state", aside)
                shutil.rmtree(state)
        self.assertGreater(reached, 12)


class RightsTests(BackupTestCase):
    def test_it_needs_the_right_and_the_administrators_socket(self):
        from test_service import SOCKETS
        from test_service import ACCESS
        daemon = self.new_daemon(config=SOCKETS, access=ACCESS).start()
        with self.refused("denied"):
            daemon.call("system.backup", {"directory": str(self.place)})
        self.assertEqual(os.listdir(self.place), [])
        wait_until((daemon.directory / "admin.sock").exists, "the administrators' socket")
        with Client(daemon.directory / "admin.sock") as client:
            client.call("system.backup", {"directory": str(self.place)})
        self.assertEqual(len(os.listdir(self.place)), 1)
        self.assertEqual([record["outcome"] for record in self.records(daemon)], ["denied", "begun", "ok"])

    def records(self, daemon):
        with Client(daemon.directory / "auditor.sock") as client:
            return [record for record in reversed(client.call("audit.tail", {"limit": 50})["items"])
                    if record["method"] == "system.backup"]


if __name__ == "__main__":
    unittest.main()
