"""Plugins under load: what one plugin does is not felt by others, and none of its calls is lost in an exchange."""

import os
import signal
import threading
import time
import unittest

from harness import CallError, wait_until
from test_plugins import GOOD, KIT, PluginDaemon, entry, hostile

OPEN = {"scenario": 1, "station": "st-01", "urgency": "routine", "summary": "of another module"}
# How often a rare slowness of the machine may spoil a measurement before it counts.
ROUNDS = 5
CALLS = 200


def p99(times):
    return sorted(times)[int(len(times) * 0.99)]


class Trouble(threading.Thread):
    """Makes a plugin misbehave, over and over, until it is told to stop."""

    def __init__(self, daemon, name, fault):
        super().__init__()
        self.daemon_ = daemon
        self.name_ = name
        self.fault = fault
        self.over = threading.Event()
        self.made = 0

    def run(self):
        while not self.over.is_set():
            try:
                self.daemon_.call(f"{self.name_}.do", {"fault": self.fault})
                self.made += 1
            except CallError as error:
                state = error.data.get("state")
                self.made += 1
                if state == "quarantined":
                    try:
                        self.daemon_.call("plugin.start", {"name": self.name_})
                    except CallError:
                        pass
                self.over.wait(0.005)

    def __enter__(self):
        self.start()
        wait_until(lambda: self.made > 0, f"the first {self.fault}")
        return self

    def __exit__(self, *_):
        self.over.set()
        self.join()


class OthersAreNotSlower(unittest.TestCase):
    def setUp(self):
        self.daemon = PluginDaemon(hostile("aa") + hostile("bad"))
        self.daemon.start()
        self.addCleanup(self.daemon.remove)
        self.daemon.wait_state("aa", "ready")
        self.daemon.wait_state("bad", "ready")

    def measure(self, method, params):
        """The best 99th percentile of some rounds: of a machine that has other things to do, too."""
        def once():
            times = []
            with self.daemon.connect() as client:
                for _ in range(CALLS):
                    started = time.perf_counter()
                    client.call(method, params)
                    times.append(time.perf_counter() - started)
            return p99(times)
        return min(once() for _ in range(ROUNDS))

    def test_p99_of_other_modules_stays_under_twice_its_value(self):
        probes = [("support.open", OPEN), ("support.list", {"limit": 5}), ("aa.do", {})]
        for method, params in probes:
            self.measure(method, params)
        calm = {method: self.measure(method, params) for method, params in probes}
        for fault in ("crash", "garbage", "huge", "flood", "noise", "forged_token", "hang", "twice", "memory",
                      "undeclared_write"):
            with Trouble(self.daemon, "bad", fault):
                for method, params in probes:
                    with self.subTest(fault=fault, method=method):
                        now = self.measure(method, params)
                        # Below a third of a millisecond it is the machine's scheduler that is measured.
                        self.assertLess(now, 2 * max(calm[method], 0.0003), f"calm {calm[method] * 1e6:.0f} us")


class Exchange(unittest.TestCase):
    def setUp(self):
        self.daemon = PluginDaemon(entry("notes", GOOD, environment=f"{{PYTHONPATH: {KIT}}}"))
        self.daemon.start()
        self.addCleanup(self.daemon.remove)
        self.daemon.wait_state("notes", "ready")

    def under_load(self, act, times):
        """Clients add notes without a pause while `act` is done some times. What each was answered."""
        over = threading.Event()
        done, refused = [], []

        def work(number):
            with self.daemon.connect() as client:
                while not over.is_set():
                    try:
                        done.append(client.call("notes.add", {"text": str(number), "unit": "u"})["id"])
                    except CallError as error:
                        refused.append(error.kind)
                        time.sleep(0.002)

        workers = [threading.Thread(target=work, args=(number,)) for number in range(4)]
        for worker in workers:
            worker.start()
        try:
            for _ in range(times):
                before = len(done)
                act()
                wait_until(lambda: len(done) > before, "further answers")
        finally:
            over.set()
            for worker in workers:
                worker.join()
        return done, refused

    def kept(self):
        return self.daemon.call("notes.count", {"unit": "u"})["n"]

    def test_reloads_lose_no_call_and_refuse_none(self):
        pids = set()

        def reload():
            pids.add(self.daemon.call("plugin.reload", {"name": "notes"})["pid"])

        done, refused = self.under_load(reload, 5)
        self.assertEqual(len(pids), 5)
        self.assertEqual(refused, [])
        self.assertEqual(len(set(done)), len(done))
        self.assertEqual(self.kept(), len(done))

    def test_stops_and_starts_lose_no_call(self):
        def stop_and_start():
            self.daemon.call("plugin.stop", {"name": "notes"})
            self.daemon.call("plugin.start", {"name": "notes"})

        done, refused = self.under_load(stop_and_start, 4)
        self.assertLessEqual(set(refused), {"unavailable"})
        self.assertEqual(len(set(done)), len(done))
        # Whoever was answered has a note, and nobody else has.
        self.assertEqual(self.kept(), len(done))

    def test_crashes_under_load_leave_whole_calls_only(self):

        def crash():
            before = self.daemon.state("notes")["pid"]
            os.kill(before, signal.SIGKILL)
            wait_until(lambda: self.daemon.state("notes").get("pid", before) != before, "another process")
            self.daemon.wait_state("notes", "ready")

        done, refused = self.under_load(crash, 3)
        self.assertLessEqual(set(refused), {"unavailable"})
        self.assertEqual(len(set(done)), len(done))
        self.assertEqual(self.kept(), len(done))
        # The series has no gap: what was foretold to a call that died was given to another.
        self.assertEqual(sorted(int(id_.split("-")[1]) for id_ in done), list(range(1, len(done) + 1)))


if __name__ == "__main__":
    unittest.main()
