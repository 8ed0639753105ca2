#!/usr/bin/env python3
"""Tests of the power-cut library itself, with SQLite and plain files under it.

Run: python3 Tests/powercut/test_powercut.py
"""

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

HERE = Path(__file__).resolve().parent
HEAD = "import os, sqlite3, sys; os.chdir(os.environ['POWERCUT_DIR']); here = os.getcwd()\n"
WRITER = HEAD + """
database = sqlite3.connect('state.db', isolation_level=None)
database.execute('PRAGMA journal_mode=WAL')
database.execute('PRAGMA wal_autocheckpoint=' + sys.argv[2])
database.execute('PRAGMA synchronous=' + sys.argv[1])
database.execute('CREATE TABLE IF NOT EXISTS t (n INTEGER PRIMARY KEY, body BLOB)')
while True:
    n = database.execute('INSERT INTO t (body) VALUES (randomblob(900))').lastrowid
    print(n, flush=True)
"""


class Powercut(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.home = Path(tempfile.mkdtemp(prefix="powercut-", dir="/var/tmp"))
        cls.addClassCleanup(shutil.rmtree, cls.home)
        cls.library = cls.home / "powercut.so"
        subprocess.run(["gcc", "-O2", "-Wall", "-Wextra", "-Werror", "-std=gnu11", "-shared", "-fPIC", "-o",
                        cls.library, HERE / "powercut.c", "-ldl", "-lpthread"], check=True)

    def setUp(self):
        self.case = Path(tempfile.mkdtemp(dir=self.home))
        self.directory, self.image = self.case / "state", self.case / "image"
        self.directory.mkdir()

    def start(self, script, *arguments, entries="late", life=0):
        self.image = self.case / f"image{life}"
        environment = dict(os.environ, LD_PRELOAD=str(self.library), POWERCUT_DIR=str(self.directory),
                           POWERCUT_IMAGE=str(self.image), POWERCUT_ENTRIES=entries)
        return subprocess.Popen([sys.executable, "-c", script, *map(str, arguments)], env=environment,
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def cut_after(self, script, lines, *arguments, **options):
        """Runs the script until it has said so many lines, then kills it; the last number it said."""
        process = self.start(script, *arguments, **options)
        said = [process.stdout.readline() for _ in range(lines)]
        process.send_signal(signal.SIGKILL)
        said += process.stdout.read().split("\n")
        process.wait()
        whole = [int(line) for line in said if line.strip().isdigit()]
        self.assertTrue(whole, process.stderr.read())
        process.stdout.close()
        process.stderr.close()
        return whole[-1]

    def play(self, script, **options):
        """Runs a script to its end; the image then holds what a cut at that moment leaves."""
        process = self.start(HEAD + script, **options)
        _, errors = process.communicate()
        self.assertEqual(process.returncode, 0, errors)

    def rows(self):
        """What SQLite finds in a copy of the image: the rows, and that they are sound."""
        copy = self.case / "copy"
        shutil.rmtree(copy, ignore_errors=True)
        shutil.copytree(self.image, copy)
        self.assertEqual([path.name for path in copy.glob("*-shm")], [])
        database = sqlite3.connect(copy / "state.db")
        try:
            self.assertEqual(database.execute("PRAGMA integrity_check").fetchone(), ("ok",))
            return database.execute("SELECT count(*) FROM t").fetchone()[0]
        finally:
            database.close()

    def test_full_keeps_every_acknowledged_commit(self):
        for lines in (1, 7, 200, 1500):
            with self.subTest(lines=lines):
                self.setUp()
                said = self.cut_after(WRITER, lines, "FULL", 50)
                # One more than was said may have been committed when the kill came.
                self.assertIn(self.rows(), (said, said + 1))

    def test_full_keeps_them_over_several_lives(self):
        for life in range(4):
            said = self.cut_after(WRITER, 120, "FULL", 30, life=life)
            self.assertIn(self.rows(), (said, said + 1))
            shutil.rmtree(self.directory)
            shutil.copytree(self.image, self.directory)
        self.assertGreaterEqual(said, 480)

    def test_normal_loses_acknowledged_commits(self):
        said = self.cut_after(WRITER, 300, "NORMAL", 100000)
        copy = sqlite3.connect(self.image / "state.db")
        tables = copy.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
        copy.close()
        self.assertLess(self.rows() if tables else 0, said)

    def test_normal_stays_sound_when_it_checkpoints(self):
        said = self.cut_after(WRITER, 1500, "NORMAL", 50)
        self.assertLessEqual(self.rows(), said + 1)
        self.assertGreater(self.rows(), 0)

    def test_what_was_there_at_the_start_is_durable(self):
        (self.directory / "sub").mkdir()
        (self.directory / "sub" / "old").write_text("old")
        self.play("open('other', 'w').close(); f = os.open('new', os.O_CREAT | os.O_WRONLY)")
        self.assertEqual((self.image / "sub" / "old").read_text(), "old")
        self.assertFalse((self.image / "new").exists())

    def replace(self, sync_file, sync_directory, **options):
        (self.directory / "head").write_text("old")
        script = "f = os.open('head.tmp', os.O_CREAT | os.O_WRONLY); os.write(f, b'new')\n"
        script += "os.fsync(f)\n" if sync_file else ""
        script += "os.close(f); os.rename('head.tmp', 'head')\n"
        script += "os.fsync(os.open('.', os.O_RDONLY))\n" if sync_directory else ""
        self.play(script, **options)
        return (self.image / "head").read_text()

    def test_a_replaced_file_needs_both_syncs(self):
        table = [(True, True, "late", "new"), (True, False, "late", "old"), (False, True, "late", ""),
                 (False, False, "late", "old"), (True, False, "now", "new"), (False, False, "now", "")]
        for sync_file, sync_directory, entries, found in table:
            with self.subTest(sync_file=sync_file, sync_directory=sync_directory, entries=entries):
                self.setUp()
                self.assertEqual(self.replace(sync_file, sync_directory, entries=entries), found)

    def test_a_removed_file_is_back_unless_its_directory_was_synced(self):
        for more, entries, there in (("", "late", True), ("", "now", False),
                                     ("os.fsync(os.open('.', os.O_RDONLY))", "late", False)):
            with self.subTest(more=more, entries=entries):
                self.setUp()
                (self.directory / "log").write_text("kept")
                self.play("os.unlink('log')\n" + more, entries=entries)
                self.assertEqual((self.image / "log").exists(), there)

    def test_a_new_file_with_a_reused_inode_leaves_the_old_one_alone(self):
        (self.directory / "old").write_text("old")
        inode = (self.directory / "old").stat().st_ino
        self.play("os.unlink('old'); f = os.open('new', os.O_CREAT | os.O_WRONLY)\n"
                  "os.write(f, b'new'); os.fsync(f); print(os.fstat(f).st_ino)")
        if (self.directory / "new").stat().st_ino != inode:
            self.skipTest("this file system did not reuse the inode number")
        self.assertEqual((self.image / "old").read_text(), "old")

    def test_only_synced_ranges_survive_in_a_large_file(self):
        (self.directory / "large").write_bytes(b"a" * 1_000_000)
        self.play("f = os.open('large', os.O_RDWR)\n"
                  "os.pwrite(f, b'bb', 10); os.pwrite(f, b'cc', 700000); os.fdatasync(f)\n"
                  "os.pwrite(f, b'dd', 400000)")
        content = (self.image / "large").read_bytes()
        expected = bytearray(b"a" * 1_000_000)
        expected[10:12], expected[700000:700002] = b"bb", b"cc"
        self.assertEqual(content, bytes(expected))

    def test_what_was_cut_off_and_grown_again_is_zero(self):
        (self.directory / "large").write_bytes(b"a" * 200_000)
        self.play("f = os.open('large', os.O_RDWR)\n"
                  "os.ftruncate(f, 100000); os.ftruncate(f, 200000); os.fsync(f)")
        self.assertEqual((self.image / "large").read_bytes(), b"a" * 100_000 + bytes(100_000))

    def test_a_file_made_by_libc_is_taken_up_at_its_sync(self):
        self.play("import ctypes; c = ctypes.CDLL(None); c.fopen.restype = ctypes.c_void_p\n"
                  "f = ctypes.c_void_p(c.fopen(b'made', b'w')); c.fputs(b'content', f); c.fflush(f)\n"
                  "os.fsync(c.fileno(f)); os.fsync(os.open('.', os.O_RDONLY))")
        self.assertEqual((self.image / "made").read_text(), "content")

    def test_a_second_process_that_writes_is_stopped(self):
        first = self.start(HEAD + "open('a', 'w').close(); print(1, flush=True); sys.stdin.read()")
        first.stdout.readline()
        second = self.start(HEAD + "open('b', 'w').close()")
        _, errors = second.communicate()
        self.assertEqual(second.returncode, -signal.SIGABRT)
        self.assertIn("a second process writes", errors)
        first.kill()
        first.communicate()


if __name__ == "__main__":
    unittest.main()
