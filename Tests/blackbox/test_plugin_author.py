"""What authors of plugins have: the kit, the examples, `stationctl plugin new` and `plugin check`."""

import csv
import email
import email.policy
import json
import os
import re
import shutil
import subprocess
import sys
import textwrap
import unittest
from pathlib import Path

from harness import REPOSITORY, STATIONCTL, CallError, Daemon, new_directory, run_ctl, wait_until
from test_plugins import GOOD, HOSTILE, KIT, PluginDaemon, entry

EXAMPLES = REPOSITORY / "Plugins" / "examples"
OPEN = {"scenario": 1, "station": "st-01", "urgency": "routine", "summary": "to be escalated"}
ENVIRONMENT = f"{{PYTHONPATH: {KIT}}}"


def python_tests(folder, *arguments):
    return subprocess.run([sys.executable, "-m", "unittest", *arguments], cwd=folder, capture_output=True, text=True,
                          env=dict(os.environ, PYTHONPATH=str(KIT)), timeout=60)


def check(program, *arguments, **options):
    """Runs `stationctl plugin check`; its exit code and findings by name, with the problem or None."""
    done = run_ctl("plugin", "check", program, *arguments, "--ndjson", **options)
    findings = [json.loads(line) for line in done.stdout.splitlines()]
    return done.returncode, {each["check"]: each.get("problem") for each in findings}


class FolderTestCase(unittest.TestCase):
    def setUp(self):
        self.folder = new_directory()
        self.addCleanup(lambda: subprocess.run(["rm", "-rf", str(self.folder)], check=True))


class Kit(unittest.TestCase):
    def test_its_own_tests_and_those_of_the_examples(self):
        for folder, arguments in ((KIT, ["discover", "-s", "tests"]), (EXAMPLES / "mailnotify", []),
                                  (EXAMPLES / "dailyfigures", [])):
            with self.subTest(folder=folder.name):
                done = python_tests(folder, *arguments)
                self.assertEqual(done.returncode, 0, done.stderr)
                self.assertNotIn("Ran 0 tests", done.stderr)


class Page(FolderTestCase):
    """The page for authors, as pasted."""
    PAGE = (REPOSITORY / "docs" / "plugin-author.md").read_text()

    def setUp(self):
        super().setUp()
        declared, handlers, self.tests = re.findall(r"```python\n(.*?)```", self.PAGE, re.S)
        self.program = self.folder / "loan.py"
        self.program.write_text(declared + handlers)
        self.program.chmod(0o755)

    def test_its_example_does_what_its_test_asks(self):
        (self.folder / "test.py").write_text("from loan import plugin\n" + self.tests
                                             + "assert station.records('loan') and station.events, station.events\n")
        done = subprocess.run([sys.executable, "test.py"], cwd=self.folder, capture_output=True, text=True,
                              env=dict(os.environ, PYTHONPATH=str(KIT)), timeout=60)
        self.assertEqual(done.returncode, 0, done.stderr)

    def test_its_example_is_started_with_the_configuration_below(self):
        plugins = textwrap.dedent(re.search(r"```yaml\nplugins:\n(.*?)```", self.PAGE, re.S)[1])
        plugins = re.sub("program: .*", f"program: {self.program}\n  environment: {ENVIRONMENT}", plugins)
        with PluginDaemon(plugins) as daemon:
            self.assertEqual(daemon.wait_state("loan", "ready", "quarantined")["state"], "ready")
            self.assertEqual(daemon.call("loan.lend", {"item": "drone 2", "to": "st-01"}), {"id": "L-1"})
            shown = run_ctl("loan", "lend", "--help", "--lang", "zh", socket_path=daemon.socket_path)
            self.assertRegex(shown.stdout, r"--item TEXT +装备（必填）")


class Protocol(unittest.TestCase):
    PAGE = (REPOSITORY / "docs" / "reference" / "plugin-protocol.md").read_text()

    def test_the_page_shows_the_schema_that_the_daemon_checks(self):
        shown = json.loads(re.findall(r"```json\n(.*?)```", self.PAGE, re.S)[-1])
        self.assertEqual(shown, json.loads(run_ctl("plugin", "schema").stdout))

    def test_the_page_names_every_message_and_operation(self):
        wire = REPOSITORY / "Sources" / "StationPluginWire"
        words = re.findall(r'case \w+ = "([a-z.]+)"', (wire / "PluginProtocol.swift").read_text())
        words += re.findall(r'case \.?"?([a-z]+)"?:\n', (wire / "Operation.swift").read_text())
        self.assertGreater(len(words), 20)
        for word in ["log", *words]:
            self.assertIn(f"`{word}`" if "plugin." not in word else word, self.PAGE)

    def test_its_examples_are_messages(self):
        lines = re.findall(r"^[<>] (.*)$", self.PAGE, re.M)
        self.assertGreater(len(lines), 10)
        for line in lines:
            self.assertEqual(json.loads(line.replace(",…", "").replace("…", "1"))["jsonrpc"], "2.0")


class New(FolderTestCase):
    def make(self, *arguments):
        return run_ctl("plugin", "new", *arguments, "--repository", REPOSITORY)

    def test_a_new_python_plugin_passes_its_test_and_the_check_and_serves(self):
        made = self.make("hello", "--lang", "python", "--to", self.folder / "hello")
        self.assertEqual(made.returncode, 0, made.stderr)
        self.assertIn(f"{self.folder}/hello/plugin.py", made.stdout.splitlines())
        # Nothing of the environment is needed: the kit is in the folder.
        tested = subprocess.run([sys.executable, "-m", "unittest", "-v"], cwd=self.folder / "hello",
                                capture_output=True, text=True, env={"PATH": os.environ["PATH"]}, timeout=60)
        self.assertEqual(tested.returncode, 0, tested.stderr)
        self.assertIn("Ran 2 tests", tested.stderr)
        program = self.folder / "hello" / "plugin.py"
        code, findings = check(program)
        self.assertEqual((code, set(findings.values())), (0, {None}), findings)
        whole = json.loads(run_ctl("plugin", "check", program, "--json").stdout)
        self.assertEqual((whole["ok"], [each["check"] for each in whole["checks"]]), (True, list(findings)))
        with PluginDaemon(entry("hello", program)) as daemon:
            daemon.wait_state("hello", "ready")
            added = run_ctl("hello", "add", "lamp", "--json", socket_path=daemon.socket_path)
            self.assertEqual(json.loads(added.stdout), {"id": "E-1"}, added.stderr)
            self.assertEqual(daemon.call("hello.count", {"subject": "lamp"}), {"entries": 1})

    def test_the_folder_of_a_swift_plugin(self):
        made = self.make("lent_items", "--lang", "swift", "--to", self.folder / "lent")
        self.assertEqual(made.returncode, 0, made.stderr)
        package = (self.folder / "lent" / "Package.swift").read_text()
        self.assertIn(str(REPOSITORY), package)
        self.assertTrue((self.folder / "lent" / "Sources" / "LentItemsProgram" / "Main.swift").exists())

    def test_a_new_swift_plugin_builds_and_passes_the_check(self):
        self.make("lent_items", "--lang", "swift", "--to", self.folder / "lent")
        built = subprocess.run(["swift", "build"], cwd=self.folder / "lent", capture_output=True, text=True)
        self.assertEqual(built.returncode, 0, built.stdout + built.stderr)
        code, findings = check(self.folder / "lent" / ".build" / "debug" / "lent_items")
        self.assertEqual((code, set(findings.values())), (0, {None}), findings)

    def test_a_name_that_python_has_too_does_as_well(self):
        for name in ("json", "socket", "class"):
            with self.subTest(name=name):
                self.assertEqual(self.make(name, "--to", self.folder / name).returncode, 0)
                tested = subprocess.run([sys.executable, "-m", "unittest"], cwd=self.folder / name,
                                        capture_output=True, text=True, env={"PATH": os.environ["PATH"]}, timeout=60)
                self.assertIn("Ran 2 tests", tested.stderr)
                self.assertEqual(tested.returncode, 0, tested.stderr)
                self.assertEqual(check(self.folder / name / "plugin.py")[0], 0)

    def test_what_cannot_be_made_is_said(self):
        for arguments, words in ((("Hello",), "no name of a plugin"), (("hello", "--lang", "cobol"), "cobol"),
                                 (("hello", "--to", self.folder), "there already"), (("status",), "stationd's own")):
            with self.subTest(arguments=arguments):
                made = self.make(*arguments)
                self.assertEqual(made.returncode, 3, made.stdout)
                self.assertIn(words, made.stderr)

    def test_a_name_that_the_daemon_has_is_refused(self):
        with Daemon() as daemon:
            modules = {method["name"].split(".")[0] for method in daemon.call("rpc.discover")["methods"]}
        self.assertLess({"rpc", "system", "support"}, modules)
        for module in modules:
            with self.subTest(module=module):
                made = self.make(module, "--to", self.folder / module)
                self.assertEqual(made.returncode, 3, made.stdout)
                self.assertFalse((self.folder / module).exists())

    def test_without_the_kit_it_is_said_how_to_get_it(self):
        if Path("/usr/share/stationd/Plugins/python").exists():
            self.skipTest("the package is installed")
        program = self.folder / "stationctl"
        shutil.copy(STATIONCTL, program)
        made = subprocess.run([program, "plugin", "new", "hello"], cwd=self.folder, capture_output=True, text=True)
        self.assertEqual(made.returncode, 1, made.stderr)
        self.assertIn("pip install", made.stderr)
        # What it takes is in the page of the folder too.
        self.assertIn("pip install", (self.folder / "hello" / "README.md").read_text())
        wrong = subprocess.run([program, "plugin", "new", "other", "--repository", self.folder], cwd=self.folder,
                               capture_output=True, text=True)
        self.assertEqual((wrong.returncode, (self.folder / "other").exists()), (3, False))
        self.assertIn("no source tree", wrong.stderr)


class Check(FolderTestCase):
    KIT_PATH = ("--env", f"PYTHONPATH={KIT}")

    def test_good_plugins_pass(self):
        folder = self.folder / "mail"
        for program, config in ((EXAMPLES / "mailnotify" / "mailnotify.py", {"maildir": str(folder)}),
                                (EXAMPLES / "dailyfigures" / "dailyfigures.py", {"folder": str(folder)})):
            with self.subTest(program=program.name):
                code, findings = check(program, *self.KIT_PATH, "--config", json.dumps(config))
                self.assertEqual((code, set(findings.values())), (0, {None}), findings)
                self.assertGreater(len(findings), 15)

    def test_a_reach_for_what_is_not_declared_is_named(self):
        found = self.failing(GOOD, *self.KIT_PATH)
        self.assertEqual(found, {"keeps to what it declared": "not declared: collection 'secret'"})

    def program(self, text):
        path = self.folder / "bad.py"
        path.write_text("#!/usr/bin/env python3\n" + text)
        path.chmod(0o755)
        return path

    def failing(self, program, *arguments):
        code, findings = check(program, *arguments)
        self.assertEqual(code, 1, findings)
        return {name: problem for name, problem in findings.items() if problem}

    def test_faults_at_the_start(self):
        for fault, where, failed, words in (
                ("crash", "manifest", "manifest", "exited"), ("garbage", "manifest", "manifest", "not JSON"),
                ("half", "manifest", "manifest", "exited"), ("wrong_id", "manifest", "manifest", "nothing"),
                ("twice", "init", "an unknown method", "a second one"), ("exit", "ready", "init and ready", "exited")):
            with self.subTest(fault=fault, where=where):
                found = self.failing(HOSTILE, "hostile", fault, where)
                self.assertIn(failed, found)
                self.assertIn(words, found[failed])

    def test_faults_in_a_call(self):
        for fault in ("crash", "garbage", "huge", "wrong_id", "flood", "forged_token", "undeclared_write",
                      "bad_schema", "bad_result", "no_result"):
            with self.subTest(fault=fault):
                self.assertTrue(self.failing(HOSTILE, "hostile", fault, "call"))

    def test_one_that_dies_at_a_deadline_or_an_event(self):
        for declared, failed in (('@plugin.deadline("due", text("d", "d"))', "the deadline due"),
                                 ('@plugin.listen("support.escalated")', "the event support.escalated")):
            with self.subTest(failed=failed):
                found = self.failing(self.program(f"""
import os
from stationd_plugin import Plugin, text
plugin = Plugin("bad", title=text("b", "b"))
{declared}
def die(*told):
    os._exit(3)
plugin.run()
"""), *self.KIT_PATH)
                self.assertEqual(list(found), [failed])
                self.assertIn("exited", found[failed])

    def test_faults_at_the_end(self):
        for end, words in (("os._exit(3)", "exited with 3"), ("os.kill(os.getpid(), 11)", "signal 11")):
            with self.subTest(end=end):
                found = self.failing(self.program(f"""
import os
from stationd_plugin import Plugin, text
plugin = Plugin("bad", title=text("b", "b"))
plugin.run()
{end}
"""), *self.KIT_PATH)
                self.assertEqual(list(found), ["drain"])
                self.assertIn(words, found["drain"])

    def test_one_that_hangs(self):
        found = self.failing(HOSTILE, "hostile", "hang", "call", "--call-ms", "300")
        self.assertIn("no answer within 300 ms", found["an unknown method"])

    def test_a_plugin_of_a_few_lines_without_care(self):
        """It answers what it expects and falls over anything else."""
        found = self.failing(self.program('''
import json, os, socket
channel = socket.socket(fileno=3)
for line in channel.makefile("rb"):
    message = json.loads(line)
    if message["method"] == "plugin.manifest":
        result = {"protocol": 1, "name": "bad", "title": {"en": "b", "zh": "b"}, "version": "1", "methods": []}
    elif message["method"] == "plugin.init":
        result = {}
    else:
        result = {"result": {}}
    channel.sendall(json.dumps({"jsonrpc": "2.0", "id": message["id"], "result": result}).encode() + b"\\n")
    if message["method"] == "plugin.init":
        channel.sendall(b'{"jsonrpc":"2.0","method":"plugin.ready","params":{}}\\n')
'''))
        self.assertIn("an unknown method", found)
        self.assertIn("a cancellation of no call", found)

    def test_what_is_wrong_with_a_manifest_is_named(self):
        found = self.failing(self.program('''
from stationd_plugin import Plugin, text
plugin = Plugin("bad", title=text("b", "b"))
plugin.collection("thing", text("t", "t"), {"n": {"type": "integer"}}, indexes={"by_m": ["m"]})
plugin.run()
'''), *self.KIT_PATH)
        self.assertIn("by_m", found["manifest"])

    def test_a_program_that_cannot_be_started(self):
        path = self.folder / "not.py"
        path.write_text("no program")
        self.assertIn("Permission denied", self.failing(path)["starts"])

    def test_lines_for_people_and_what_it_printed(self):
        done = run_ctl("plugin", "check", self.program("import nothing_of_that_name\n"))
        self.assertEqual(done.returncode, 1)
        self.assertRegex(done.stdout, r"ok\s+starts\nFAIL\s+manifest: ")
        self.assertIn("nothing_of_that_name", done.stderr)


class Examples(FolderTestCase):
    def test_an_escalation_is_in_the_maildir_once_also_after_kills(self):
        box = self.folder / "box"
        plugins = entry("mailnotify", EXAMPLES / "mailnotify" / "mailnotify.py", environment=ENVIRONMENT,
                        config=f"{{maildir: {box}}}", grants="{events: [support.escalated, support.immediate]}")
        with PluginDaemon(plugins) as daemon:
            daemon.wait_state("mailnotify", "ready")
            daemon.call("dev.clock.set", {"now": "2026-03-02T09:00:00+08:00"})
            request = daemon.call("support.open", OPEN)["id"]
            pid = daemon.state("mailnotify")["pid"]
            os.kill(pid, 9)
            daemon.call("dev.clock.set", {"now": "2026-03-04T09:00:00+08:00"})
            listed = run_ctl("events", "--since", "0", "--kind", "support.escalated", "--ndjson",
                             socket_path=daemon.socket_path)
            told = [json.loads(line) for line in listed.stdout.splitlines()]
            self.assertTrue(told)
            wait_until(lambda: len(list((box / "new").iterdir())) >= len(told), "the mail")
            daemon.kill()
            daemon.start()
            daemon.wait_state("mailnotify", "ready")
            status = daemon.call("mailnotify.status")
            self.assertEqual(status["last"], told[-1]["seq"])
            mails = list((box / "new").iterdir())
            self.assertEqual(sorted(path.name for path in mails), sorted(f"{each['seq']}.stationd" for each in told))
            message = email.message_from_bytes(mails[0].read_bytes(), policy=email.policy.default)
            self.assertIn(request, message["Subject"])

    def test_every_morning_has_its_page_and_table(self):
        plugins = entry("dailyfigures", EXAMPLES / "dailyfigures" / "dailyfigures.py", environment=ENVIRONMENT,
                        config=f"{{folder: {self.folder}}}", grants="{calls: {support.figures: [/total, /groups]}}")
        with PluginDaemon(plugins) as daemon:
            daemon.wait_state("dailyfigures", "ready")
            daemon.call("dev.clock.set", {"now": "2026-03-02T09:00:00+08:00"})
            daemon.call("support.open", OPEN)
            self.assertEqual(daemon.call("dailyfigures.begin")["next"], "2026-03-03T00:30:00+08:00")
            daemon.call("dev.clock.set", {"now": "2026-03-04T09:00:00+08:00"})
            items = wait_until(lambda: len(found := daemon.call("dailyfigures.list")["items"]) == 2 and found, "reports")
            self.assertEqual([(item["day"], item["requests"]) for item in items], [("2026-03-03", 0), ("2026-03-02", 1)])
            with open(items[1]["csv"], encoding="utf-8-sig", newline="") as file:
                rows = list(csv.DictReader(file))
            self.assertEqual((rows[-1]["department"], rows[-1]["requests"]), ("total", "1"))
            self.assertIn("2026-03-02", Path(items[1]["html"]).read_text())
            for day in ("2026-02-30", "2026-03-04"):
                with self.assertRaises(CallError) as raised:
                    daemon.call("dailyfigures.make", {"day": day})
                self.assertEqual(raised.exception.kind, "invalid_params")
            self.assertEqual(daemon.call("dailyfigures.make", {"day": "2026-03-02"})["requests"], 1)


if __name__ == "__main__":
    unittest.main()
