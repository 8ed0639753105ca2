"""Somebody changes the files of a daemon that does not run: the start refuses, or `stationctl audit verify` finds it.

One state is made and copied; every case changes a copy. No false alarm on what was not tampered with.
"""

import contextlib
import json
import os
import random
import re
import shutil
import sqlite3
import unittest

from auditlog import anchored, ledger, read_log
from harness import STATIONCTL, Daemon, DaemonTestCase, run_ctl, wait_until
from statecopies import StateCopies

ANCHORS = ("checkpoint.a", "checkpoint.b")


def opening(number):
    return {"scenario": 1 + number % 22, "station": "st-01", "urgency": "routine", "summary": f"matter {number}"}


class TamperTests(StateCopies, DaemonTestCase):
    @classmethod
    def setUpClass(cls):
        if not os.access(STATIONCTL, os.X_OK):
            raise AssertionError(f"no stationctl at {STATIONCTL} (set STATIONCTL)")
        daemon = cls.start_source()
        source = daemon.directory
        cls.load(daemon, 400)
        cls.key = read_log(daemon).key
        daemon.stop()
        cls.old = cls.copy(source, "old")
        daemon.start()
        cls.load(daemon, 300)
        daemon.stop()
        cls.stopped = cls.copy(source, "stopped")
        daemon.start()
        cls.load(daemon, 300)
        # Its last records are signed outside too: what is lost from here on can be noticed.
        log = read_log(daemon)
        wait_until(lambda: anchored(source, log.key)[0] == log.size, "the checkpoint outside the database")
        daemon.kill()
        cls.killed = cls.copy(source, "killed")
        cls.log = log
        other = cls.home / "other"
        other.mkdir()
        with Daemon(directory=other) as stranger:
            stranger.log_path = cls.home / "other.log"
            cls.load(stranger, 20)
            stranger.stop()
        cls.other = other

    @staticmethod
    def load(daemon, count):
        with daemon.connect() as client:
            for first in range(0, count, 50):
                calls = [client.begin("support.open", opening(number), reason="load", actor="officer 7")
                         for number in range(first, min(first + 50, count))]
                for number in calls:
                    client.finish(number)

    @staticmethod
    @contextlib.contextmanager
    def database(state):
        """The database, to change it behind the daemon's back; all of it in the file afterwards."""
        with contextlib.closing(sqlite3.connect(state / "stationd.db", isolation_level=None)) as database:
            for name, in database.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
                database.execute(f'DROP TRIGGER "{name}"')
            yield database
            database.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def verify(self, state, key=None):
        return run_ctl("audit", "verify", "--state", state, *(["--key", key] if key else []), "--lang", "en",
                       environment={"LANG": "C.UTF-8", "LC_ALL": "C.UTF-8"})

    def start(self, state):
        """(whether it serves, what it says)."""
        daemon = Daemon(directory=state)
        daemon.log_path = self.home / "start.log"
        daemon.log_path.unlink(missing_ok=True)
        try:
            daemon.start()
        except AssertionError:
            self.assertNotIn(daemon.process.returncode, (0, None))
            return False, daemon.log
        daemon.kill()
        return True, daemon.log

    def clean(self, state):
        done = self.verify(state)
        self.assertEqual(done.returncode, 0, done.stderr + done.stdout)
        serves, said = self.start(state)
        self.assertTrue(serves, said)

    def found(self, state, words):
        """`audit verify` says so, in words that name what is wrong."""
        done = self.verify(state)
        self.assertEqual(done.returncode, 1, f"not found: {done.stdout}{done.stderr}")
        self.assertRegex(done.stderr + done.stdout, words)

    def refused(self, state, words):
        serves, said = self.start(state)
        self.assertFalse(serves, "it serves")
        self.assertRegex(said, words)

    def test_a_trigger_in_the_database(self):
        for on in ("audit", "deadline", "event", '"support.request"'):
            with self.subTest(on):
                state = self.fresh(self.killed)
                with self.database(state) as database:
                    database.execute(f"CREATE TRIGGER zt BEFORE INSERT ON {on} BEGIN SELECT RAISE(IGNORE); END")
                self.found(state, "trigger 'zt'")
                self.refused(state, "has a trigger 'zt', which no stationd makes")

    # --- What nobody tampered with

    def test_a_stopped_state_is_clean(self):
        self.clean(self.fresh(self.stopped))

    def test_a_killed_state_is_clean(self):
        self.assertGreater((self.killed / "stationd.db-wal").stat().st_size, 0)
        self.clean(self.fresh(self.killed))

    def test_verification_changes_nothing(self):
        for state in (self.stopped, self.killed):
            copy = self.fresh(state)
            before = {path.name: path.read_bytes() for path in copy.rglob("*") if path.is_file()}
            self.assertEqual(self.verify(copy).returncode, 0)
            after = {path.name: path.read_bytes() for path in copy.rglob("*") if path.is_file()}
            self.assertEqual(sorted(before), sorted(after))
            self.assertEqual(before, after)

    def test_one_checkpoint_cut_short_is_no_alarm(self):
        # So a power cut leaves it: the other one stands.
        for name in ANCHORS:
            state = self.fresh(self.killed)
            os.truncate(state / "anchor" / name, 40)
            self.clean(state)

    def test_checkpoints_that_lag_are_no_alarm(self):
        # They are written after the commit: a crash between the two leaves older ones.
        state = self.fresh(self.killed)
        for name in ANCHORS:
            shutil.copy(self.stopped / "anchor" / name, state / "anchor" / name)
        self.clean(state)

    # --- An older or shorter log

    def test_an_older_copy_of_the_database(self):
        state = self.fresh(self.stopped)
        for path in state.glob("stationd.db*"):
            path.unlink()
        for path in self.old.glob("stationd.db*"):
            shutil.copy(path, state)
        self.found(state, r"the log has \d+ records, but a checkpoint for \d+ was signed")
        self.refused(state, "older copy")

    def test_a_deleted_wal(self):
        state = self.fresh(self.killed)
        (state / "stationd.db-wal").unlink()
        self.refused(self.fresh(state), "lost its WAL")
        self.found(state, r"the log has \d+ records, but a checkpoint for \d+ was signed")

    def test_a_deleted_database(self):
        state = self.fresh(self.stopped)
        for path in state.glob("stationd.db*"):
            path.unlink()
        self.assertNotEqual(self.verify(state).returncode, 0)
        self.refused(state, "anchor|older copy")

    def test_the_newest_records_deleted(self):
        state = self.fresh(self.stopped)
        with self.database(state) as database:
            database.execute("DELETE FROM audit WHERE seq >= (SELECT max(seq) - 2 FROM audit)")
        self.refused(self.fresh(state), "older copy")
        self.found(state, r"the log has \d+ records, but a checkpoint for \d+ was signed")

    # --- A changed log

    def test_a_flipped_bit_in_a_leaf(self):
        for seq in (0, 1, 254, 255, 256, 511, 512, 699):
            for place in (3, 40, -3):
                with self.subTest(seq=seq, place=place):
                    state = self.fresh(self.stopped)
                    with self.database(state) as database:
                        leaf = bytearray(database.execute("SELECT leaf FROM audit WHERE seq = ?", [seq]).fetchone()[0])
                        leaf[place] ^= 1
                        database.execute("UPDATE audit SET leaf = ? WHERE seq = ?", [bytes(leaf), seq])
                    done = self.verify(state)
                    self.assertEqual(done.returncode, 1, done.stdout + done.stderr)
                    self.names(done.stderr, seq)

    def names(self, text, seq):
        """The message names the record, or a range that it is in: a leaf's own hash is not kept."""
        if f"record {seq}" in text:
            return
        found = re.search(r"records (\d+) to (\d+)", text)
        self.assertIsNotNone(found, f"record {seq} is not named: {text}")
        self.assertLessEqual(int(found[1]), seq, text)
        self.assertGreaterEqual(int(found[2]), seq, text)
        if seq < 512:
            # Signed trees and complete tiles of 256 bound the search.
            self.assertLessEqual(int(found[2]) - int(found[1]), 255, f"too wide: {text}")

    def test_a_leaf_of_valid_json_that_says_something_else(self):
        for seq in (30, 300, 690):
            with self.subTest(seq=seq):
                state = self.fresh(self.stopped)
                with self.database(state) as database:
                    leaf = database.execute("SELECT leaf FROM audit WHERE seq = ?", [seq]).fetchone()[0]
                    changed = leaf.replace(b'"actor":"officer 7"', b'"actor":"officer 8"')
                    self.assertNotEqual(leaf, changed)
                    database.execute("UPDATE audit SET leaf = ? WHERE seq = ?", [changed, seq])
                done = self.verify(state)
                self.assertEqual(done.returncode, 1, done.stdout + done.stderr)
                self.names(done.stderr, seq)

    def test_a_record_of_the_log_deleted(self):
        for seq in (0, 100, 256, 600):
            with self.subTest(seq=seq):
                state = self.fresh(self.stopped)
                with self.database(state) as database:
                    database.execute("DELETE FROM audit WHERE seq = ?", [seq])
                done = self.verify(state)
                self.assertEqual(done.returncode, 1, done.stdout + done.stderr)
                self.assertIn(f"record {seq}", done.stderr)

    def test_two_records_exchanged(self):
        state = self.fresh(self.stopped)
        with self.database(state) as database:
            one, two = (database.execute("SELECT leaf FROM audit WHERE seq = ?", [seq]).fetchone()[0]
                        for seq in (120, 121))
            database.execute("UPDATE audit SET leaf = ? WHERE seq = 120", [two])
            database.execute("UPDATE audit SET leaf = ? WHERE seq = 121", [one])
        self.found(state, "record 120")

    def test_a_record_added_that_nobody_signed_is_not_taken_for_signed(self):
        state = self.fresh(self.stopped)
        with self.database(state) as database:
            size, leaf = database.execute("SELECT max(seq) + 1, leaf FROM audit").fetchone()
            database.execute("INSERT INTO audit(seq, leaf) VALUES (?, ?)", [size, leaf])
        # Its own number betrays it here; with a right one it would be told as not signed.
        self.found(state, f"record {size}")

    def test_a_stored_hash_changed(self):
        state = self.fresh(self.stopped)
        with self.database(state) as database:
            tile = bytearray(database.execute("SELECT hash FROM tile WHERE idx = 1").fetchone()[0])
            tile[5] ^= 4
            database.execute("UPDATE tile SET hash = ? WHERE idx = 1", [bytes(tile)])
        self.found(state, "hash 1 of level|256 to 511")
        self.refused(state, "audit verify")

    def test_a_log_rewritten_with_matching_hashes(self):
        """The strongest of all: leaf and stored roots agree; only the signature outside does not."""
        state = self.fresh(self.stopped)
        with self.database(state) as database:
            leaves = [row[0] for row in database.execute("SELECT leaf FROM audit ORDER BY seq")]
            leaves[40] = leaves[40].replace(b'"actor":"officer 7"', b'"actor":"officer 8"')
            database.execute("UPDATE audit SET leaf = ? WHERE seq = 40", [leaves[40]])
            root = ledger.root([ledger.leaf_hash(leaf) for leaf in leaves[:256]])
            database.execute("UPDATE tile SET hash = ? WHERE idx = 0", [root])
        self.found(state, "not what was signed")
        self.refused(state, "audit verify")

    def test_a_detail_beside_the_log_changed(self):
        state = self.fresh(self.stopped)
        with self.database(state) as database:
            database.execute("""UPDATE audit SET detail = CAST(replace(CAST(detail AS TEXT), 'load', 'lord') AS BLOB)
                WHERE seq = 77""")
        self.found(state, "record 77.*detail")

    # --- Changed records of modules

    def change(self, statement):
        state = self.fresh(self.stopped)
        with self.database(state) as database:
            self.assertGreater(database.execute(statement).rowcount, 0)
        return state

    def test_the_content_of_a_request_changed(self):
        self.found(self.change("""UPDATE "support.request" SET body = CAST(replace(CAST(body AS TEXT), '"opened_by":',
            '"opened_bY":') AS BLOB) WHERE id LIKE '%-000008'"""), "SR-.*-000008")

    def test_the_encrypted_content_of_a_request_changed(self):
        """The log commits to what is stored: no key is needed to find it."""
        for sealed in ("sealed || x'00'", "x'01'", "NULL"):
            with self.subTest(sealed):
                self.found(self.change(f"""UPDATE "support.request" SET sealed = CAST({sealed} AS BLOB)
                    WHERE id LIKE '%-000008'"""), "SR-.*-000008")

    def test_a_request_deleted(self):
        self.found(self.change("""DELETE FROM "support.request" WHERE id LIKE '%-000009'"""), "SR-.*-000009")

    def test_a_request_added_behind_the_log(self):
        self.found(self.change("""INSERT INTO "support.request"(id, version, salt, body)
            SELECT 'SR-2026-777777', 1, salt, body FROM "support.request" LIMIT 1"""), "SR-2026-777777")

    def test_a_version_changed(self):
        self.found(self.change("""UPDATE "support.request" SET version = 2 WHERE id LIKE '%-000010'"""),
                   "SR-.*-000010.*version 2")

    def test_a_column_of_the_figures_changed(self):
        """What lists and figures read stands beside the content that the log commits to."""
        for column, value in (("f_response", 5), ("f_department", "'logistics'"), ("f_state", "'closed'")):
            with self.subTest(column):
                self.found(self.change(f"""UPDATE "support.request" SET {column} = {value}
                    WHERE id LIKE '%-000011'"""), "SR-.*-000011")

    # --- Flipped bits in files

    def test_flipped_bits_in_the_wal(self):
        chance = random.Random(5)
        size = (self.killed / "stationd.db-wal").stat().st_size
        for place in [8, 20, 40, 60] + [chance.randrange(32, size) for _ in range(6)]:
            with self.subTest(place=place, size=size):
                state = self.fresh(self.killed)
                with open(state / "stationd.db-wal", "r+b") as file:
                    file.seek(place)
                    byte = file.read(1)[0]
                    file.seek(place)
                    file.write(bytes([byte ^ (1 << chance.randrange(8))]))
                done = self.verify(state)
                serves, said = self.start(state)
                self.assertFalse(serves, "it serves")
                self.assertEqual(done.returncode, 1, done.stdout + done.stderr)
                self.assertRegex(said, "older copy|lost its WAL|malformed|audit verify|not a database")

    # --- The checkpoints outside, and the key

    def test_the_checkpoints_removed(self):
        for remove in (ANCHORS, None):
            state = self.fresh(self.stopped)
            if remove:
                for name in remove:
                    (state / "anchor" / name).unlink()
            else:
                shutil.rmtree(state / "anchor")
            self.found(state, r"no checkpoint in .*anchor")
            self.refused(state, "anchor in .* is missing")

    def test_the_checkpoints_emptied_or_garbled(self):
        for content, words in ((b"", "missing|no checkpoint"), (b"garbage\n", "no checkpoint")):
            state = self.fresh(self.stopped)
            for name in ANCHORS:
                (state / "anchor" / name).write_bytes(content)
            self.found(state, "no checkpoint")
            self.refused(state, words)

    def test_a_bit_flipped_in_both_checkpoints(self):
        state = self.fresh(self.stopped)
        for name in ANCHORS:
            text = (state / "anchor" / name).read_text().split("\n")
            text[1] = str(int(text[1]) - 1)
            (state / "anchor" / name).write_text("\n".join(text))
        self.found(state, "no checkpoint")
        self.refused(state, "no checkpoint")

    def test_the_checkpoints_of_another_log(self):
        state = self.fresh(self.stopped)
        for name in ANCHORS:
            shutil.copy(self.other / "anchor" / name, state / "anchor" / name)
        self.found(state, "no checkpoint in .* is signed by the key")
        self.refused(state, "no checkpoint in .* is signed by this log's key")

    def test_another_key(self):
        state = self.fresh(self.stopped)
        shutil.copy(self.other / "audit.key", state / "audit.key")
        self.found(state, "no checkpoint in .* is signed by the key")
        self.refused(state, "no checkpoint in .* is signed by this log's key")

    def test_another_key_and_its_checkpoints(self):
        """Whoever can change all files can sign a log of his own: the key from a trusted place tells."""
        state = self.fresh(self.other)
        self.assertEqual(self.verify(state).returncode, 0)
        done = self.verify(state, self.key)
        self.assertEqual(done.returncode, 1, done.stdout + done.stderr)
        self.assertIn("key", done.stderr)

    def test_the_key_removed(self):
        state = self.fresh(self.stopped)
        (state / "audit.key").unlink()
        self.refused(state, "audit.key is missing")
        # Nothing to examine it with: that is not a bad log.
        done = self.verify(state)
        self.assertEqual(done.returncode, 2, done.stderr)
        self.assertIn("no key to verify with", done.stderr)

    def test_a_damaged_key(self):
        line = (self.stopped / "audit.key").read_text()
        start, last = line.rstrip("\n")[:-1], line.rstrip("\n")[-1]
        for text in ("", "garbage\n", start + ("B" if last == "A" else "A") + "\n", line[:len(line) // 2]):
            with self.subTest(text=text[:8]):
                state = self.fresh(self.stopped)
                (state / "audit.key").write_text(text)
                self.refused(state, "audit.key does not hold a signing key, or not all of it: put the key back")
                done = self.verify(state)
                self.assertEqual(done.returncode, 2, done.stderr)
                self.assertIn("audit.key does not hold a signing key", done.stderr)
                self.assertNotRegex(done.stderr, "malformedKey|keyIDMismatch")

    def test_a_database_that_is_none(self):
        state = self.fresh(self.stopped)
        size = (state / "stationd.db").stat().st_size
        (state / "stationd.db").write_bytes(b"x" * size)
        serves, said = self.start(state)
        self.assertFalse(serves)
        self.assertIn(f"{state}/stationd.db is no database: ", said)
        self.assertIn(f"stationctl restore BACKUP --state {state}", said)

    # --- For programs

    def document(self, state, code, *words):
        done = run_ctl("audit", "verify", "--state", state, "--json", *words)
        self.assertEqual(done.returncode, code, done.stdout + done.stderr)
        return json.loads(done.stdout)

    def test_what_is_found_is_a_document_for_programs(self):
        self.assertTrue(self.document(self.fresh(self.stopped), 0)["ok"])
        cases = [
            ("""UPDATE audit SET detail = CAST(replace(CAST(detail AS TEXT), 'load', 'lord') AS BLOB)
                WHERE seq = 77""", {"kind": "record", "seq": 77, "defect": "detail"}),
            ("""DELETE FROM "support.request" WHERE id LIKE '%-000009'""",
             {"kind": "record", "defect": "missing", "collection": "support.request"}),
            ("DELETE FROM audit WHERE seq > 100", {"kind": "truncated", "seq": 101, "size": 101}),
        ]
        for statement, expected in cases:
            with self.subTest(expected=expected):
                found = self.document(self.change(statement), 1)
                self.assertEqual((found["ok"], found["examined"]), (False, True))
                self.assertEqual({name: found["fault"].get(name) for name in expected}, expected)
                self.assertTrue(found["fault"]["message"] and found["fault"]["message_zh"])
        state = self.fresh(self.stopped)
        (state / "audit.key").unlink()
        found = self.document(state, 2)
        self.assertEqual((found["ok"], found["examined"], found["fault"]["kind"]), (False, False, "key"))


if __name__ == "__main__":
    unittest.main()
