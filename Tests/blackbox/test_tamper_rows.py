"""Tampering with what the log does not commit to, and with the log by somebody who has its key.

What is found, by what, and what nobody can find who has nothing from outside: the table of docs/audit-log.md.
"""

import contextlib
import shutil
import sqlite3
import unittest

from auditlog import anchored, ledger, read_log, require_extension
from harness import LONG, CallError, Daemon, DaemonTestCase, run_ctl, wait_until
from statecopies import StateCopies
from test_personal import OPEN, WHY

ENGLISH = {"LANG": "C.UTF-8", "LC_ALL": "C.UTF-8"}
CLEAN = 10_000 if LONG else 300


class TamperCase(StateCopies, DaemonTestCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        daemon = cls.start_source()
        source = daemon.directory
        with daemon.connect() as client:
            cls.ids = [client.call("support.open", dict(OPEN, urgency="immediate"), idempotency_key=f"k{number}",
                                   actor="officer-1")["id"] for number in range(300)]
            subject = {"module": "support", "subject": cls.ids[7]}
            with contextlib.closing(sqlite3.connect(f"file:{source / 'stationd.db'}?mode=ro", uri=True)) as database:
                columns = [row[1] for row in database.execute('PRAGMA table_info("support.request")')]
                cls.row = dict(zip(columns, database.execute(
                    'SELECT * FROM "support.request" WHERE id = ?', [cls.ids[7]]).fetchone()))
            asked = client.call("personal.request_erasure", subject, actor="officer-1", **WHY)["approval"]
            client.call("approval.approve", {"id": asked, "version": 1}, actor="officer-2", **WHY)
            client.call("personal.erase", dict(subject, approval=asked), actor="officer-1", **WHY)
            for _ in range(20):
                client.call("support.open", OPEN)
        cls.log = read_log(daemon)
        wait_until(lambda: anchored(source, cls.log.key)[0] == cls.log.size, "the anchor")
        cls.killed = cls.copy(source, "killed")
        daemon.stop()
        cls.stopped = cls.copy(source, "stopped")

    @staticmethod
    @contextlib.contextmanager
    def database(state):
        with contextlib.closing(sqlite3.connect(state / "stationd.db", isolation_level=None)) as database:
            yield database
            database.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def verify(self, state, *words):
        done = run_ctl("audit", "verify", "--state", state, "--lang", "en", *words, environment=ENGLISH)
        return done.returncode, done.stdout + done.stderr

    def found(self, state, words):
        code, said = self.verify(state)
        self.assertEqual(code, 1, said)
        self.assertRegex(said, words)

    def started(self, state):
        daemon = Daemon(directory=state)
        daemon.log_path = self.home / "started.log"
        self.addCleanup(daemon.kill)
        return daemon.start()

    def refused(self, state, words):
        daemon = Daemon(directory=state)
        daemon.log_path = self.home / "refused.log"
        daemon.log_path.unlink(missing_ok=True)
        daemon.spawn()
        self.addCleanup(daemon.kill)
        self.assertEqual(daemon.wait_end(), 1, daemon.log)
        self.assertRegex(daemon.log, words)


class RowTests(TamperCase):
    ROWS = {
        "an event changed": "UPDATE event SET kind = 'support.closed' WHERE seq = 5",
        "an event removed": "DELETE FROM event WHERE seq = 5",
        "an event added": "INSERT INTO event(at, kind, payload) SELECT at, kind, payload FROM event LIMIT 1",
        "a deadline put off": "UPDATE deadline SET due = due + 86400000, fire_at = fire_at + 86400000",
        "a deadline removed": "DELETE FROM deadline WHERE rowid_is_none",
        "a series set back": "UPDATE series SET value = value - 5",
        "an idempotency key removed": "DELETE FROM idempotency WHERE seq = 3",
        "a first result exchanged": "UPDATE idempotency SET result = x'7b7d' WHERE seq = 3",
    }

    def test_rows_that_the_log_does_not_commit_to_are_under_the_seal_of_a_stopped_daemon(self):
        self.assertEqual(self.verify(self.fresh(self.stopped))[0], 0)
        for name, statement in self.ROWS.items():
            with self.subTest(name):
                state = self.fresh(self.stopped)
                with self.database(state) as database:
                    statement = statement.replace("rowid_is_none", "kind IS NOT NULL")
                    self.assertGreater(database.execute(statement).rowcount, 0)
                self.found(state, "not the one that the daemon left")
                daemon = self.started(state)
                problems = {(problem["part"], problem["kind"]) for problem in daemon.call("system.health")["problems"]}
                self.assertIn(("store", "changed"), problems)
                self.assertEqual(len(read_log(daemon).of("system.database_changed")), 1)
                # Told of once; what it leaves when it stops is sealed anew, with the record in it.
                daemon.restart()
                self.assertEqual(len(read_log(daemon).of("system.database_changed")), 1)
                self.assertTrue(daemon.call("system.health")["ok"])
                daemon.kill()

    def test_a_write_ahead_log_put_beside_a_sealed_database(self):
        state = self.fresh(self.stopped)
        with contextlib.closing(sqlite3.connect(state / "stationd.db", isolation_level=None)) as database:
            database.execute("UPDATE series SET value = value - 5")
            shutil.copy(state / "stationd.db-wal", self.home / "wal")
        shutil.copy(self.stopped / "stationd.db", state)
        shutil.move(self.home / "wal", state / "stationd.db-wal")
        self.found(state, "not the one that the daemon left")

    def test_a_seal_of_another_key_or_garbled(self):
        for content in (b"", b"garbage\n", b"stationd backup of x\n"):
            state = self.fresh(self.stopped)
            (state / "anchor" / "seal").write_bytes(content)
            self.found(state, "not the one that the daemon left")

    def test_no_seal_is_left_of_a_daemon_that_was_killed(self):
        """So these rows are not covered then: docs/audit-log.md says so."""
        self.assertFalse((self.killed / "anchor" / "seal").exists())
        state = self.fresh(self.killed)
        with self.database(state) as database:
            database.execute("UPDATE series SET value = value - 5")
        self.assertEqual(self.verify(state)[0], 0)

    KEYS = {
        "a record's key removed": ('UPDATE "support.request" SET wrapped = NULL WHERE id = :id', "{id}.*nobody can read"),
        "zeros for a record's key": ('UPDATE "support.request" SET wrapped = zeroblob(68) WHERE id = :id',
                                     "{id}.*nobody can read"),
        "all that is known of keys removed": ("DELETE FROM keyring WHERE :id != ''", "though it holds encrypted data"),
    }

    def test_keys_taken_away_are_found_without_any_key(self):
        """Commitments do not cover them, as a rotation changes them."""
        lost = self.ids[9]
        for name, (statement, words) in self.KEYS.items():
            with self.subTest(name):
                state = self.fresh(self.killed)
                with self.database(state) as database:
                    self.assertGreater(database.execute(statement, {"id": lost}).rowcount, 0)
                (state / "master.key").rename(self.home / "away.key")
                self.found(state, words.format(id=lost))
                (self.home / "away.key").rename(state / "master.key")

    def test_a_record_without_its_key_makes_itself_unreadable_and_nothing_else(self):
        state = self.fresh(self.killed)
        lost = self.ids[9]
        with self.database(state) as database:
            database.execute('UPDATE "support.request" SET wrapped = NULL WHERE id = ?', [lost])
        daemon = self.started(state)
        with daemon.connect() as client:
            with self.assertRaises(CallError) as raised:
                client.call("support.get", {"id": lost}, **WHY)
            self.assertEqual(raised.exception.kind, "internal_error")
            listed = client.call("support.list", {"limit": 500})["items"]
            self.assertIn(lost, [item["id"] for item in listed])
            self.assertEqual(client.call("support.get", {"id": self.ids[10]}, **WHY)["id"], self.ids[10])
            self.assertIn("unreadable", [problem["kind"] for problem in client.call("system.health")["problems"]])
        self.assertIn(lost, daemon.log)

    def test_stopping_and_starting_is_no_alarm(self):
        daemon = self.started(self.fresh(self.stopped))
        for _ in range(5):
            daemon.call("support.open", OPEN)
            self.assertEqual(daemon.stop(), 0)
            self.assertEqual(self.verify(daemon.directory)[0], 0)
            daemon.start()
            self.assertTrue(daemon.call("system.health")["ok"])
        self.assertEqual(read_log(daemon).of("system.database_changed"), [])


class LogTests(TamperCase):
    def changed(self, *statements):
        state = self.fresh(self.stopped)
        with self.database(state) as database:
            for name, in database.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
                database.execute(f'DROP TRIGGER "{name}"')
            for statement, values in statements:
                self.assertGreater(database.execute(statement, values).rowcount, 0)
        return state

    def test_a_record_duplicated_in_the_middle(self):
        self.found(self.changed(("UPDATE audit SET seq = -seq - 1 WHERE seq > 40", []),
                                ("UPDATE audit SET seq = -seq WHERE seq < 0", []),
                                ("INSERT INTO audit(seq, leaf) SELECT 41, leaf FROM audit WHERE seq = 40", [])),
                   "record 41")

    def test_a_leaf_that_is_two_hashes(self):
        """What two leaves hash to, in the place of one: leaves and nodes are hashed apart (RFC 6962)."""
        pair = b"".join(self.log.hashes[40:42])
        self.found(self.changed(("UPDATE audit SET leaf = ? WHERE seq = 40", [pair])), "record 40")
        self.assertNotEqual(ledger.leaf_hash(pair), ledger.root(self.log.hashes[40:42]))

    def test_the_hash_of_a_leaf_in_the_place_of_a_node(self):
        self.found(self.changed(("UPDATE tile SET hash = ? WHERE idx = 0", [self.log.hashes[0]])), "0 of level|0 to 255")

    def test_the_record_of_an_erasure_removed(self):
        seq = self.log.of("personal.erase")[0]["seq"]
        self.found(self.changed(("DELETE FROM audit WHERE seq = ?", [seq])), f"record {seq}")

    def test_what_was_erased_put_back(self):
        marks = ", ".join("?" * len(self.row))
        names = ", ".join(f'"{name}"' for name in self.row)
        state = self.changed((f'INSERT INTO "support.request"({names}) VALUES ({marks})', list(self.row.values())))
        self.found(state, self.ids[7])

    def test_two_checkpoints_of_one_size(self):
        """Two copies of a state that went on apart: each is a log of its own, together they are found out."""
        one, two = (self.started(self.fresh(self.stopped)) for _ in range(2))
        for daemon in (one, two):
            daemon.call("support.open", OPEN)
        # As long as the other, and not the same.
        while (size := read_log(one).size) != read_log(two).size:
            shorter = one if size < read_log(two).size else two
            shorter.call("support.open", OPEN)
        logs = read_log(one), read_log(two)
        self.assertNotEqual(logs[0].root, logs[1].root)
        for daemon in (one, two):
            wait_until(lambda daemon=daemon: anchored(daemon.directory, self.log.key)[0] == size, "the anchor")
            daemon.kill()
        for state in (one.directory, two.directory):
            self.assertEqual(self.verify(state)[0], 0)
        newest = next(path for path in (two.directory / "anchor").glob("checkpoint.?")
                      if path.read_text().split("\n")[1] == str(size))
        own = next(path for path in (one.directory / "anchor").glob("checkpoint.?")
                   if path.read_text().split("\n")[1] == str(size))
        other = own.with_name("checkpoint.b" if own.name.endswith("a") else "checkpoint.a")
        shutil.copy(newest, other)
        self.found(one.directory, "not what was signed|not the one that was signed")
        self.refused(one.directory, "audit verify")


class WitnessTests(TamperCase):
    """Nothing in the state tells; whoever holds a checkpoint from before does."""

    def witnessed(self, daemon):
        """Whether the log extends the checkpoint that somebody outside holds."""
        now = read_log(daemon)
        if now.size < self.log.size:
            return False
        try:
            require_extension(daemon, self.log, now)
            return True
        except (AssertionError, Exception):
            return False

    def test_a_log_that_goes_on_is_witnessed(self):
        self.assertTrue(self.witnessed(self.started(self.fresh(self.stopped))))

    def test_everything_cut(self):
        state = self.fresh(self.stopped)
        for path in state.glob("stationd.db*"):
            path.unlink()
        shutil.rmtree(state / "anchor")
        daemon = self.started(state)
        self.assertFalse(self.witnessed(daemon))
        daemon.stop()
        self.assertEqual(self.verify(state)[0], 0)

    def test_written_anew_with_the_key(self):
        state = self.home / "forged"
        state.mkdir()
        for name in ("audit.key", "master.key"):
            shutil.copy2(self.stopped / name, state / name)
        daemon = self.started(state)
        for _ in range(self.log.size + 5):
            daemon.call("support.open", OPEN)
        self.assertFalse(self.witnessed(daemon))
        daemon.stop()
        self.assertEqual(self.verify(state, "--key", self.log.key)[0], 0)


class CleanTests(TamperCase):
    def test_no_false_alarm_on_clean_logs(self):
        """Each time a little longer; stopped, killed and copied in turn."""
        daemon = self.started(self.fresh(self.stopped))
        for number in range(CLEAN):
            daemon.call("support.open", OPEN)
            if number % 10:
                continue
            daemon.kill() if number % 20 else daemon.stop()
            code, said = self.verify(daemon.directory)
            self.assertEqual(code, 0, said)
            daemon.start()
            self.assertTrue(daemon.call("system.health")["ok"])


if __name__ == "__main__":
    unittest.main()
