"""What stationctl does where its surroundings fail it: output that cannot be written, words that are not text, no daemon,
no right, keys and files that are not what they should be.
"""

import fcntl
import json
import os
import pty
import shutil
import signal
import struct
import subprocess
import termios
import unittest

from harness import STATIONCTL, DaemonTestCase, new_directory, open_requests, run_ctl
from test_service import ACCESS, OPEN, SOCKETS

ENGLISH = {"LANG": "C.UTF-8", "LC_ALL": "C.UTF-8"}
ESCAPE = "\x1b["
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

    def on_terminal(self, columns, *words, **environment):
        """What a terminal of so many columns is given."""
        shown, terminal = pty.openpty()
        fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
        surroundings = {name: value for name, value in os.environ.items() if name != "NO_COLOR"}
        with open(terminal, "wb") as output:
            process = subprocess.Popen(
                [STATIONCTL, *words], stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.DEVNULL,
                env=dict(surroundings, **ENGLISH, STATIOND_SOCKET=str(self.daemon.socket_path), **environment))
        text = b""
        with open(shown, "rb", buffering=0) as reader:
            while True:
                try:
                    piece = reader.read(65536)
                except OSError:  # EIO: nobody has the terminal open any more.
                    break
                if not piece:
                    break
                text += piece
        self.assertEqual(process.wait(60), 0, text)
        return text.decode().replace("\r\n", "\n")

    def test_a_terminal_s_table_fits_and_has_whole_ids(self):
        ids = [item["id"] for item in self.daemon.call("support.list")["items"]]
        for words in (("support", "list"), ("watch", "--once")):
            for columns in (80, 100, 132):
                with self.subTest(words, columns=columns):
                    lines = self.on_terminal(columns, *words, NO_COLOR="1").splitlines()
                    self.assertLessEqual(max(map(len, lines)), columns, lines)
                    self.assertEqual({line.split()[0] for line in lines[1:]}, set(ids))
        wide = self.on_terminal(400, "support", "list", NO_COLOR="1")
        self.assertNotIn("…", wide)
        self.assertRegex(wide, r" \d\d-\d\d \d\d:\d\d  ")
        self.assertNotIn("+08:00", wide)

    def test_colours_are_for_a_terminal_that_may_have_them(self):
        self.assertIn(ESCAPE, self.on_terminal(80, "support", "list"))
        self.assertNotIn(ESCAPE, self.on_terminal(80, "support", "list", NO_COLOR="1"))
        self.assertNotIn(ESCAPE, self.on_terminal(80, "support", "list", "--no-colour"))
        self.assertIn(ESCAPE, self.on_terminal(80, "support", "list", NO_COLOR=""))
        self.assertNotIn(ESCAPE, self.ctl("support", "list").stdout)

    def test_times_of_the_audit_log_are_those_of_the_clock_on_the_wall(self):
        shown = self.ctl("audit", "tail")
        self.assertEqual(shown.returncode, 0, shown.stderr)
        self.assertRegex(shown.stdout, r"  \d\d-\d\d \d\d:\d\d  ")
        # Hashes of reads stand beside them, in base64: "37Z" alone would be found in one now and then.
        self.assertNotRegex(shown.stdout, r":\d\d(\.\d+)?Z")
        self.assertRegex(self.ctl("audit", "tail", "--json").stdout, r"\.\d{3}Z")

    def test_events_in_json_are_one_document(self):
        lines = self.ctl("events", "--ndjson").stdout.splitlines()
        self.assertGreater(len(lines), 1)
        whole = json.loads(self.ctl("events", "--json").stdout)
        self.assertEqual(whole["items"][:len(lines)], [json.loads(line) for line in lines])
        newest = whole["items"][-1]["seq"]
        for since, form, said in ((newest, "--json", '{"items":[]}\n'), (newest, "--ndjson", "")):
            done = self.ctl("events", "--since", str(since), form)
            self.assertEqual((done.returncode, done.stdout), (0, said), done.stderr)
        # Of another history: who goes by that number must not believe that all is told.
        beyond = self.ctl("events", "--since", str(newest + 1_000))
        self.assertEqual((beyond.returncode, beyond.stdout), (1, ""))
        self.assertIn("begin anew", beyond.stderr)

    def test_json_is_the_same_in_both_languages(self):
        for words, path in ((("status", "--json"), "/nope"), (("doctor", "--json"), "/nope"),
                            (("status", "--json"), "/etc/passwd")):
            with self.subTest(words):
                english, chinese = (self.ctl(*words, "--lang", language, path=path) for language in ("en", "zh"))
                self.assertEqual((english.stdout, english.stderr), (chinese.stdout, chinese.stderr))
                self.assertIn("message_zh", english.stdout + english.stderr)

    def test_codes_are_words_for_chinese_readers_and_themselves_in_json(self):
        opened = json.loads(self.ctl("support", "open", "--scenario", "3", "--station", "st-02", "--urgency",
                                     "urgent", "--summary", "routine", "--lang", "zh", "--json").stdout)
        self.assertEqual((opened["state"], opened["urgency"]), ("submitted", "urgent"))
        shown = self.ctl("support", "get", opened["id"], "--purpose", "handling", "--reason", "r", "--lang", "zh").stdout
        fields = {name: text.strip() for name, _, text in (line.partition(":") for line in shown.splitlines())}
        self.assertEqual((fields["状态"], fields["紧急程度"], fields["派出所"]), ("已提交", "紧急", "st-02"))
        # What somebody wrote is shown as it was written.
        self.assertEqual(fields["简要情况"], "routine")
        for words in (["support", "list"], ["watch", "--once"]):
            with self.subTest(words):
                table = self.ctl(*words, "--lang", "zh").stdout
                self.assertRegex(table.splitlines()[0], "紧急程度 +状态|状态 +紧急程度")
                self.assertIn("已提交", table)
                self.assertIn("submitted", self.ctl(*words, "--lang", "en").stdout)
        self.assertIn("启动时间:", self.ctl("status", "--lang", "zh").stdout)

    def test_a_file_that_is_no_socket_is_called_so(self):
        done = self.ctl("status", path="/etc/passwd")
        self.assertEqual(done.returncode, 2, done.stderr)
        self.assertIn("cannot connect to /etc/passwd: Socket operation on non-socket", done.stderr)
        self.assertNotIn("nobody listens", done.stderr)

    def test_amounts_are_told_in_yuan(self):
        methods = self.daemon.call("rpc.discover")["methods"]
        example = next(method for method in methods if method["name"] == "stoploss.report")["examples"][0]
        params = {param["name"]: param["value"] for param in example["params"] if param["name"] != "meta"}
        self.daemon.call("stoploss.report", params)
        words = ("stoploss", "list", "--purpose", "handling", "--reason", "a test")
        shown = self.ctl(*words)
        self.assertEqual(shown.returncode, 0, shown.stderr)
        self.assertIn("50000.00 yuan", shown.stdout)
        self.assertNotIn("5000000", shown.stdout)
        self.assertIn('"amount":5000000', self.ctl(*words, "--json").stdout)

    PRINTS = [("support", "list", "--all"), ("support", "list", "--all", "--ndjson"), ("status",), ("call", "support.list"),
              ("metrics",), ("audit", "verify"), ("--json", "call", "audit.checkpoint"), ("plugin", "schema"), ("--help",)]

    def test_a_full_disk_is_no_success(self):
        for words in self.PRINTS:
            with self.subTest(words), open("/dev/full", "w", encoding="utf-8") as full:
                done = self.into(full, words)
                self.assertEqual(done.returncode, 2, done.stderr)
                self.assertRegex(done.stderr, r"(?m)^stationctl: cannot write the output: No space left on device$")

    def test_a_closed_output_is_no_success_and_no_other_file_s_place(self):
        for words in (("status",), ("call", "support.list"), ("--help",)):
            with self.subTest(words):
                done = subprocess.run(
                    ["sh", "-c", 'exec "$@" >&-', "sh", STATIONCTL, *words], stdin=subprocess.DEVNULL,
                    stderr=subprocess.PIPE, text=True, timeout=60,
                    env=dict(os.environ, **ENGLISH, STATIOND_SOCKET=self.daemon.socket_path))
                self.assertEqual(done.returncode, 2, done.stderr)
                self.assertIn("cannot write the output", done.stderr)

    def test_a_file_that_cannot_be_written_is_told_with_the_code_of_that(self):
        for words in (("key", "new", "/nope/key"), ("audit", "export", "0", "--out", "/nope/proof")):
            with self.subTest(words):
                done = self.ctl(*words)
                self.assertEqual(done.returncode, 2, done.stderr)
                self.assertIn("cannot write /nope/", done.stderr)

    def test_an_option_in_the_place_of_a_method_is_named(self):
        done = self.ctl("support", "--nosuch")
        self.assertEqual(done.returncode, 3, done.stderr)
        self.assertTrue(done.stderr.startswith("stationctl: '--nosuch' needs a method before it"), done.stderr)

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

    def test_help_about_a_word_is_the_help_of_that_word(self):
        for words in (["support"], ["support", "open"], ["support", "--lang", "zh"], ["call"], ["audit", "verify"]):
            helped, asked = self.ctl("help", *words), self.ctl(*words, "--help")
            self.assertEqual((helped.returncode, helped.stdout), (0, asked.stdout), helped.stderr)
            self.assertIn(words[0], helped.stdout)
        self.assertEqual(self.ctl("help").stdout, self.ctl("--help").stdout)
        for words in (["nope"], ["support", "nope"]):
            done = self.ctl("help", *words)
            self.assertEqual((done.returncode, done.stdout), (3, ""))
            self.assertIn("nope", done.stderr)

    def test_a_value_is_the_text_of_a_file(self):
        home = new_directory()
        self.addCleanup(shutil.rmtree, home)
        (home / "summary.txt").write_text("第一行\nsecond line\n")
        words = ["call", "support.open", "scenario=2", "station=st-01", "urgency=routine"]
        for value, stdin, stored in ((f"@{home}/summary.txt", None, "第一行\nsecond line"), ("-", "typed\n", "typed"),
                                     ("=@handle", None, "@handle")):
            done = run_ctl(*words, f"summary={value}", socket_path=self.daemon.socket_path, environment=ENGLISH,
                           stdin=stdin)
            self.assertEqual(done.returncode, 0, done.stderr)
            got = self.daemon.call("support.get", {"id": json.loads(done.stdout)["id"]}, purpose="handling", reason="own case")
            self.assertEqual(got["summary"], stored)
        done = self.ctl(*words, "summary=@nofile")
        self.assertEqual((done.returncode, done.stdout), (3, ""))
        self.assertIn("cannot read nofile: No such file", done.stderr)

    def test_wrong_usage_is_told_in_the_readers_language(self):
        table = [(("call",), "缺少参数“<method>”"), (("--timeout", "abc", "status"), "值“abc”不适用于“--timeout <seconds>”"),
                 (("status", "--bogus"), "没有选项“--bogus”"), (("support", "list", "--timeout", "x"), "值“x”不适用于"),
                 (("--timeout", "-1", "status"), "--timeout 须在 0.001 至 3600 秒之间"),
                 (("call", "support.list", "text=@none"), "无法读取 none：没有该文件或目录")]
        for words, said in table:
            done = self.ctl(*words, "--lang", "zh")
            self.assertEqual(done.returncode, 3, done.stderr)
            self.assertTrue(done.stderr.startswith(f"stationctl: {said}"), done.stderr)
        done = self.ctl("--timeout", "-1", "status")
        self.assertIn("--timeout is 0.001 to 3600 seconds", done.stderr)
        done = self.ctl("status", "--lang", "zh", path="/nope")
        self.assertEqual(done.returncode, 2)
        self.assertTrue(done.stderr.startswith("stationctl: 无法连接 /nope：没有该文件或目录"), done.stderr)

    def test_a_file_that_is_no_proof_is_not_called_a_bad_checkpoint(self):
        home = new_directory()
        self.addCleanup(shutil.rmtree, home)
        (home / "p").write_text("garbage\n")
        key = self.daemon.call("audit.checkpoint")["verifier_key"]
        done = self.ctl("audit", "check", home / "p", home / "p", "--key", key)
        self.assertEqual(done.returncode, 1)
        self.assertTrue(done.stderr.startswith("stationctl: the proof cannot be read: it is no proof"), done.stderr)

    def test_a_log_that_could_not_be_examined_is_not_called_bad(self):
        home = new_directory()
        self.addCleanup(shutil.rmtree, home)
        checkpoint = self.daemon.call("audit.checkpoint")
        parts = ("--db", home / "none.db", "--anchor", home, "--key", checkpoint["verifier_key"])
        for words, said in ((("--state", "/nonexist"), "/nonexist"), (("--state", self.daemon.directory), "is running"),
                            (parts, "none.db: No such file")):
            done = self.ctl("audit", "verify", *words)
            self.assertEqual(done.returncode, 2, done.stderr)
            self.assertIn(said, done.stderr)


class DoctorTests(DaemonTestCase):
    CONFIG = SOCKETS
    ACCESS = ACCESS

    def test_what_is_for_the_administrators_socket_is_told_where_to_call(self):
        done = run_ctl("call", "system.backup", socket_path=self.daemon.socket_path, environment=ENGLISH)
        self.assertEqual(done.returncode, 4, done.stderr)
        self.assertIn("hint: call it with --socket admin", done.stderr)

    def test_who_may_not_ask_is_told_so_and_nothing_else(self):
        for words in ((), ("--json",)):
            done = run_ctl("doctor", *words, socket_path=self.daemon.socket_path, environment=ENGLISH)
            self.assertEqual((done.returncode, done.stdout), (4, ""), done.stderr)
            self.assertIn("denied", done.stderr)
            self.assertNotIn("settings", done.stderr)


if __name__ == "__main__":
    unittest.main()
