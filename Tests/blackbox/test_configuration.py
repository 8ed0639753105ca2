"""Configuration files: every error names file and line and what was expected, and nothing is made."""

import json
import os
import re
import shutil
import signal
import socket
import sqlite3
import subprocess
import unittest

from harness import DATA, REPOSITORY, STATIOND, Client, Daemon, DaemonTestCase, new_directory, run_ctl, wait_until
from test_framing import ACCESS, CONFIG

GOOD = CONFIG
GOOD_ACCESS = ACCESS % os.getuid()


class ConfigurationErrorTests(unittest.TestCase):
    def setUp(self):
        if not os.access(STATIOND, os.X_OK):
            self.skipTest(f"no daemon at {STATIOND} (set STATIOND)")
        self.directory = new_directory()
        self.addCleanup(shutil.rmtree, self.directory)

    def write(self, config=GOOD, access=GOOD_ACCESS):
        text = config.replace("{dir}", str(self.directory)).replace("{data}", DATA)
        (self.directory / "stationd.yaml").write_text(text)
        if access is not None:
            (self.directory / "access.yaml").write_text(access)
        return text

    def run_daemon(self, *arguments, **options):
        return subprocess.run(
            [os.path.abspath(STATIOND), *arguments],
            **options,
            capture_output=True,
            text=True,
            timeout=20,
            env=dict(os.environ, STATIOND_DATA=DATA),
        )

    def check_refused(self, *words, made=()):
        """Both --check-config and --config refuse with these words, and nothing is created."""
        before = sorted(os.listdir(self.directory))
        path = str(self.directory / "stationd.yaml")
        for option in ("--check-config", "--config"):
            finished = self.run_daemon(option, path)
            self.assertNotEqual(finished.returncode, 0, option)
            self.assertLess(finished.returncode, 128, "a crash")
            self.assertGreater(finished.returncode, 0, "a crash")
            for word in words:
                self.assertIn(word, finished.stderr, option)
            self.assertEqual(finished.stdout, "")
            self.assertEqual(sorted(os.listdir(self.directory)), before, f"{option} left something behind")

    def check_refused_at(self, name, lines):
        self.check_refused(name)
        finished = self.run_daemon("--check-config", str(self.directory / "stationd.yaml"))
        found = re.search(re.escape(name) + r":(\d+):", finished.stderr)
        self.assertTrue(found, finished.stderr)
        self.assertIn(int(found[1]), lines)

    def line_of(self, text, needle):
        return next(number for number, line in enumerate(text.splitlines(), 1) if needle in line)

    def test_a_good_file_is_ok(self):
        self.write()
        finished = self.run_daemon("--check-config", str(self.directory / "stationd.yaml"))
        self.assertEqual((finished.returncode, finished.stderr), (0, ""))
        self.assertTrue(finished.stdout.strip().endswith("ok"))
        self.assertEqual(sorted(os.listdir(self.directory)), ["access.yaml", "stationd.yaml"])

    def test_what_nothing_answers_to_is_doubted_and_not_refused(self):
        self.write(access="""roles:
  desk:
    methods:
      - support.*
      - suport.*
bindings:
  - user: "0"
    roles: desk
""")
        finished = self.run_daemon("--check-config", str(self.directory / "stationd.yaml"))
        self.assertEqual(finished.returncode, 0, finished.stderr)
        self.assertEqual(finished.stderr, f"{self.directory}/access.yaml:5: warning: 'roles.desk.methods': there is no"
                         " module and no plugin 'suport' (did you mean 'support'?)\n")
        self.assertTrue(finished.stdout.strip().endswith("ok"))

    def test_an_option_that_is_not_known_is_named(self):
        finished = self.run_daemon("--bogus")
        self.assertEqual(finished.returncode, 64)
        self.assertIn("Unknown option '--bogus'", finished.stderr)
        for words in ((), ("--dev", "a", "--config", "b")):
            finished = self.run_daemon(*words)
            self.assertEqual(finished.returncode, 64)
            self.assertIn("give exactly one of --dev DIR", finished.stderr)

    def test_a_file_that_is_named_without_its_folder(self):
        self.write()
        finished = self.run_daemon("--check-config", "stationd.yaml", cwd=self.directory)
        self.assertEqual((finished.returncode, finished.stderr, finished.stdout), (0, "", "stationd.yaml: ok\n"))
        shown = json.loads(self.run_daemon("--show-config", "stationd.yaml", cwd=self.directory).stdout)
        values = {value["key"]: value["value"] for value in shown}
        folder = os.path.realpath(self.directory)
        self.assertEqual(values["access"], f"{folder}/access.yaml")
        self.assertEqual(values["master_key"], f"{folder}/master.key")
        # What it lacks is looked for there too.
        finished = self.run_daemon("--config", "stationd.yaml", cwd=self.directory)
        self.assertEqual(finished.returncode, 1)
        self.assertIn(f"there is no master key in {folder}/master.key", finished.stderr)

    def test_what_could_not_start(self):
        own = "socket: {dir}/stationd.sock"
        table = [
            ("origin: stationd.test/audit", 'origin: ""', "'origin'", "not empty"),
            ("origin: stationd.test/audit", 'origin: "bad name+x"', "'origin'", "without blanks"),
            (own, "socket: {dir}/" + "x" * 150, "'socket'", "at most 107 bytes"),
            (own, "socket: {dir}/nowhere/s", "'socket'", "folder does not exist"),
            ("framing:", "sockets: {auditor: {path: {dir}/stationd.sock}}", "'sockets.auditor.path'",
             "the path of 'socket' already"),
            ("framing:", "master_key: none.key", "'master_key'", "no master key in"),
            ("state: {dir}/state", "state: {dir}/nowhere/state", "'state'", "its folder does not exist"),
            ("state: {dir}/state", "state: {dir}/access.yaml/state", "'state'", "its folder does not exist"),
            ("modules: {support: {scenarios: {data}/support/scenarios.json}}", "modules: {support: {enabled: false}}",
             "'modules.support.enabled'", "'mediation' needs 'support'"),
        ]
        for former, latter, *words in table:
            with self.subTest(latter=latter[:40]):
                text = self.write(GOOD.replace(former, latter) if former in GOOD else GOOD + latter + "\n")
                line = self.line_of(text, latter.replace("{dir}", str(self.directory)))
                self.check_refused(f"stationd.yaml:{line}:", *words)

    @unittest.skipUnless(os.getuid() == 0, "a user who may not write everywhere")
    def test_metrics_that_this_user_cannot_write_are_told(self):
        place = self.directory / "metrics"
        place.mkdir(mode=0o755)
        text = self.write(GOOD + f"metrics: {place}/a.prom\n")
        self.directory.chmod(0o755)
        path = str(self.directory / "stationd.yaml")
        self.assertEqual(self.run_daemon("--check-config", path).returncode, 0)
        finished = self.run_daemon("--check-config", path, user=65534, group=65534, extra_groups=[])
        self.assertEqual(finished.returncode, 0, finished.stderr)
        self.assertIn(f"stationd.yaml:{self.line_of(text, 'metrics:')}: warning: 'metrics': {place}/a.prom: this user"
                      " cannot write into its folder: Permission denied", finished.stderr)
        # The daemon's user is another one, to whom the state belongs.
        (self.directory / "state").mkdir()
        finished = self.run_daemon("--check-config", path, user=65534, group=65534, extra_groups=[])
        self.assertNotIn("warning", finished.stderr)

    def test_metrics_in_a_folder_that_is_not_there_are_told(self):
        text = self.write(GOOD + f"metrics: {self.directory}/nowhere/a.prom\n")
        finished = self.run_daemon("--check-config", str(self.directory / "stationd.yaml"))
        self.assertEqual(finished.returncode, 0, finished.stderr)
        self.assertIn(f"stationd.yaml:{self.line_of(text, 'metrics:')}: warning: 'metrics': ", finished.stderr)
        self.assertIn("its folder does not exist", finished.stderr)

    def test_a_plugin_without_a_program_is_told_and_keeps_nothing_from_its_start(self):
        program = self.directory / "program"
        program.write_text("")
        program.chmod(0o644)
        for path, words in (("/nowhere/at/all", "No such file"), (program, "is not executable"),
                            (self.directory, "is no file")):
            with self.subTest(words):
                text = self.write(GOOD + f"plugins:\n  aa: {{program: {path}}}\n")
                finished = self.run_daemon("--check-config", str(self.directory / "stationd.yaml"))
                self.assertEqual(finished.returncode, 0, finished.stderr)
                self.assertIn(f"stationd.yaml:{self.line_of(text, 'aa:')}: warning: 'plugins.aa.program': {path}: ",
                              finished.stderr)
                self.assertIn(words, finished.stderr)

    def test_a_plugin_cannot_have_the_name_of_a_command(self):
        told = run_ctl("--help").stdout
        commands = re.findall(r"^  ([a-z]+)(?:  |$)", told[told.index("SUBCOMMANDS:"):], re.M)
        self.assertGreater(len(commands), 15)
        for command in (*commands, "help", "version"):
            with self.subTest(command):
                self.write(GOOD + f"plugins:\n  {command}: {{program: /bin/true}}\n")
                finished = self.run_daemon("--check-config", str(self.directory / "stationd.yaml"))
                self.assertIn(f"'plugins.{command}'", finished.stderr)
                self.assertNotIn(" warning: ", finished.stderr)

    def test_calendars_that_are_named_and_are_not_there(self):
        text = self.write(GOOD.replace("{data}/calendar", "calendar"))
        (self.directory / "calendar").mkdir()
        finished = self.run_daemon("--check-config", str(self.directory / "stationd.yaml"))
        self.assertEqual(finished.returncode, 0, finished.stderr)
        self.assertIn(f"stationd.yaml:{self.line_of(text, 'calendars:')}: warning: 'calendars': ", finished.stderr)
        self.assertIn("has no calendar", finished.stderr)

    def test_a_development_directory_of_one_letter(self):
        (self.directory / "d").mkdir(mode=0o700)
        (self.directory / "d" / "access.yaml").write_text("nonsense: 1\n")
        finished = self.run_daemon("--dev", "d", cwd=self.directory)
        self.assertEqual(finished.returncode, 1, finished.stderr)
        self.assertIn("d/access.yaml:1: unknown key 'nonsense'", finished.stderr)

    def test_unknown_keys_are_named_with_the_nearest(self):
        table = [
            ("sokcet_mode: '0660'\n", "sokcet_mode", "'socket_mode'"),
            ("limits: {frame_byte: 4096}\n", "limits.frame_byte", "'frame_bytes'"),
            ("\n\nio_thread: 1\n", "io_thread", "'io_threads'"),
        ]
        for more, name, nearest in table:
            with self.subTest(name=name):
                base = GOOD.replace('socket_mode: "0666"\n', "") if "sokcet" in name else GOOD
                text = self.write(base + more)
                line = self.line_of(text, name.split(".")[-1])
                self.check_refused(f"stationd.yaml:{line}:", f"'{name}'", f"did you mean {nearest}")

    def test_unknown_modules_are_refused(self):
        text = self.write(GOOD.replace("modules: {support:", "modules: {suport:"))
        self.check_refused(f"stationd.yaml:{self.line_of(text, 'suport')}:", "modules.suport", "'support'")

    def test_wrong_types_say_what_was_expected(self):
        table = [
            ("io_threads: many\n", "io_threads", "a whole number from 1 to 16"),
            ("io_threads: 0\n", "io_threads", "a whole number from 1 to 16"),
            ("io_threads: 17\n", "io_threads", "a whole number from 1 to 16"),
            ("io_threads: 1.5\n", "io_threads", "a whole number"),
            ("io_threads: [1]\n", "io_threads", "a whole number"),
            ("limits: 5\n", "limits", "a mapping"),
            ("limits: {depth: deep}\n", "limits.depth", "a whole number"),
            ("limits: {frame_bytes: 1}\n", "limits.frame_bytes", "from 1024"),
            ("zone_offset_minutes: Shanghai\n", "zone_offset_minutes", "a whole number"),
            ("framing: lines\n", "framing", "auto, line, content-length, nul"),
        ]
        for more, name, expected in table:
            with self.subTest(more=more):
                text = self.write(GOOD + more)
                line = self.line_of(text, more.split(":")[0] + ":")
                self.check_refused(f"stationd.yaml:{line}:", f"'{name}'", expected)

    def test_a_wrong_socket_mode(self):
        for mode in ("rw", "0999", "01777", "[1]"):
            with self.subTest(mode=mode):
                text = self.write(GOOD.replace('"0666"', mode))
                self.check_refused(f"stationd.yaml:{self.line_of(text, 'socket_mode')}:", "'socket_mode'")

    def test_missing_keys(self):
        for key in ("origin", "access"):
            with self.subTest(key=key):
                self.write(
                    "\n".join(line for line in GOOD.splitlines() if not line.startswith(key + ":")) + "\n"
                )
                self.check_refused("stationd.yaml:", f"'{key}'", "missing")

    def test_a_key_twice(self):
        text = self.write(GOOD + "origin: again\n")
        self.check_refused(f"stationd.yaml:{self.line_of(text, 'origin: again')}:", "twice", "'origin'")

    def test_not_yaml(self):
        for text, line in (
            ("a: 1\nb: [1\n", 2),
            ("a: 1\n\tx: 1\n", 2),
            ("- a\n- b\n", 1),
            ("just text\n", 1),
            ("a: b: c\n", 1),
        ):
            with self.subTest(text=text):
                self.write(text)
                # Where something that was opened does not end, the parser tells the line of the end.
                self.check_refused_at("stationd.yaml", (line, line + 1))

    def test_a_file_that_is_not_text(self):
        self.write()
        (self.directory / "stationd.yaml").write_bytes(b"origin: \xff\xfe\n")
        self.check_refused("stationd.yaml", "UTF-8")

    def test_an_empty_file_lacks_what_is_required(self):
        self.write("")
        self.check_refused("stationd.yaml", "missing")

    def test_a_missing_file(self):
        self.check_refused("stationd.yaml", "cannot be read")

    def test_missing_files_that_it_names(self):
        for line, name in (
            ("access: access.yaml", "no-access.yaml"),
            ("calendars: {data}/calendar", "no-calendar"),
            ("directory: {data}/directory.example.json", "no-directory.json"),
        ):
            with self.subTest(name=name):
                text = self.write(GOOD.replace(line, line.split(":")[0] + ": " + name))
                self.check_refused(f"stationd.yaml:{self.line_of(text, name)}:", name, "cannot be read")

    def test_a_broken_directory_file(self):
        self.write(GOOD.replace("{data}/directory.example.json", "units.json"))
        (self.directory / "units.json").write_text('{"units": [\n  {"id": "bureau",}\n]}\n')
        self.check_refused("units.json:2:")

    def test_a_directory_file_that_breaks_its_schema_or_rules(self):
        bureau = '{"id": "bureau", "kind": "bureau", "name": {"en": "B", "zh": "局"}}'
        other = bureau.replace('"id": "bureau", "kind": "bureau"', '"id": "%s", "kind": "%s", "parent": "%s"')
        table = [
            ('{"units": 1}', 1, "/units"), ("[]", 1, "an object with 'units'"),
            ('{"units": [\n{"id": "a"}]}', 2, "/units/0/kind"), ('{\n"unitz": []}', 2, "/unitz"),
            # What only the import would refuse.
            (f'{{"units": [\n{bureau},\n{other % ("a", "department", "nowhere")}]}}', 3,
             "/units/1/parent: There is no active unit 'nowhere'"),
            (f'{{"units": [\n{bureau},\n{other % ("z", "zone", "bureau")}]}}', 3, "/units/1/lead_station"),
            (f'{{"units": [\n{bureau},\n{bureau}]}}', 3, "/units/1/id: 'bureau' is there twice"),
        ]
        self.write(GOOD.replace("{data}/directory.example.json", "units.json"))
        for text, line, *words in table:
            with self.subTest(text=text):
                (self.directory / "units.json").write_text(text)
                self.check_refused(f"units.json:{line}: ", *words)

    def test_access_errors(self):
        table = [
            ("roles:\n  a: {methods: ['*'], scop: all}\nbindings: []\n", 2, "'roles.a.scop'", "'scope'"),
            (
                "roles:\n  a: {methods: ['*'], scope: world}\nbindings: []\n",
                2,
                "'roles.a.scope'",
                "own, supported, all",
            ),
            ("roles:\n  a:\n    methods: ['sup*']\nbindings: []\n", 3, "'roles.a.methods'", "sup*"),
            ("roles:\n  a: {scope: all}\nbindings: []\n", 2, "'roles.a.methods'", "missing"),
            ("roles: {}\nbindings:\n  - {user: '0', roles: [b]}\n", 3, "bindings[0].roles", "'b'"),
            (
                "roles: {}\nbindings:\n  - {user: no-such-user-here, roles: []}\n",
                3,
                "bindings[0].user",
                "no-such-user-here",
            ),
            (
                "roles: {}\nbindings:\n  - {group: no-such-group-here, roles: []}\n",
                3,
                "bindings[0].group",
                "no-such-group-here",
            ),
            ("roles: {}\nbindings:\n  - {roles: []}\n", 3, "bindings[0].user", "missing"),
            ("roles: {}\nbindings:\n  - user: '0'\n    roles: []\n", 4, "bindings[0].roles", "one or more names"),
            (
                "roles: {a: {methods: ['*']}}\nbindings:\n  - {user: '4294967295', roles: [a]}\n",
                3,
                "bindings[0].user",
                "below 4294967295",
            ),
            (
                "roles: {a: {methods: ['*']}}\nbindings:\n  - {user: '0', roles: [a], may_act_for: perhaps}\n",
                3,
                "bindings[0].may_act_for",
                "true or false",
            ),
            ("roles: {}\nbindings: 5\n", 2, "'bindings'", "a list"),
            ("roles: 5\n", 1, "'roles'", "a mapping"),
            ("binding: []\n", 1, "'binding'", "'bindings'"),
            ("{}\n", 1, "'roles'", "missing"),
        ]
        for text, line, *words in table:
            with self.subTest(text=text):
                self.write(access=text)
                self.check_refused(f"access.yaml:{line}:", *words)

    def test_a_bad_scenario_catalogue(self):
        with open(f"{DATA}/support/scenarios.json", encoding="utf-8") as file:
            good = file.read()
        wrong = good.replace('"hours"', '"hors"', 1)
        table = [
            ("{", 1), ("[]", 1), ("{}", 1), ('{\n"scenaros": 1}', 2, "scenaros: is not a known member"),
            (wrong, self.line_of(wrong, "hors"), "'hors' is not a unit of time"),
        ]
        for text, line, *words in table:
            with self.subTest(text=text[:40]):
                self.write(GOOD.replace("{data}/support/scenarios.json", "scenarios.json"))
                (self.directory / "scenarios.json").write_text(text)
                self.check_refused(f"scenarios.json:{line}: ", *words)

    def test_a_bad_calendar(self):
        with open(f"{DATA}/calendar/2026.json", encoding="utf-8") as file:
            good = file.read()
        wrong = good.replace('"2026-02-14"', '"2026-02-30"')
        table = [
            ("{", 1), ("{}", 1, "'year'"), ('{"year":\n2026}', 1, "'version' must be a text, and is missing"),
            (wrong, self.line_of(wrong, "2026-02-30"), "'worked_days.1'", "2026-02-30"),
        ]
        for text, line, *words in table:
            with self.subTest(text=text[:40]):
                (self.directory / "calendar").mkdir(exist_ok=True)
                (self.directory / "calendar" / "2026.json").write_text(text)
                self.write(GOOD.replace("{data}/calendar", "calendar"))
                self.check_refused(f"2026.json:{line}: ", *words)

    def test_the_command_line_wants_exactly_one_way(self):
        for arguments in ((), ("--dev", "a", "--config", "b"), ("--nonsense",), ("extra",), ("--config",)):
            with self.subTest(arguments=arguments):
                finished = self.run_daemon(*arguments)
                self.assertNotEqual(finished.returncode, 0)
                self.assertTrue(finished.stderr)

    def test_help_and_version(self):
        self.assertEqual(self.run_daemon("--help").returncode, 0)
        self.assertRegex(self.run_daemon("--version").stdout, r"^\d+\.\d+\.\d+\n$")


class ShownTests(DaemonTestCase):
    """What `system.config` tells of a running daemon."""

    CONFIG = GOOD.replace("origin: stationd.test/audit", 'origin: "%H/audit"') + """
sockets: {administrator: {path: {dir}/admin.sock}}
plugins:
  notify: {program: {dir}/notify, enabled: false, environment: {TOKEN: hushed}}
"""
    ACCESS = f"""
roles: {{all: {{methods: ["*"], scope: all, class: administrator}}}}
bindings: [{{user: "{os.getuid()}", roles: [all]}}]
"""

    def on_admin(self, method):
        with Client(self.daemon.directory / "admin.sock") as client:
            return client.call(method)

    def values(self):
        return {value["key"]: value for value in self.on_admin("system.config")["values"]}

    def test_what_needs_a_restart_is_shown_as_it_holds(self):
        path = self.daemon.directory / "stationd.yaml"
        good = path.read_text()
        self.addCleanup(path.write_text, good)
        before = self.values()
        path.write_text("# A line more.\n" + good.replace("%H/audit", "other.test/audit").replace("TOKEN", "NAME")
                        + "zone_offset_minutes: 0\nlimits: {depth: 50}\n")
        report = self.on_admin("system.reload")
        self.assertEqual([change["key"] for change in report["changed"]], ["limits.depth"])
        self.assertEqual({change["key"] for change in report["needs_restart"]}, {"origin", "zone_offset_minutes"})
        after = self.values()
        for key in ("origin", "zone_offset_minutes", "socket"):
            self.assertEqual(after[key], before[key])
        self.assertEqual(after["limits.depth"]["value"], "50")
        self.assertEqual(after["plugins.notify.environment"]["value"], "NAME")

    def test_values_are_shown_as_they_hold(self):
        values = self.values()
        self.assertRegex(values["origin"]["value"], "^[^%]+/audit$")
        self.assertEqual(values["master_key"]["value"], f"{self.daemon.directory}/master.key")
        self.assertEqual(values["plugins.notify.program"]["value"], f"{self.daemon.directory}/notify")
        self.assertEqual({key.split(".")[1] for key in values if key.startswith("plugins.")}, {"notify"})
        self.assertNotIn("hushed", json.dumps(values))

    def test_the_development_profile_is_shown(self):
        daemon = self.new_daemon().start()
        values = {value["key"]: value for value in daemon.call("system.config")["values"]}
        self.assertEqual(values["state"]["value"], str(daemon.directory))
        self.assertEqual({value["source"] for value in values.values()}, {"development profile"})

    def test_who_connects_first_is_told_all_of_it_and_may_reload(self):
        daemon = self.new_daemon()
        for _ in range(12):
            daemon.spawn()
            client = socket.socket(socket.AF_UNIX)
            with client:
                while client.connect_ex(str(daemon.socket_path)):
                    self.assertIsNone(daemon.process.poll(), "the daemon has ended")
                client.sendall(b'{"jsonrpc":"2.0","id":1,"method":"system.config"}\n'
                               b'{"jsonrpc":"2.0","id":2,"method":"system.reload"}\n')
                answers = {}
                with client.makefile() as lines:
                    while len(answers) < 2:
                        answer = json.loads(lines.readline())
                        answers[answer["id"]] = answer["result"]
            self.assertIn("origin", {value["key"] for value in answers[1]["values"]})
            self.assertEqual(answers[2], {"changed": [], "needs_restart": []})
            daemon.stop()

    def test_a_reload_in_development_tells_what_it_changed(self):
        rules = "roles: {all: {methods: [%s], scope: all}}\nbindings: [{user: '1', roles: [all]}]\n"
        daemon = self.new_daemon(access=rules % "support.list").start()
        self.assertEqual(daemon.call("system.reload"), {"changed": [], "needs_restart": []})
        (daemon.directory / "access.yaml").write_text(rules % "support.get")
        self.assertEqual(daemon.call("system.reload")["changed"], [
            {"key": "access: roles.all.methods", "from": "support.list", "to": "support.get"}])


class StateTests(DaemonTestCase):
    def test_a_log_keeps_its_name_and_a_new_one_is_told_of(self):
        daemon = self.new_daemon(config=GOOD, access=GOOD_ACCESS).start()
        self.assertNotIn("origin", [problem["part"] for problem in daemon.call("system.health")["problems"]])
        self.assertEqual(daemon.stop(), 0)
        path = daemon.directory / "stationd.yaml"
        text = path.read_text().replace("stationd.test/audit", "other.example/audit")
        path.write_text(text)
        line = next(number for number, line in enumerate(text.splitlines(), 1) if line.startswith("origin:"))
        doubt = f"{path}:{line}: warning: 'origin': the log of this state has the name 'stationd.test/audit'"
        checked = subprocess.run([STATIOND, "--check-config", str(path)], capture_output=True, text=True, timeout=20,
                                 env=daemon.environment)
        self.assertEqual(checked.returncode, 0, checked.stderr)
        self.assertIn(doubt, checked.stderr)
        daemon.start()
        self.assertIn(doubt, daemon.log)
        self.assertEqual(daemon.call("system.info")["log_origin"], "stationd.test/audit")
        self.assertIn(("origin", "changed", "warning"),
                      [(problem["part"], problem["kind"], problem["severity"])
                       for problem in daemon.call("system.health")["problems"]])
        self.assertIn(("origin", "warn"), [(finding["check"], finding["level"])
                                        for finding in daemon.call("system.doctor")["findings"]])

    def test_a_second_daemon_on_the_same_state_is_refused_at_once(self):
        second = Daemon(directory=self.daemon.directory)
        second.log_path = self.daemon.directory / "second.log"
        second.spawn()
        self.addCleanup(second.kill)
        self.assertGreater(second.wait_end(5), 0)
        self.assertTrue(second.log.strip())
        with self.connect() as client:
            self.assertIn("now", client.call("system.ping"))

    def test_the_first_daemon_keeps_its_socket_when_the_state_is_another(self):
        first = self.new_daemon(config=GOOD, access=GOOD_ACCESS).start()
        text = GOOD.replace("{dir}/state", str(first.directory / "other-state")).replace(
            "{dir}/stationd.sock", first.socket_path
        )
        second = self.new_daemon(config=text, access=GOOD_ACCESS).spawn()
        self.assertGreater(second.wait_end(10), 0)
        self.assertIn("now", first.call("system.ping"))

    def test_a_stale_socket_is_replaced(self):
        daemon = self.new_daemon().start()
        daemon.kill()
        self.assertTrue(os.path.exists(daemon.socket_path))
        daemon.start()
        self.assertIn("now", daemon.call("system.ping"))

    def test_an_orderly_stop_removes_the_socket_and_ends_well(self):
        daemon = self.new_daemon().start()
        self.assertEqual(daemon.stop(), 0)
        self.assertFalse(os.path.exists(daemon.socket_path))

    def test_a_signal_right_after_the_socket_is_there_is_not_lost(self):
        for number, order in [
            (number, order) for number in (signal.SIGTERM, signal.SIGINT) for order in range(20)
        ]:
            with self.subTest(signal=number, order=order):
                daemon = self.new_daemon().start()
                daemon.process.send_signal(number)
                self.assertEqual(daemon.wait_end(5), 0)
                daemon.remove()

    def test_a_file_in_place_of_the_socket_is_left_alone(self):
        daemon = self.new_daemon()
        with open(daemon.socket_path, "w", encoding="utf-8") as file:
            file.write("precious")
        daemon.spawn()
        self.assertGreater(daemon.wait_end(10), 0)
        with open(daemon.socket_path, encoding="utf-8") as file:
            self.assertEqual(file.read(), "precious")

    def test_a_start_that_fails_late_ends_in_order(self):
        """One socket is made; the other one is another process's. By then the store runs."""
        daemon = self.new_daemon(config=GOOD + "sockets: {auditor: {path: {dir}/taken.sock}}\n", access=GOOD_ACCESS)
        with socket.socket(socket.AF_UNIX) as taken:
            taken.bind(str(daemon.directory / "taken.sock"))
            taken.listen()
            for attempt in range(20):
                with self.subTest(attempt=attempt):
                    self.assertEqual(daemon.spawn().wait_end(10), 1, daemon.log)
        self.assertIn("'sockets.auditor.path'", daemon.log)
        self.assertIn("another process answers there", daemon.log)
        self.assertFalse(os.path.exists(daemon.socket_path))
        self.assertIn("now", daemon.start().call("system.ping"))

    def test_a_store_of_a_newer_version_is_refused_and_untouched(self):
        daemon = self.new_daemon().start()
        daemon.call("support.scenarios")
        self.assertEqual(daemon.stop(), 0)
        [path] = self.databases(daemon.directory)
        database = sqlite3.connect(path)
        database.execute("INSERT INTO grdb_migrations (identifier) VALUES ('9999-from-the-future')")
        database.commit()
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        database.close()
        before = self.contents(daemon.directory)
        daemon.spawn()
        self.assertGreater(daemon.wait_end(10), 0)
        self.assertIn("newer", daemon.log.lower())
        self.assertEqual(self.contents(daemon.directory), before)

    def databases(self, directory):
        found = []
        for path in directory.iterdir():
            if path.is_file():
                with open(path, "rb") as file:
                    if file.read(16) == b"SQLite format 3\0":
                        found.append(path)
        return found

    def contents(self, directory):
        """What there is beside the log of the run; an empty WAL and its index are as good as none."""
        return {
            path.name: path.read_bytes()
            for path in directory.iterdir()
            if path.is_file()
            and path.suffix not in (".log", ".lock")
            and not path.name.endswith("-shm")
            and not (path.name.endswith("-wal") and path.stat().st_size == 0)
        }

    def test_what_make_run_makes_is_for_the_owner_only(self):
        home = new_directory()
        self.addCleanup(shutil.rmtree, home, ignore_errors=True)
        state = home / "a" / "dev"
        run = subprocess.Popen(
            ["sh", REPOSITORY / "Tools" / "run.sh", os.path.dirname(os.path.abspath(STATIOND)), state],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=dict(os.environ, STATIOND_DATA=DATA),
            start_new_session=True)
        try:
            wait_until(lambda: (state / "stationd.sock").exists(), "a daemon")
            self.assertEqual(state.stat().st_mode & 0o777, 0o700)
        finally:
            os.killpg(run.pid, signal.SIGTERM)
            run.wait(20)

    def test_secrets_are_for_the_owner_only(self):
        for path in self.daemon.directory.iterdir():
            if path.suffix in (".log",) or path.name == "stationd.sock":
                continue
            with self.subTest(path.name):
                self.assertEqual(path.stat().st_mode & 0o077, 0)


if __name__ == "__main__":
    unittest.main()
