"""A state of an older version meets a newer daemon, and the other way round.

The older state is Tests/fixtures/state-1, which a daemon of format 1 left. Format 3 is the present one.
"""

import hashlib
import os
import shutil
import sqlite3
import unittest

from harness import REPOSITORY, Daemon, DaemonTestCase, new_directory, run_ctl
from test_fulldisk import SmallDisk

PRESENT = ["1", "2", "3"]  # formats
FORMER = REPOSITORY / "Tests" / "fixtures" / "state-1"
ENGLISH = {"LANG": "C.UTF-8", "LC_ALL": "C.UTF-8"}
# Calls of the daemon that change files, as strace counts them.
CHANGES = "pwrite64,pwritev,fdatasync,fsync,ftruncate,rename,mkdir,unlink,rmdir"


def formats(path):
    with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as db:
        return [name for name, in db.execute("SELECT identifier FROM grdb_migrations ORDER BY 1")]


def tables(path):
    """Name and declaration of everything in a database."""
    with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as db:
        return sorted(db.execute("SELECT name, sql FROM sqlite_schema").fetchall(), key=str)


def digest(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


class UpgradeTestCase(DaemonTestCase):
    @classmethod
    def setUpClass(cls):
        pass

    def setUp(self):
        self.home = new_directory()
        self.addCleanup(shutil.rmtree, self.home, ignore_errors=True)

    def former(self, name="state", home=None):
        state = (home or self.home) / name
        state.mkdir()
        for item in ("stationd.db", "audit.key"):
            shutil.copy(FORMER / item, state / item)
        shutil.copytree(FORMER / "anchor", state / "anchor")
        return state

    def daemon_on(self, state, prefix=()):
        daemon = Daemon(directory=state, prefix=prefix)
        daemon.log_path = self.home / f"{state.name}.log"
        self.addCleanup(daemon.kill)
        return daemon

    def verified(self, state, code=0):
        done = run_ctl("audit", "verify", "--state", state, environment=ENGLISH)
        self.assertEqual(done.returncode, code, done.stdout + done.stderr)
        return done.stdout + done.stderr

    def kept(self, state):
        """The finished copies from before an upgrade."""
        place = state / "before-upgrade"
        return [path for path in place.iterdir() if not path.name.endswith(".unfinished")] if place.exists() else []


class UpgradeTests(UpgradeTestCase):
    def test_an_older_database_is_kept_brought_up_to_date_once_and_put_back(self):
        state = self.former()
        self.assertEqual(formats(state / "stationd.db"), ["1"])
        before = tables(state / "stationd.db")
        daemon = self.daemon_on(state).start()
        copy, = self.kept(state)
        self.assertIn(f"upgrade from format 1 to 3: the database as it was is kept in {copy}", daemon.log)
        self.assertEqual(daemon.call("system.health")["ok"], True)
        daemon.stop()
        self.assertEqual(formats(state / "stationd.db"), PRESENT)
        self.verified(state)
        # The copy is the database as it was, whole and signed.
        self.assertEqual(tables(copy / "stationd.db"), before)
        old, new = sqlite3.connect(FORMER / "stationd.db"), sqlite3.connect(copy / "stationd.db")
        for table, in old.execute("SELECT name FROM sqlite_schema WHERE type = 'table'").fetchall():
            rows = f'SELECT * FROM "{table}"'
            self.assertEqual(sorted(old.execute(rows).fetchall(), key=str),
                             sorted(new.execute(rows).fetchall(), key=str), table)
        old.close()
        new.close()
        # The second start has nothing to do.
        daemon.start()
        daemon.stop()
        self.assertEqual(self.kept(state), [copy])
        done = run_ctl("restore", copy, "--state", state, "--yes", environment=ENGLISH)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertEqual(formats(state / "stationd.db"), ["1"])
        self.assertEqual(digest(state / "stationd.db"), digest(copy / "stationd.db"))
        self.verified(state)
        # And the upgrade is done again from there.
        daemon.start()
        self.assertEqual(daemon.call("audit.tail", {"limit": 50})["items"][-1]["seq"] >= 0, True)
        daemon.stop()
        self.assertEqual(formats(state / "stationd.db"), PRESENT)
        self.verified(state)

    def test_a_new_state_and_one_that_is_current_are_not_copied(self):
        state = self.home / "new"
        state.mkdir()
        daemon = self.daemon_on(state).start()
        daemon.restart()
        daemon.stop()
        self.assertFalse((state / "before-upgrade").exists())

    def test_an_older_log_that_was_put_back_is_neither_copied_nor_changed(self):
        state = self.former()
        with sqlite3.connect(state / "stationd.db") as db:
            db.execute("DELETE FROM audit WHERE seq = (SELECT max(seq) FROM audit)")
        db.close()
        daemon = self.daemon_on(state).spawn()
        self.assertEqual(daemon.wait_end(), 1)
        self.assertIn("its anchor", daemon.log)
        self.assertEqual(self.kept(state), [])
        self.assertEqual(formats(state / "stationd.db"), ["1"])

    def test_a_newer_database_is_refused_untouched(self):
        state = self.former()
        daemon = self.daemon_on(state).start()
        daemon.stop()
        with sqlite3.connect(state / "stationd.db") as db:
            db.execute("INSERT INTO grdb_migrations VALUES ('99')")
            db.execute("CREATE TABLE later(x)")
        db.close()
        before = {path: digest(path) for path in sorted(state.rglob("*")) if path.is_file()}
        self.assertEqual(daemon.spawn().wait_end(), 1)
        self.assertIn("was written by a newer stationd", daemon.log)
        after = {path: digest(path) for path in sorted(state.rglob("*")) if path.is_file()}
        self.assertEqual({path: after[path] for path in before}, before)


@unittest.skipUnless(shutil.which("strace"), "needs strace")
class InterruptedTests(UpgradeTestCase):
    def start_with(self, state, inject):
        """A start with a fault; its end, or None where it came up all the same."""
        trace = state.parent / "trace"
        daemon = self.daemon_on(state, prefix=[
            "strace", "-D", "-f", "-qq", "-o", str(trace), "-e", f"trace={CHANGES}", "-e", f"inject={CHANGES}:{inject}"])
        daemon.spawn()
        try:
            daemon.wait_ready()
        except AssertionError:
            daemon.kill()
            return True
        daemon.stop()
        return None

    def each(self, fault):
        """The fault at the first change, the second, …, until the daemon has come up without it."""
        number, met = 1, 0
        while number < 1000:
            with self.subTest(fault=fault, number=number):
                state = self.former(f"s{number}")
                ended = self.start_with(state, f"{fault}:when={number}")
                # What is there is one whole format or the other, never something between.
                self.assertIn(formats(state / "stationd.db"), (["1"], PRESENT))
                if formats(state / "stationd.db") == PRESENT:
                    self.assertEqual(len(self.kept(state)), 1)
                daemon = self.daemon_on(state).start()
                copy, = self.kept(state)
                self.assertEqual(formats(copy / "stationd.db"), ["1"])
                self.assertEqual([path.name for path in (state / "before-upgrade").iterdir()], [copy.name])
                daemon.stop()
                self.assertEqual(formats(state / "stationd.db"), PRESENT)
                self.verified(state)
                shutil.rmtree(state)
            met += bool(ended)
            if not ended and number > 60:
                return met
            number += 1 if number < 12 else 9
        self.fail("no start without a fault")

    def test_a_kill_at_any_change_loses_nothing(self):
        self.assertGreater(self.each("signal=KILL"), 10)

    def test_a_full_disk_at_any_change_loses_nothing(self):
        self.assertGreater(self.each("error=ENOSPC"), 5)

    @unittest.skipUnless(os.getuid() == 0, "mounting needs root")
    def test_without_room_for_the_copy_nothing_is_changed(self):
        disk = SmallDisk()
        self.addCleanup(disk.remove)
        state = self.former(home=disk.path)
        disk.fill()
        daemon = self.daemon_on(state).spawn()
        self.assertEqual(daemon.wait_end(), 75)
        self.assertEqual(digest(state / "stationd.db"), digest(FORMER / "stationd.db"))
        # A little room, but not enough: said in words.
        with open(disk.path / "filler", "r+b") as filler:
            filler.truncate(os.path.getsize(disk.path / "filler") - (2 << 20))
        self.assertEqual(daemon.spawn().wait_end(), 1)
        self.assertIn("cannot be copied, and was not changed: it needs", daemon.log)
        self.assertEqual(digest(state / "stationd.db"), digest(FORMER / "stationd.db"))
        disk.free()
        daemon.start()
        self.assertEqual(len(self.kept(state)), 1)
        daemon.stop()
        self.verified(state)


del UpgradeTestCase
