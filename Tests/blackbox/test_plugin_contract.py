"""What a plugin declares and asks must be possible, and no plugin can match people with those of keyperson."""

import importlib.util
import sys
import unittest
from importlib.machinery import SourceFileLoader

from harness import CallError, run_ctl
from test_plugins import HERE, HOSTILE, KIT, PluginDaemon, entry, hostile

# Wrong declarations by their word in hostile.py, with what the reason must say.
WRONG = {
    "life_initial": ["life cycle 'life_initial.thing'", "'new'"],
    "life_step": ["life cycle 'life_step.thing'", "'clsoed'"],
    "subject": ["subject.thing", "'nobody'"],
    "field_type": ["field_type.thing", "'n'", "text"],
    "default": ["'default.do'", "default of param 'fault'"],
    "foreign_rule": ["'support.most'", "'foreign_rule'"],
    "param_name": ["/methods/0/params/properties", "control character"],
    "param_capitals": ["'param_capitals.do'", "'itemID'"],
    "description": ["/methods/0/params/properties/fault/description", "control character"],
    "title": ["/title/zh"],
    "word": ["/words_zh", "control character"],
}


class Declarations(unittest.TestCase):
    def test_what_is_declared_wrongly_is_refused_with_its_place(self):
        # Many start at once: with the time that any plugin has.
        plugins = "".join(f"{name}: {{program: {HOSTILE}, arguments: [{name}, {name}, none]}}\n"
                          for name in (*WRONG, "lines"))
        with PluginDaemon(plugins) as daemon:
            for name, parts in WRONG.items():
                with self.subTest(name):
                    reason = daemon.wait_state(name, "quarantined", "ready")["reason"]
                    for part in parts:
                        self.assertIn(part, reason)
                    with self.assertRaises(CallError) as refused:
                        daemon.call(f"{name}.do")
                    self.assertNotEqual(refused.exception.kind, "internal_error")
            # What an example gives and gets may have several lines.
            daemon.wait_state("lines", "ready")
            for language in ("en_US.UTF-8", "zh_CN.UTF-8"):
                for arguments in (["--help"], *([name, "--help"] for name in ("lines", *WRONG))):
                    told = run_ctl(*arguments, socket_path=daemon.socket_path, environment={"LANG": language})
                    shown = told.stdout + told.stderr
                    self.assertFalse([c for c in shown if ord(c) < 0x20 and c != "\n" or 0x7F <= ord(c) < 0xA0])


class People(unittest.TestCase):
    """Nothing that names a person or a record of keyperson answers a module, whatever is granted."""

    METHODS = ("keyperson.get", "keyperson.extract", "keyperson.notice.get", "keyperson.tasks", "keyperson.propose",
               "keyperson.correct")

    def test_a_plugin_that_would_match_lists_of_people_is_refused(self):
        for method in self.METHODS:
            with self.subTest(method), PluginDaemon(self.matcher(method)) as daemon:
                found = daemon.wait_state("matcher", "quarantined", "ready")
                self.assertEqual(found["state"], "quarantined")
                self.assertIn(f"'{method}'", found["reason"])
                self.assertIn("people only", found["reason"])
                with self.assertRaises(CallError):
                    daemon.call("matcher.match", {"id_number": "110101199003070118", "meta": {
                        "purpose": "handling", "reason": "duty"}})

    def test_figures_of_nobody_are_for_everybody(self):
        with PluginDaemon(self.matcher("keyperson.figures")) as daemon:
            daemon.wait_state("matcher", "ready")

    @staticmethod
    def matcher(method):
        return entry("matcher", HERE / "plugins" / "matcher.py", (method,), environment=f"{{PYTHONPATH: {KIT}}}",
                     grants=f"{{calls: [{method}], personal: true}}")


class PythonKit(unittest.TestCase):
    """The store's operations as the Python kit has them: on a daemon, and on the stand-in of its tests."""

    PROGRAM = HERE / "plugins" / "ledger.py"

    def story(self, call, removed):
        for owner, count in (("a", 7), ("b", 1)):
            call("fill", owner=owner, count=count)
        found = call("list", owner="a", start=2, end=5)
        self.assertEqual(found, {"all": list(range(7)), "down": list(range(6, -1, -1)), "between": [2, 3, 4],
                                 "count": 3, "scan": [[2, "a"], [3, "a"], [4, "a"]]})
        answer = call("remove", owner="a", n=3, version=1)
        removed(answer.pop("id"))
        self.assertEqual(answer, {"there": False, "left": [0, 1, 2, 4, 5, 6]})
        for params, kind in (({"n": 3, "version": 1}, "not_found"), ({"n": 4, "version": 2}, "conflict")):
            with self.assertRaises(Exception) as refused:
                call("remove", owner="a", **params)
            self.assertEqual(refused.exception.kind, kind)
        self.assertEqual(call("list", owner="a", start=0, end=9)["count"], 6)
        self.assertEqual(call("forget", owner="a"), {"left": []})
        self.assertEqual(call("list", owner="a", start=0, end=9)["all"], [])
        self.assertEqual(call("list", owner="b", start=0, end=9)["all"], [0])

    def test_on_a_daemon(self):
        with PluginDaemon(entry("ledger", self.PROGRAM, environment=f"{{PYTHONPATH: {KIT}}}",
                                grants="{personal: true}")) as daemon:
            daemon.wait_state("ledger", "ready")

            def removed(record):
                written = daemon.call("audit.tail", {"limit": 1})["items"][0]["written"]
                self.assertEqual([item[:3] for item in written], [["ledger.item", record, 0]])

            self.story(lambda method, **params: daemon.call(f"ledger.{method}", params), removed)
            self.assertEqual(daemon.state("ledger")["faults"], 0)

    def test_on_the_stand_in(self):
        sys.path.insert(0, str(KIT))
        self.addCleanup(sys.path.remove, str(KIT))
        loader = SourceFileLoader("ledger", str(self.PROGRAM))
        ledger = importlib.util.module_from_spec(importlib.util.spec_from_loader("ledger", loader))
        loader.exec_module(ledger)
        station = importlib.import_module("stationd_plugin.testing").Station(ledger.plugin)
        self.story(station.call, lambda record: self.assertNotIn(record, station.records("item")))


class Requests(unittest.TestCase):
    def test_a_member_that_there_is_none_of_is_not_passed_over(self):
        with PluginDaemon(hostile("aa")) as daemon:
            daemon.wait_state("aa", "ready")
            told = daemon.call("aa.do", {"fault": "misspelt"})
            self.assertEqual((told["kind"], told["pointer"]), ("invalid_params", "/equalz"))
            self.assertIn("store.count", told["message"])
            for fault in ("misspelt_operation", "misspelt_answer"):
                with self.assertRaises(CallError) as refused:
                    daemon.call("aa.do", {"fault": fault})
                self.assertEqual(refused.exception.kind, "internal_error")
            self.assertEqual(daemon.state("aa")["faults"], 3)
            self.assertEqual(daemon.call("aa.do"), {})

    def test_a_deadlines_subject_is_as_long_as_an_id_at_most(self):
        with PluginDaemon(entry("notes", HERE / "plugins" / "notes.py",
                                environment=f"{{PYTHONPATH: {KIT}}}")) as daemon:
            daemon.wait_state("notes", "ready")
            at = "2099-01-01T00:00:00+08:00"
            self.assertEqual(daemon.call("notes.remind", {"id": "x" * 128, "at": at}), {})
            for subject in ("", "x" * 129, "警" * 43):
                with self.assertRaises(CallError) as refused:
                    daemon.call("notes.remind", {"id": subject, "at": at})
                self.assertEqual(refused.exception.kind, "invalid_params")
                self.assertEqual(refused.exception.data["pointer"], "/subject")
                self.assertIn("128", str(refused.exception))


if __name__ == "__main__":
    unittest.main()
