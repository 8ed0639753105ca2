"""Plugins in processes of their own: life cycle, trust, and every fault that one can make."""

import contextlib
import json
import os
import pwd
import re
import shutil
import signal
import subprocess
import tempfile
import time
import unittest
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from harness import REPOSITORY, STATIONCTL, CallError, Daemon, run_ctl, wait_until
from test_framing import CONFIG

HERE = Path(__file__).resolve().parent
HOSTILE = HERE / "plugins" / "hostile.py"
KIT = REPOSITORY / "Plugins" / "python"
GOOD = HERE / "plugins" / "notes.py"

# Quick, so that a fault's whole course fits into a test.
LIMITS = ("{call_ms: 700, grace_ms: 300, start_ms: 1500, drain_ms: 1000, first_back_off_ms: 30,"
          " longest_back_off_ms: 100, restarts: 4, memory_mib: 256}")
# Within which a caller hears that its plugin failed, in seconds: call_ms, grace_ms, and the machine's load.
STATED = 4.0


def entry(name, program, arguments=(), **keys):
    lines = [f"{name}:", f"  program: {program}", f"  arguments: [{', '.join(arguments)}]", f"  limits: {LIMITS}"]
    lines += [f"  {key}: {value}" for key, value in keys.items()]
    return "\n".join(lines) + "\n"


class PluginDaemon(Daemon):
    """A development daemon whose plugins.yaml is `plugins`."""

    def __init__(self, plugins, **options):
        super().__init__(**options)
        self.configure(plugins)

    def configure(self, plugins):
        (self.directory / "plugins.yaml").write_text(plugins)

    def state(self, name):
        return self.call("plugin.show", {"name": name})

    def wait_state(self, name, *states):
        def reached():
            # Unknown until the record of its start is on disk.
            with contextlib.suppress(CallError):
                found = self.state(name)
                return found["state"] in states and found

        return wait_until(reached, f"{name}: {states}")


def hostile(name, fault="none", where="call", **keys):
    return entry(name, HOSTILE, (name, fault, where), **keys)


class Faults(unittest.TestCase):
    """Three plugins, of which the first, the middle or the last is the culprit."""

    NAMES = ("aa", "mm", "zz")

    def setUp(self):
        self.daemon = PluginDaemon("".join(hostile(name) for name in self.NAMES))
        self.daemon.start()
        self.addCleanup(self.daemon.remove)
        for name in self.NAMES:
            self.daemon.wait_state(name, "ready")

    def culprits(self):
        for culprit in self.NAMES:
            with self.subTest(culprit=culprit):
                for name in self.NAMES:
                    if self.daemon.wait_state(name, "ready", "quarantined")["state"] == "quarantined":
                        self.daemon.call("plugin.start", {"name": name})
                yield culprit, [name for name in self.NAMES if name != culprit]

    def others_serve(self, others):
        self.assertTrue(self.daemon.call("system.health")["ok"])
        for name in others:
            self.assertEqual(self.daemon.call(f"{name}.do"), {})

    def fails(self, fault, kinds, ends):
        """The call fails with one of `kinds` in the stated time; `ends`: and the process with it."""
        for culprit, others in self.culprits():
            before = self.daemon.state(culprit)
            started = time.monotonic()
            with self.daemon.connect() as client:
                number = client.begin(f"{culprit}.do", {"fault": fault})
                self.others_serve(others)
                with self.assertRaises(CallError) as raised:
                    client.finish(number)
            self.assertIn(raised.exception.kind, kinds)
            self.assertLess(time.monotonic() - started, STATED)
            if raised.exception.kind == "unavailable":
                self.assertGreater(raised.exception.data["retry_after_ms"], 0)
            if ends:
                after = wait_until(lambda: (found := self.daemon.state(culprit)).get("pid") != before["pid"] and found,
                                   "another process")
                self.assertGreater(after["faults"], before["faults"])
                self.daemon.wait_state(culprit, "ready", "quarantined")
                wait_until(lambda: not os.path.exists(f"/proc/{before['pid']}"), "the end of the old process")
            else:
                after = self.daemon.state(culprit)
                self.assertEqual(after["pid"], before["pid"])
                self.assertGreater(after["faults"], before["faults"])
                self.assertEqual(self.daemon.call(f"{culprit}.do"), {})
            self.others_serve(others)

    def test_a_crash(self):
        self.fails("crash", ["unavailable"], ends=True)

    def test_an_exit(self):
        self.fails("exit", ["unavailable"], ends=True)

    def test_a_closed_descriptor(self):
        self.fails("close", ["unavailable"], ends=True)

    def test_a_hang(self):
        self.fails("hang", ["unavailable"], ends=True)

    def test_a_busy_loop(self):
        self.fails("spin", ["unavailable"], ends=True)

    def test_garbage(self):
        self.fails("garbage", ["unavailable"], ends=True)

    def test_json_that_is_not_rpc(self):
        self.fails("not_rpc", ["unavailable"], ends=True)

    def test_half_a_frame(self):
        self.fails("half", ["unavailable"], ends=True)

    def test_a_huge_frame(self):
        self.fails("huge", ["unavailable"], ends=True)

    def test_a_wrong_id(self):
        self.fails("wrong_id", ["unavailable"], ends=True)

    def test_a_flood_of_requests(self):
        self.fails("flood", ["unavailable"], ends=True)

    def test_too_much_memory(self):
        self.fails("memory", ["unavailable"], ends=True)

    def test_another_program(self):
        self.fails("exec", ["unavailable"], ends=True)

    def test_an_undeclared_write(self):
        self.fails("undeclared_write", ["internal_error"], ends=False)

    def test_a_body_that_does_not_fit(self):
        self.fails("bad_schema", ["internal_error"], ends=False)

    def test_a_number_that_was_not_given(self):
        self.fails("made_up_number", ["internal_error"], ends=False)

    def test_numbers_out_of_their_turn(self):
        self.fails("swapped_numbers", ["internal_error"], ends=False)

    def test_an_operation_that_a_read_came_with_and_the_answer_does_not(self):
        self.fails("dropped_operation", ["internal_error"], ends=False)

    def test_a_result_that_does_not_fit(self):
        self.fails("bad_result", ["internal_error"], ends=False)

    def test_an_answer_without_a_result(self):
        self.fails("no_result", ["internal_error"], ends=False)

    def test_forged_tokens_end_it(self):
        self.fails("forged_token", ["unavailable"], ends=True)

    def test_an_answer_twice_ends_it_and_the_first_one_counts(self):
        for culprit, others in self.culprits():
            before = self.daemon.state(culprit)
            self.assertEqual(self.daemon.call(f"{culprit}.do", {"fault": "twice"}), {})
            wait_until(lambda: self.daemon.state(culprit).get("pid") != before["pid"], "another process")
            self.others_serve(others)
            self.daemon.wait_state(culprit, "ready", "quarantined")

    def test_a_token_kept_beyond_its_call_is_refused(self):
        for culprit, _ in self.culprits():
            self.assertEqual(self.daemon.call(f"{culprit}.do", {"fault": "kept_token"}), {})
            wait_until(lambda: "kept token: denied" in json.dumps(self.daemon.call("plugin.logs", {"name": culprit})),
                       "the refusal")

    def test_what_is_kept_and_may_not_be(self):
        for fault in ("kept_undeclared", "kept_nonsense"):
            self.fails(fault, ["internal_error"], ends=False)

    def test_a_failed_operation_undoes_those_before_it(self):
        for culprit, others in self.culprits():
            for _ in range(2):
                # already_exists at the second time would show that the first half stayed.
                with self.assertRaises(CallError) as raised:
                    self.daemon.call(f"{culprit}.do", {"fault": "wrong_version"})
                self.assertEqual(raised.exception.kind, "not_found")
            self.others_serve(others)

    def test_noise_on_stdout_is_bounded(self):
        for culprit, others in self.culprits():
            before = self.daemon.state(culprit)
            with self.daemon.connect() as client:
                number = client.begin(f"{culprit}.do", {"fault": "noise"})
                self.others_serve(others)
                try:
                    client.finish(number)
                except CallError as error:
                    # It hangs where it prints, and is ended for that.
                    self.assertEqual(error.kind, "unavailable")
                    wait_until(lambda: self.daemon.state(culprit).get("pid") != before["pid"], "another process")
            lines = self.daemon.call("plugin.logs", {"name": culprit, "limit": 500})["items"]
            self.assertLessEqual(max(len(line["text"]) for line in lines), 2100)
            self.assertNotIn("\x1b", json.dumps(lines, ensure_ascii=False))
        self.assertLess(len(self.daemon.log), 4 << 20)

    def test_a_fork_bomb_starts_nothing(self):
        for culprit, others in self.culprits():
            self.assertEqual(self.daemon.call(f"{culprit}.do", {"fault": "fork"}), {})
            wait_until(lambda: "forked 0" in json.dumps(self.daemon.call("plugin.logs", {"name": culprit})), "the count")
            self.others_serve(others)

    def test_the_list_is_paged_in_both_orders(self):
        for order, names in (("asc", self.NAMES), ("desc", self.NAMES[::-1])):
            found, cursor = [], {}
            while True:
                page = self.daemon.call("plugin.list", {"order": order, "limit": 1} | cursor)
                found += [item["name"] for item in page["items"] if item["name"] in self.NAMES]
                if "next" not in page:
                    break
                cursor = {"cursor": page["next"]}
            self.assertEqual(found, list(names))

    def test_repeated_failures_end_in_quarantine_and_a_person_ends_that(self):
        culprit = "mm"
        kinds = set()
        while self.daemon.state(culprit)["state"] != "quarantined":
            try:
                self.daemon.call(f"{culprit}.do", {"fault": "exit"})
            except CallError as error:
                kinds.add(error.kind)
            time.sleep(0.005)
        self.assertEqual(kinds, {"unavailable"})
        self.assertIn("exited with 3", self.daemon.state(culprit)["reason"])
        with self.assertRaises(CallError) as raised:
            self.daemon.call(f"{culprit}.do")
        self.assertEqual((raised.exception.kind, raised.exception.data["state"]), ("unavailable", "quarantined"))
        self.others_serve(["aa", "zz"])
        self.daemon.call("plugin.start", {"name": culprit})
        self.others_serve(self.NAMES)


class Reads(unittest.TestCase):
    """What the writer does again for a plugin is bounded."""

    def setUp(self):
        self.daemon = PluginDaemon(hostile("aa"))
        self.daemon.start()
        self.addCleanup(self.daemon.remove)
        self.daemon.wait_state("aa", "ready")

    def test_a_write_that_reads_too_many_rows_is_told_so(self):
        self.daemon.call("aa.do", {"fault": "fill"})
        told = self.daemon.call("aa.do", {"fault": "greedy"})["told"]
        self.assertEqual(told, [6_000] * 8 + ["answer_too_large"] * 2)
        self.assertEqual(self.daemon.state("aa")["faults"], 0)

    def test_rehearsals_that_are_asked_for_at_once_are_all_done(self):
        counts = self.daemon.call("aa.do", {"fault": "rehearse"})["counts"]
        self.assertEqual(counts, [[number, 50] for number in range(20)])


class Numbers(unittest.TestCase):
    """Who has asked for a number often enough is told the next one with the call."""

    def setUp(self):
        self.daemon = PluginDaemon(hostile("aa"))
        self.daemon.start()
        self.addCleanup(self.daemon.remove)
        self.daemon.wait_state("aa", "ready")
        self.expected = 0

    def take(self):
        """Takes the next number; whether it was told unasked."""
        self.expected += 1
        told = self.daemon.call("aa.do", {"fault": "number"})
        self.assertEqual(told["value"], self.expected)
        return told["foretold"]

    def test_after_a_hundred_calls_that_take_one(self):
        self.assertEqual([self.take() for _ in range(103)], [False] * 100 + [True] * 3)
        # One that takes none ends that, and no number is lost.
        self.assertTrue(self.daemon.call("aa.do", {"fault": "leave_number"})["foretold"])
        self.assertEqual([self.take() for _ in range(102)], [False] * 100 + [True] * 2)
        # A call that fails, too.
        with self.assertRaises(CallError):
            self.daemon.call("aa.do", {"fault": "bad_result"})
        self.assertFalse(self.take())

    def test_a_refusal_that_came_of_numbers_taken_back_is_not_the_answer(self):
        with self.daemon.connect() as client:
            first, behind = [client.begin("aa.do", {"fault": fault}) for fault in ("give_back", "number")]
            with self.assertRaises(CallError) as refused:
                client.finish(first)
            self.assertEqual(refused.exception.kind, "not_found")
            self.assertEqual(client.finish(behind)["value"], 1)
        self.assertIn("taken [2, 1, 2]", json.dumps(self.daemon.call("plugin.logs", {"name": "aa"})))

    def test_who_asks_although_it_was_told_one_gets_the_next_in_turn(self):
        for _ in range(101):
            self.take()
        self.expected += 1
        self.assertEqual(self.daemon.call("aa.do", {"fault": "ask_number"})["value"], self.expected)
        self.assertEqual(self.daemon.state("aa")["faults"], 0)
        self.take()

    def test_a_crowd_gets_each_number_once_although_some_leave_theirs(self):
        for _ in range(101):
            self.take()
        values, kinds = [], []

        def run(place):
            with self.daemon.connect() as client:
                for turn in range(60):
                    fault = "leave_number" if (turn * 7 + place) % 149 == 0 else "number"
                    try:
                        value = client.call("aa.do", {"fault": fault})["value"]
                    except CallError as error:
                        kinds.append(error.kind)
                        continue
                    if fault == "number":
                        values.append(value)

        with ThreadPoolExecutor(96) as crowd:
            list(crowd.map(run, range(96)))
        self.assertEqual(kinds, [])
        self.assertEqual(sorted(values), list(range(self.expected + 1, self.expected + 1 + len(values))))


class Starting(unittest.TestCase):
    """Faults while a plugin starts or ends: the core and the other plugins do not notice."""

    def check(self, fault, where, states):
        for culprit in ("aa", "mm", "zz"):
            with self.subTest(culprit=culprit):
                names = ("aa", "mm", "zz")
                plugins = "".join(hostile(name, *((fault, where) if name == culprit else ())) for name in names)
                with PluginDaemon(plugins) as daemon:
                    for name in names:
                        if name != culprit:
                            daemon.wait_state(name, "ready")
                    with self.assertRaises(CallError) as raised:
                        daemon.call(f"{culprit}.do")
                    self.assertEqual(raised.exception.kind, "unavailable")
                    daemon.wait_state(culprit, *states)
                    for name in names:
                        if name != culprit:
                            self.assertEqual(daemon.call(f"{name}.do"), {})
                    self.assertTrue(daemon.call("system.health")["ok"])

    def test_faults_at_the_manifest(self):
        for fault in ("crash", "exit", "garbage", "half", "huge", "wrong_id", "hang"):
            with self.subTest(fault=fault):
                self.check(fault, "manifest", ["failed", "quarantined"])

    def test_faults_at_init(self):
        for fault in ("crash", "garbage", "twice", "hang"):
            with self.subTest(fault=fault):
                self.check(fault, "init", ["failed", "quarantined"])

    def test_faults_before_ready(self):
        for fault in ("exit", "garbage", "wrong_id"):
            with self.subTest(fault=fault):
                self.check(fault, "ready", ["failed", "quarantined"])

    def test_a_slow_start_is_waited_for(self):
        with PluginDaemon(hostile("aa", "slow", "manifest")) as daemon:
            with self.assertRaises(CallError) as raised:
                daemon.call("aa.do")
            self.assertEqual(raised.exception.kind, "unavailable")
            daemon.wait_state("aa", "ready")
            self.assertEqual(daemon.call("aa.do"), {})

    def test_faults_while_draining(self):
        for fault in ("crash", "exit", "garbage", "hang", "half"):
            with self.subTest(fault=fault), PluginDaemon(hostile("aa", fault, "drain") + hostile("bb")) as daemon:
                daemon.wait_state("aa", "ready")
                daemon.wait_state("bb", "ready")
                started = time.monotonic()
                self.assertEqual(daemon.call("plugin.stop", {"name": "aa"})["state"], "stopped")
                self.assertLess(time.monotonic() - started, STATED)
                self.assertEqual(daemon.call("bb.do"), {})

    def test_a_start_overtakes_a_stop(self):
        with PluginDaemon(hostile("aa", "hang", "drain")) as daemon, daemon.connect() as client:
            daemon.wait_state("aa", "ready")
            stop = client.begin("plugin.stop", {"name": "aa"})
            daemon.wait_state("aa", "draining", "stopped")
            self.assertEqual(daemon.call("plugin.start", {"name": "aa"})["state"], "ready")
            # Who stopped it hears what became of that.
            self.assertIn(client.finish(stop)["state"], ("loading", "ready", "stopped"))
            self.assertEqual(daemon.call("aa.do"), {})

    def test_a_second_stop_waits_for_the_end_too(self):
        with PluginDaemon(hostile("aa", "hang", "drain")) as daemon, daemon.connect() as client:
            pid = daemon.wait_state("aa", "ready")["pid"]
            first = client.begin("plugin.stop", {"name": "aa"})
            daemon.wait_state("aa", "draining", "stopped")
            self.assertEqual(daemon.call("plugin.stop", {"name": "aa"})["state"], "stopped")
            self.assertFalse(os.path.exists(f"/proc/{pid}"))
            self.assertEqual(client.finish(first)["state"], "stopped")

    def test_a_stop_ends_a_reload(self):
        with PluginDaemon(hostile("aa")) as daemon, daemon.connect() as client:
            daemon.wait_state("aa", "ready")
            daemon.configure(hostile("aa", "hang", "init").replace("start_ms: 1500", "start_ms: 60000"))
            reload = client.begin("plugin.reload", {"name": "aa"})
            wait_until(lambda: "loading: reload" in daemon.log, "the second process")
            self.assertEqual(daemon.call("plugin.stop", {"name": "aa"})["state"], "stopped")
            with self.assertRaises(CallError) as raised:
                client.finish(reload)
            self.assertIn("stopped by a person", raised.exception.message)
            daemon.configure(hostile("aa"))
            self.assertEqual(daemon.call("plugin.reload", {"name": "aa"})["state"], "ready")

    def test_a_process_that_ends_during_a_reload_is_followed_by_the_new_one_alone(self):
        with PluginDaemon(hostile("aa")) as daemon, daemon.connect() as client:
            pid = daemon.wait_state("aa", "ready")["pid"]
            daemon.configure(hostile("aa", "slow", "init"))
            reload = client.begin("plugin.reload", {"name": "aa"})
            wait_until(lambda: "loading: reload" in daemon.log, "the second process")
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
            self.assertEqual(client.finish(reload)["state"], "ready")
            self.assertEqual(daemon.log.count("plugin=aa stream=info text=loading: "), 2)

    def test_an_end_while_draining_is_told(self):
        with PluginDaemon(hostile("aa", "exit", "drain")) as daemon:
            daemon.wait_state("aa", "ready")
            daemon.call("plugin.reload", {"name": "aa"})
            what = "a process that was to end (reloaded): exited with 3"
            wait_until(lambda: what in json.dumps(daemon.call("plugin.logs", {"name": "aa"})), "the line")
            wait_until(lambda: "plugin:aa:failed" in [
                item["method"] for item in daemon.call("audit.tail", {"limit": 20})["items"]], "the record")
            self.assertEqual(daemon.state("aa")["state"], "ready")

    def test_a_caller_whose_process_ends_while_draining_hears_so(self):
        patient = hostile("aa", "exit", "drain").replace("call_ms: 700", "call_ms: 20000")
        with PluginDaemon(patient) as daemon, daemon.connect() as client:
            daemon.wait_state("aa", "ready")
            number = client.begin("aa.do", {"fault": "ignore"})
            wait_until(lambda: "ignored" in json.dumps(daemon.call("plugin.logs", {"name": "aa"})), "the call")
            daemon.call("plugin.reload", {"name": "aa"})
            with self.assertRaises(CallError) as raised:
                client.finish(number)
            self.assertEqual(raised.exception.kind, "unavailable")
            self.assertIn("that had the call ended", raised.exception.message)

    def test_a_manifest_that_is_too_long_to_tell_everybody(self):
        with PluginDaemon(hostile("aa", "verbose", "none") + hostile("bb")) as daemon:
            found = daemon.wait_state("aa", "quarantined", "ready")
            self.assertIn("the description of its methods", found["reason"])
            self.assertEqual(run_ctl("bb", "do", socket_path=daemon.socket_path).returncode, 0)
            # Nor is one that was kept before.
            daemon.stop()
            kept = json.loads((daemon.directory / "plugins" / "bb" / "manifest.json").read_text())
            example = dict(kept["methods"][0]["examples"][0], result={"x": "x" * 20_500})
            kept["methods"] = [dict(kept["methods"][0], name=f"m{place}", examples=[example]) for place in range(190)]
            (daemon.directory / "plugins" / "aa").mkdir(exist_ok=True)
            (daemon.directory / "plugins" / "aa" / "manifest.json").write_text(json.dumps(dict(kept, name="aa")))
            daemon.configure(entry("aa", "/nowhere/at/all") + hostile("bb"))
            daemon.start()
            daemon.wait_state("bb", "ready")
            self.assertEqual(run_ctl("bb", "do", socket_path=daemon.socket_path).returncode, 0)
            self.assertIn("a plugin's last manifest is not used", daemon.log)

    def test_a_program_that_is_not_there(self):
        with PluginDaemon(entry("aa", "/nowhere/at/all")) as daemon:
            found = daemon.wait_state("aa", "quarantined")
            self.assertIn("/nowhere/at/all", found["reason"])

    def test_an_interpreter_that_is_not_there(self):
        with PluginDaemon("") as daemon:
            program = daemon.directory / "bad"
            program.write_text("#!/some/bad/interpreter\n")
            program.chmod(0o755)
            daemon.configure(entry("aa", program))
            with self.assertRaises(CallError) as raised:
                daemon.call("plugin.start", {"name": "aa"})
            self.assertEqual(raised.exception.kind, "wrong_state")
            self.assertIn("No such file", raised.exception.message)


class Events(unittest.TestCase):
    """A plugin that does not answer an event: the stream goes on with the process that can."""

    UNIT = {"id": "st-77", "kind": "station", "name": {"en": "New", "zh": "新"}, "parent": "bureau"}

    @staticmethod
    def listener(fault="none", **limits):
        entry = hostile("aa", fault, "event", grants="{events: [directory.unit_changed]}")
        for name, value in limits.items():
            entry = re.sub(rf"{name}: \d+", f"{name}: {value}", entry)
        return entry

    def start(self, plugins):
        """With an event that the plugin has."""
        self.daemon = PluginDaemon(plugins)
        self.daemon.start()
        self.addCleanup(self.daemon.remove)
        self.daemon.wait_state("aa", "ready")
        self.daemon.call("directory.unit.put", self.UNIT)

    def lines(self):
        return [line["text"] for line in self.daemon.call("plugin.logs", {"name": "aa", "limit": 500})["items"]]

    def test_one_that_is_never_answered_ends_the_process(self):
        self.start(self.listener("ignore"))
        wait_until(lambda: "hangs: no answer to event" in self.daemon.log, "the end of the process")
        self.daemon.wait_state("aa", "ready")
        self.daemon.configure(self.listener())
        self.daemon.call("plugin.reload", {"name": "aa"})
        wait_until(lambda: "told of directory.unit_changed" in self.lines(), "the event")

    def test_the_next_process_is_told_of_one_that_the_former_had(self):
        for act in ("reload", "stop"):
            with self.subTest(act=act):
                self.start(self.listener("ignore", call_ms=60_000))
                wait_until(lambda: "ignored" in self.lines(), "the event")
                self.daemon.configure(self.listener())
                self.daemon.call(f"plugin.{act}", {"name": "aa"})
                self.daemon.call("plugin.start", {"name": "aa"})
                wait_until(lambda: "told of directory.unit_changed" in self.lines(), "the event")

    def test_one_that_ends_the_process_is_tried_later_each_time(self):
        self.start(self.listener("exit", restarts=20))
        started = time.monotonic()
        wait_until(lambda: self.daemon.state("aa")["faults"] == 3, "three tries")
        # After one second, and two more; without them the process would be started and ended all the time.
        self.assertGreater(time.monotonic() - started, 2.5)
        self.assertNotEqual(self.daemon.state("aa")["state"], "quarantined")


class LifeCycle(unittest.TestCase):
    def setUp(self):
        self.daemon = PluginDaemon(entry("notes", GOOD, environment=f"{{PYTHONPATH: {KIT}}}"))
        self.daemon.start()
        self.addCleanup(self.daemon.remove)
        self.daemon.wait_state("notes", "ready")

    def test_a_call_reads_and_writes_as_a_compiled_in_one_does(self):
        first = self.daemon.call("notes.add", {"text": "one", "unit": "u1"})
        self.assertEqual(first, {"id": "N-1"})
        self.assertEqual(self.daemon.call("notes.get", {"id": "N-1"})["text"], "one")
        again = self.daemon.call("notes.add", {"text": "two", "unit": "u1"}, idempotency_key="k")
        self.assertEqual(self.daemon.call("notes.add", {"text": "two", "unit": "u1"}, idempotency_key="k"), again)
        with self.assertRaises(CallError) as raised:
            self.daemon.call("notes.add", {"text": "three", "unit": "u1"}, idempotency_key="k")
        self.assertEqual(raised.exception.kind, "idempotency_mismatch")
        self.assertEqual(self.daemon.call("notes.count", {"unit": "u1"}), {"n": 2})
        newest = self.daemon.call("audit.tail")["items"]
        self.assertIn("notes.add", [item["method"] for item in newest])

    def test_a_replay_is_answered_also_while_the_plugin_is_stopped(self):
        first = self.daemon.call("notes.add", {"text": "x", "unit": "u"}, idempotency_key="k")
        self.daemon.call("plugin.stop", {"name": "notes"})
        self.assertEqual(self.daemon.call("notes.add", {"text": "x", "unit": "u"}, idempotency_key="k"), first)

    def test_concurrent_calls_number_without_gaps(self):
        with self.daemon.connect() as client:
            numbers = [client.begin("notes.add", {"text": "t", "unit": "u"}) for _ in range(60)]
            ids = {client.finish(number)["id"] for number in numbers}
        self.assertEqual(ids, {f"N-{n}" for n in range(1, 61)})

    def test_concurrent_changes_of_one_record_lose_none(self):
        self.daemon.call("notes.add", {"text": "0", "unit": "u"})
        with self.daemon.connect() as client:
            numbers = [client.begin("notes.bump", {"id": "N-1"}) for _ in range(20)]
            done = 0
            for number in numbers:
                try:
                    client.finish(number)
                    done += 1
                except CallError as error:
                    self.assertEqual(error.kind, "conflict")
        self.assertGreater(done, 0)
        self.assertEqual(self.daemon.call("notes.get", {"id": "N-1"})["text"], str(done))

    def test_a_deadline_fires_once_in_the_plugin(self):
        self.daemon.call("notes.remind", {"id": "r1", "at": "2026-12-01T09:00:00+08:00"})
        self.daemon.call("dev.clock.set", {"now": "2026-12-01T10:00:00+08:00"})
        self.assertEqual(self.daemon.call("notes.count", {"unit": "reminders"}), {"n": 1})
        self.daemon.call("dev.clock.set", {"now": "2026-12-02T10:00:00+08:00"})
        self.assertEqual(self.daemon.call("notes.count", {"unit": "reminders"}), {"n": 1})

    def test_an_undeclared_read_is_refused(self):
        with self.assertRaises(CallError) as raised:
            self.daemon.call("notes.peek")
        self.assertEqual(raised.exception.kind, "denied")

    def test_stop_and_start_and_reload_lose_no_call(self):
        answers = []
        with self.daemon.connect() as client:
            for round in range(3):
                numbers = [client.begin("notes.slow") for _ in range(4)]
                time.sleep(0.02)
                self.daemon.call("plugin.reload", {"name": "notes"})
                answers += [client.finish(number) for number in numbers]
        self.assertEqual(answers, [{}] * 12)

    def test_a_reload_that_fails_leaves_the_old_one_serving(self):
        before = self.daemon.state("notes")
        self.daemon.configure(entry("notes", HOSTILE, ("other", "none", "call")))
        with self.assertRaises(CallError) as raised:
            self.daemon.call("plugin.reload", {"name": "notes"})
        self.assertIn("'other'", raised.exception.message)
        after = self.daemon.state("notes")
        self.assertEqual(after["pid"], before["pid"])
        self.assertIn("'other'", after["last_reload"]["problem"])
        self.assertIn("the reload failed", json.dumps(self.daemon.call("plugin.logs", {"name": "notes"})))
        self.daemon.call("notes.add", {"text": "x", "unit": "u"})

    def test_a_reload_whose_index_does_not_fit_the_records_says_so(self):
        self.daemon.configure(hostile("aa"))
        self.daemon.call("plugin.start", {"name": "aa"})
        self.daemon.call("aa.do", {"fault": "fill"})
        self.daemon.configure(hostile("aa", "unique", "none"))
        with self.assertRaises(CallError) as raised:
            self.daemon.call("plugin.reload", {"name": "aa"})
        for word in ("'aa.thing'", "'by_n'"):
            self.assertIn(word, raised.exception.message)
            self.assertIn(word, self.daemon.state("aa")["last_reload"]["problem"])
        self.assertEqual(self.daemon.call("aa.do"), {})

    def test_what_was_stopped_stays_stopped_and_what_ran_runs_after_a_restart(self):
        self.daemon.call("notes.add", {"text": "x", "unit": "u"})
        self.daemon.call("plugin.stop", {"name": "notes"})
        self.daemon.restart()
        self.assertEqual(self.daemon.state("notes")["state"], "stopped")
        with self.assertRaises(CallError) as raised:
            self.daemon.call("notes.add", {"text": "x", "unit": "u"})
        self.assertEqual(raised.exception.kind, "unavailable")
        self.daemon.call("plugin.start", {"name": "notes"})
        self.assertEqual(self.daemon.call("notes.add", {"text": "x", "unit": "u"}), {"id": "N-2"})
        self.daemon.restart()
        self.daemon.wait_state("notes", "ready")

    def test_a_new_plugin_is_added_while_the_daemon_runs(self):
        self.daemon.configure(
            entry("notes", GOOD, environment=f"{{PYTHONPATH: {KIT}}}") + hostile("late"))
        self.daemon.call("plugin.start", {"name": "late"})
        self.assertEqual(self.daemon.call("late.do"), {})
        self.assertIn("late.do", [method["name"] for method in self.daemon.call("rpc.discover")["methods"]])

    def test_the_name_of_a_module_is_refused(self):
        self.daemon.configure(hostile("support"))
        with self.assertRaises(CallError) as raised:
            self.daemon.call("plugin.start", {"name": "support"})
        self.assertEqual(raised.exception.kind, "wrong_state")

    def test_an_entry_that_cannot_be_used_keeps_no_other_from_its_place(self):
        bad = hostile("system") + "typo: {prgram: /bin/true}\nmy-plugin: {program: /bin/true}\n"
        self.daemon.configure(bad + entry("notes", GOOD, environment=f"{{PYTHONPATH: {KIT}}}"))
        self.assertEqual(self.daemon.call("plugin.reload", {"name": "notes"})["state"], "ready")
        self.daemon.restart()
        self.daemon.wait_state("notes", "ready")
        for name, words in (("system", "a module of the daemon"), ("typo", "did you mean 'program'"),
                            ("my-plugin", "a-z, 0-9 and _")):
            self.assertIn(words, self.daemon.wait_state(name, "quarantined")["reason"])
        problems = [problem["part"] for problem in self.daemon.call("system.health")["problems"]]
        for name in ("system", "typo", "my-plugin"):
            self.assertIn(f"plugin:{name}", problems)
        self.daemon.configure("notes: [")
        with self.assertRaises(CallError) as raised:
            self.daemon.call("plugin.reload", {"name": "notes"})
        self.assertIn("not YAML", raised.exception.message)

    def test_one_that_was_never_ready_is_unavailable_and_not_unknown(self):
        self.daemon.configure(hostile("late", "hang", "manifest").replace("start_ms: 1500", "start_ms: 60000")
                              + entry("gone", "/nowhere/at/all"))
        with self.daemon.connect() as client:
            client.begin("plugin.start", {"name": "late"})
            self.daemon.wait_state("late", "loading")
            with self.assertRaises(CallError):
                self.daemon.call("plugin.start", {"name": "gone"})
            for name, state in (("late", "loading"), ("gone", "quarantined")):
                with self.assertRaises(CallError) as raised:
                    self.daemon.call(f"{name}.do")
                self.assertEqual(raised.exception.kind, "unavailable")
                self.assertEqual((raised.exception.data["plugin"], raised.exception.data["state"]), (name, state))
            self.assertEqual(raised.exception.data["retry_after_ms"], 60_000)
        with self.assertRaises(CallError) as raised:
            self.daemon.call("nobody.do")
        self.assertEqual(raised.exception.kind, "method_not_found")

    def test_the_daemon_is_out_of_its_reach(self):
        self.daemon.configure(hostile("bare"))
        self.daemon.call("plugin.start", {"name": "bare"})
        # Root may read any process, and a development daemon hides nothing.
        self.assertEqual(set(self.daemon.call("bare.reach")["reached"]) - {"memory", "descriptors"}, {"itself"})

    def test_transitions_are_in_the_log_with_the_digest(self):
        self.daemon.call("plugin.stop", {"name": "notes"})
        wait_until(lambda: "plugin:notes:stopped" in [
            item["method"] for item in self.daemon.call("audit.tail", {"limit": 20})["items"]], "the record")
        methods = [item["method"] for item in self.daemon.call("audit.tail", {"limit": 50})["items"]]
        for state in ("loading", "ready", "draining", "stopped"):
            self.assertIn(f"plugin:notes:{state}", methods)

    def test_nothing_is_inherited(self):
        self.daemon.configure(entry("notes", GOOD, environment=f"{{PYTHONPATH: {KIT}}}") + hostile("bare"))
        self.daemon.call("plugin.start", {"name": "bare"})
        found = self.daemon.call("bare.look")
        # 0 to 3, the copy of 3, and the one that lists them.
        self.assertLessEqual(set(found["fds"]), {0, 1, 2, 3, 4, 5})
        self.assertLessEqual(set(found["env"]), {"PATH", "LANG", "LC_CTYPE"})

    def test_plugins_end_with_a_killed_daemon(self):
        pid = self.daemon.state("notes")["pid"]
        self.daemon.kill()
        wait_until(lambda: not os.path.exists(f"/proc/{pid}")
                   or Path(f"/proc/{pid}/stat").read_text().split(")")[1].split()[0] == "Z", "the end of the plugin")


@unittest.skipUnless(os.getuid() == 0, "only root can change the user")
class ForkBomb(unittest.TestCase):
    """A plugin that may start some processes starts all that it can, and each of them more."""

    USER = pwd.getpwnam("games")
    MOST = 12

    def setUp(self):
        folder = Path(tempfile.mkdtemp(dir="/usr/local/lib"))
        self.addCleanup(shutil.rmtree, folder)
        folder.chmod(0o755)
        shutil.copy(HOSTILE, folder)
        limits = LIMITS.replace("}", f", processes: {self.MOST}, cpu_seconds_per_minute: 10, nice: 19}}")
        bomb = entry("bomb", folder / HOSTILE.name, ("bomb",), user=self.USER.pw_name).replace(LIMITS, limits)
        self.daemon = PluginDaemon(bomb + hostile("other"))
        self.daemon.start()
        self.addCleanup(self.daemon.remove)
        # Killed, the daemon would leave what its plugins have started to systemd.
        self.addCleanup(self.daemon.stop)
        self.daemon.wait_state("bomb", "ready")

    def processes(self, states="DRSTt"):
        """Of the plugin's user, those in one of these states; Z: its end waits to be noticed, and it still counts."""
        found = set()
        for status in Path("/proc").glob("[0-9]*/status"):
            with contextlib.suppress(OSError):
                fields = dict(line.split(":\t", 1) for line in status.read_text().splitlines() if ":\t" in line)
                if int(fields["Uid"].split()[0]) == self.USER.pw_uid and fields["State"][0] in states:
                    found.add(int(status.parent.name))
        return found

    def explode(self, fault="bomb"):
        wait_until(lambda: not self.processes("Z"), "the end of those before")
        self.assertEqual(self.daemon.call("bomb.do", {"fault": fault}), {})
        wait_until(lambda: len(self.processes()) == self.MOST, "as many processes as it may have")

    def others_serve(self):
        self.assertTrue(self.daemon.call("system.health")["ok"])
        self.assertEqual(self.daemon.call("other.do"), {})

    def test_it_ends_with_all_that_it_started(self):
        for end in ("stop", "kill", "reload"):
            with self.subTest(end=end):
                self.daemon.call("plugin.start", {"name": "bomb"})
                self.explode()
                self.others_serve()
                former = self.processes()
                if end == "kill":
                    os.kill(self.daemon.state("bomb")["pid"], signal.SIGKILL)
                else:
                    # Where there is no place for a second process beside it, the first one goes on until it is stopped.
                    with contextlib.suppress(CallError):
                        self.daemon.call(f"plugin.{end}", {"name": "bomb"})
                if end == "reload":
                    self.assertEqual(self.daemon.call("bomb.do"), {})
                    self.daemon.call("plugin.stop", {"name": "bomb"})
                wait_until(lambda: not self.processes() & former, "the end of all of them")
                self.others_serve()

    def test_all_of_them_share_its_processor_time(self):
        self.explode("burn")
        self.others_serve()
        wait_until(lambda: self.daemon.state("bomb")["faults"] > 0, "the end of the plugin")
        # The log has it a moment after the state.
        wait_until(lambda: "failed: uses more than 10 s of processor time a minute" in self.daemon.log, "why")
        self.others_serve()


class Told(unittest.TestCase):
    """What health, doctor and metrics say of plugins."""

    def test_each_state_is_told_with_what_to_do(self):
        plugins = (hostile("aa") + hostile("mm", "exit", "manifest") + hostile("off", enabled="false")
                   + hostile("zz"))
        with PluginDaemon(plugins) as daemon:
            for name, state in (("aa", "ready"), ("mm", "quarantined"), ("zz", "ready")):
                daemon.wait_state(name, state)
            daemon.call("plugin.stop", {"name": "zz"})

            found = {each["check"]: each for each in daemon.call("system.doctor")["findings"]}
            levels = {name: found[f"plugin {name}"]["level"] for name in ("aa", "mm", "off", "zz")}
            self.assertEqual(levels, {"aa": "ok", "mm": "fail", "off": "ok", "zz": "warn"})
            self.assertIn("stationctl plugin logs mm", found["plugin mm"]["advice"])
            self.assertIn("quarantined: ", found["plugin mm"]["message"])
            self.assertEqual(found["plugin zz"]["advice"], "stationctl plugin start zz")
            self.assertEqual(run_ctl("doctor", socket_path=daemon.socket_path).returncode, 2)

            # One that the daemon does not need is no reason not to be well.
            health = daemon.call("system.health")
            self.assertTrue(health["ok"])
            told = [problem for problem in health["problems"] if problem["part"].startswith("plugin:")]
            self.assertEqual([(problem["part"], problem["kind"], problem["severity"]) for problem in told],
                             [("plugin:mm", "quarantined", "warning")])
            self.assertIn('stationd_problem{part="plugin:mm",kind="quarantined",severity="warning"} 1',
                          daemon.call("system.metrics")["text"])

    def test_a_module_that_does_not_run_is_critical(self):
        config = CONFIG.replace("scenarios.json", "scenarios.json, isolation: process")
        with Daemon(config=config, access=Trust.ACCESS) as daemon:
            pid = wait_until(lambda: daemon.call("plugin.show", {"name": "support"}).get("pid"), "its process")
            os.kill(pid, signal.SIGKILL)
            self.assertEqual(wait_until(lambda: [
                problem["severity"] for problem in daemon.call("system.health")["problems"]
                if problem["part"] == "plugin:support"], "its failure"), ["critical"])
            wait_until(lambda: daemon.call("system.health")["ok"], "its next start")


class Trust(unittest.TestCase):
    CONFIG = CONFIG + """
plugins:
  aa:
    program: PROGRAM
"""
    ACCESS = f"roles: {{all: {{methods: ['*'], scope: all}}}}\nbindings: [{{user: '{os.getuid()}', roles: [all]}}]\n"

    @unittest.skipUnless(os.getuid() == 0, "root owns the program in these tests")
    def test_a_program_that_others_may_write_is_not_started(self):
        folder = Path("/usr/local/lib/stationd-test")
        folder.mkdir(exist_ok=True)
        self.addCleanup(lambda: subprocess.run(["rm", "-r", str(folder)], check=True))
        program = folder / "aa.py"
        program.write_text(HOSTILE.read_text())
        for mode, folder_mode, expected in ((0o755, 0o755, "ready"), (0o775, 0o755, "quarantined"),
                                            (0o757, 0o755, "quarantined"), (0o755, 0o777, "quarantined")):
            with self.subTest(mode=oct(mode), folder=oct(folder_mode)):
                program.chmod(mode)
                folder.chmod(folder_mode)
                config = self.CONFIG.replace("PROGRAM", str(program)) + "    arguments: [aa]\n"
                with Daemon(config=config, access=self.ACCESS) as daemon:
                    found = wait_until(
                        lambda: (s := daemon.call("plugin.show", {"name": "aa"}))["state"] in (
                            "ready", "failed", "quarantined") and s, "an end of loading")
                    self.assertEqual(found["state"], expected, found)

    @unittest.skipUnless(os.getuid() == 0, "root owns the program in these tests")
    def test_a_program_with_something_beside_it_that_others_may_write_is_not_started(self):
        folder = Path("/usr/local/lib/stationd-test-beside")
        (folder / "kit").mkdir(parents=True, exist_ok=True)
        self.addCleanup(lambda: subprocess.run(["rm", "-r", str(folder)], check=True))
        program = folder / "aa.py"
        program.write_text(HOSTILE.read_text())
        program.chmod(0o755)
        beside = folder / "kit" / "call.py"
        beside.touch()
        config = self.CONFIG.replace("PROGRAM", str(program)) + "    arguments: [aa]\n"
        for mode, expected, reason in ((0o666, "quarantined", f"{beside} must not be writable"), (0o644, "ready", "")):
            beside.chmod(mode)
            with self.subTest(mode=oct(mode)), Daemon(config=config, access=self.ACCESS) as daemon:
                found = wait_until(
                    lambda: (s := daemon.call("plugin.show", {"name": "aa"}))["state"] in (
                        "ready", "failed", "quarantined") and s, "an end of loading")
                self.assertEqual(found["state"], expected, found)
                self.assertIn(reason, found["reason"])

    @unittest.skipUnless(os.getuid() == 0, "root owns the program in these tests")
    def test_plugins_that_together_are_too_long_to_tell_everybody(self):
        with Daemon(config=CONFIG, access=self.ACCESS) as daemon:
            size = len(json.dumps(daemon.call("rpc.discover"), ensure_ascii=False, separators=(",", ":")).encode())
        folder = Path(tempfile.mkdtemp(dir="/usr/local/lib"))
        self.addCleanup(shutil.rmtree, folder)
        folder.chmod(0o755)
        shutil.copy(HOSTILE, folder)
        plugins = "".join(f"  {name}: {{program: {folder / HOSTILE.name}, arguments: [{name}, wordy, none]}}\n"
                          for name in ("aa", "bb"))
        config = f"{CONFIG}limits: {{answer_bytes: {size + 60_000}}}\nplugins:\n{plugins}"
        with Daemon(config=config, access=self.ACCESS) as daemon:
            found = {name: wait_until(lambda name=name: (s := daemon.call("plugin.show", {"name": name}))["state"] in (
                "ready", "quarantined") and s, "an end of loading") for name in ("aa", "bb")}
            self.assertEqual(sorted(each["state"] for each in found.values()), ["quarantined", "ready"], found)
            self.assertIn("longer than one answer", str(found))
            self.assertEqual(run_ctl("plugin", "list", socket_path=daemon.socket_path).returncode, 0)

    @unittest.skipUnless(os.getuid() == 0, "only root can change the user")
    def test_it_runs_as_its_own_user(self):
        folder = Path("/usr/local/lib/stationd-test-user")
        folder.mkdir(exist_ok=True)
        self.addCleanup(lambda: subprocess.run(["rm", "-r", str(folder)], check=True))
        program = folder / "aa.py"
        program.write_text(HOSTILE.read_text())
        program.chmod(0o755)
        config = self.CONFIG.replace("PROGRAM", str(program)) + "    arguments: [aa]\n    user: nobody\n"
        with Daemon(config=config, access=self.ACCESS) as daemon:
            wait_until(lambda: daemon.call("plugin.show", {"name": "aa"})["state"] == "ready", "ready")
            self.assertEqual(daemon.call("aa.look")["uid"], 65534)

    @unittest.skipUnless(os.getuid() == 0, "only root can change the user")
    def test_a_plugin_of_the_daemons_own_user_reads_nothing_of_it(self):
        folder = Path(tempfile.mkdtemp(dir="/usr/local/lib"))
        self.addCleanup(shutil.rmtree, folder)
        folder.chmod(0o755)
        program = folder / "aa.py"
        shutil.copy(HOSTILE, program)
        config = self.CONFIG.replace("PROGRAM", str(program)) + "    arguments: [aa]\n"
        nobody = pwd.getpwnam("nobody")
        daemon = Daemon(config=config, access=self.ACCESS, prefix=[
            "setpriv", f"--reuid={nobody.pw_uid}", f"--regid={nobody.pw_gid}", "--clear-groups"])
        self.addCleanup(daemon.remove)
        for path in (daemon.directory, *daemon.directory.rglob("*")):
            os.chown(path, nobody.pw_uid, nobody.pw_gid)
        daemon.start()
        wait_until(lambda: daemon.call("plugin.show", {"name": "aa"})["state"] == "ready", "ready")
        self.assertEqual(daemon.call("aa.reach"), {"reached": ["itself"]})
        # What the daemon reads of itself it still can.
        self.assertIn("process_resident_memory_bytes", daemon.call("system.metrics")["text"])

    def test_what_is_not_granted_is_refused(self):
        with PluginDaemon(entry("caller", HERE / "plugins" / "caller.py",
                                environment=f"{{PYTHONPATH: {KIT}}}")) as daemon:
            found = daemon.wait_state("caller", "quarantined")
            self.assertIn("directory.unit.get", found["reason"])

    def test_only_granted_fields_are_seen(self):
        grants = "{calls: {directory.unit.get: [/id, /name], approval.request: [/id, /state]}}"
        with PluginDaemon(entry("caller", HERE / "plugins" / "caller.py", grants=grants,
                                environment=f"{{PYTHONPATH: {KIT}}}")) as daemon:
            daemon.wait_state("caller", "ready")
            unit = daemon.call("directory.unit.list")["items"][0]
            self.assertEqual(daemon.call("caller.name", {"id": unit["id"]}),
                             {"seen": {"id": unit["id"], "name": unit["name"]}})
            # A write of another module's in the same transaction, with its result, and the chain in the record.
            asked = daemon.call("caller.ask", {"subject": "S-1"})
            self.assertEqual(asked["state"], "pending")
            items = daemon.call("audit.tail", {"limit": 5})["items"]
            record = [item for item in items if item["method"] == "caller.ask"][0]
            self.assertEqual(record["via"], ["approval.request"])
            self.assertIn(asked["id"], [written[1] for written in record["written"]])

    def test_what_another_module_answers_may_tell_the_time(self):
        meta = {"purpose": "handling", "reason": "duty"}
        with PluginDaemon(self.asker()) as daemon:
            daemon.wait_state("asker", "ready")
            for number in range(20):
                asked = daemon.call("asker.ask", {"subject": f"S-{number}"})
                self.assertEqual(daemon.call("approval.get", {"id": asked["id"], "meta": meta})["expires_at"],
                                 asked["expires_at"])

    def test_only_a_method_that_discloses_may_call_one_that_does(self):
        meta = {"purpose": "handling", "reason": "duty"}
        with PluginDaemon(self.asker()) as daemon:
            daemon.wait_state("asker", "ready")
            with self.assertRaises(CallError) as refused:
                daemon.call("asker.open", {"id": "SR-2026-000001", "meta": meta})
            self.assertEqual(refused.exception.kind, "not_found")
            for more in ({}, {"idempotency_key": "k"}):
                with self.assertRaises(CallError) as refused:
                    daemon.call("asker.quiet", {"id": "SR-2026-000001", "meta": meta | more})
                self.assertEqual(refused.exception.kind, "internal_error")
            self.assertIn("does not say that it discloses", daemon.log)

    @staticmethod
    def asker():
        return entry("asker", HERE / "plugins" / "asker.py", environment=f"{{PYTHONPATH: {KIT}}}",
                     grants="{calls: [approval.request, support.get], personal: true}")


if __name__ == "__main__":
    unittest.main()
