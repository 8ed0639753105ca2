"""What stationctl does where its surroundings fail it: output that cannot be written, words that are not text, no daemon,
no right, keys and files that are not what they should be.
"""

import os
import shutil
import signal
import subprocess
import unittest

from harness import STATIONCTL, DaemonTestCase, new_directory, open_requests, run_ctl
from test_service import ACCESS, OPEN, SOCKETS

ENGLISH = {"LANG": "C.UTF-8", "LC_ALL": "C.UTF-8"}
# 警察, as a terminal that is set to GBK sends it.
GBK = os.fsdecode("警察".encode("gbk"))


class CommandLineTests(DaemonTestCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.daemon.call("support.open", OPEN)

    def ctl(self, *words, path=None):
        return run_ctl(*words, socket_path=path or self.daemon.socket_path, environment=ENGLISH)

    def into(self, output, words, **options):
        """Runs it with that file as its standard output."""
        return subprocess.run(
            [STATIONCTL, *words], stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.PIPE, text=True, timeout=60,
            env=dict(os.environ, **ENGLISH, STATIOND_SOCKET=self.daemon.socket_path), **options)

    PRINTS = [("support", "list", "--all"), ("support", "list", "--all", "--ndjson"), ("status",), ("call", "support.list"),
              ("metrics",), ("audit", "verify"), ("--json", "call", "audit.checkpoint"), ("plugin", "schema"), ("--help",)]

    def test_a_full_disk_is_no_success(self):
        for words in self.PRINTS:
            with self.subTest(words), open("/dev/full", "w", encoding="utf-8") as full:
                done = self.into(full, words)
                self.assertEqual(done.returncode, 2, done.stderr)
                self.assertRegex(done.stderr, r"(?m)^stationctl: cannot write the output: No space left on device$")

    def test_a_reader_that_has_gone_ends_it_quietly(self):
        # By SIGPIPE as of old, or, where that is ignored, with a code of its own.
        for restore, code in ((True, -signal.SIGPIPE), (False, 2)):
            reader, writer = os.pipe()
            os.close(reader)
            with self.subTest(restore), open(writer, "w", encoding="utf-8") as pipe:
                done = self.into(pipe, ("call", "support.list"), restore_signals=restore)
                self.assertEqual((done.returncode, done.stderr), (code, ""))

    def test_no_daemon_is_told_for_modules_with_a_command_s_name_too(self):
        for words in (("plugin", "list"), ("key", "status"), ("audit", "tail"), ("retention", "preview"),
                      ("events", "list"), ("support", "list")):
            done = self.ctl(*words, path="/nope")
            self.assertEqual(done.returncode, 2, done.stderr)
            self.assertTrue(done.stderr.startswith("stationctl: cannot connect to /nope"), done.stderr)
        done = self.ctl("evnts", path="/nope")
        self.assertEqual(done.returncode, 3)
        self.assertIn("did you mean events?", done.stderr)

    def test_words_that_are_not_utf_8_are_refused_and_nothing_is_stored(self):
        before = sorted(open_requests(self.daemon))
        words = ["support", "open", "--scenario", "2", "--station", "st-01", "--urgency", "routine"]
        done = self.ctl(*words, "--summary", GBK)
        self.assertEqual((done.returncode, done.stdout), (3, ""))
        self.assertRegex(done.stderr, r"\Astationctl: argument 10 .*after '--summary', is not UTF-8")
        done = self.ctl(*words, f"--summary={GBK}", "--lang", "zh")
        self.assertEqual(done.returncode, 3)
        self.assertRegex(done.stderr, r"\Astationctl: 第 9 个参数（“--summary=.*不是 UTF-8")
        for others in (("call", "support.list", f"text={GBK}"), ("--reason", GBK, "status"), (GBK,)):
            self.assertEqual(self.ctl(*others).returncode, 3, others)
        self.assertEqual(sorted(open_requests(self.daemon)), before)

    def test_a_key_or_a_checkpoint_that_is_none_is_named(self):
        home = new_directory()
        self.addCleanup(shutil.rmtree, home)
        (home / "note").write_text("garbage\n")
        for words in (("verify",), ("verify", "--state", home), ("export", "1"), ("check", home / "note", home / "note")):
            done = self.ctl("audit", *words, "--key", "garbage")
            self.assertEqual(done.returncode, 3, done.stderr)
            self.assertIn("--key is not a verifier key: it is written NAME+ID+KEY", done.stderr)
        for words in ((), ("--state", home)):
            done = self.ctl("audit", "verify", "--extends", home / "note", *words)
            self.assertEqual(done.returncode, 3, done.stderr)
            self.assertIn(f"--extends {home / 'note'} is not a checkpoint: it is no signed note", done.stderr)


class DoctorTests(DaemonTestCase):
    CONFIG = SOCKETS
    ACCESS = ACCESS

    def test_who_may_not_ask_is_told_so_and_nothing_else(self):
        for words in ((), ("--json",)):
            done = run_ctl("doctor", *words, socket_path=self.daemon.socket_path, environment=ENGLISH)
            self.assertEqual((done.returncode, done.stdout), (4, ""), done.stderr)
            self.assertIn("denied", done.stderr)
            self.assertNotIn("settings", done.stderr)


if __name__ == "__main__":
    unittest.main()
