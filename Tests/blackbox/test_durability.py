"""kill -9 under load, again and again: nothing that was answered is lost, nothing happens twice."""

import random
import threading
import unittest
from collections import Counter

from auditlog import anchored, read_log, require_extension
from harness import LONG, Client, DaemonTestCase, open_requests

ROUNDS = 120 if LONG else 16
WORKERS = 8


class Worker(threading.Thread):
    """One client: opens requests and takes them on, every call under a key that stays the same when it is retried."""

    def __init__(self, number, load):
        super().__init__(daemon=True)
        self.number, self.load = number, load
        self.random = random.Random(number)
        self.opened = {}  # id: [version, state] as answered last
        self.pending = None
        self.calls = 0

    def run(self):
        try:
            while True:
                path = self.load.gate()
                if path is None:
                    return
                try:
                    self.work(path)
                except (OSError, EOFError):
                    pass  # the daemon was killed: what was under way is retried in its next life
                self.load.pause()
        except Exception as failure:
            self.load.failures.append(failure)
            self.load.pause()

    def work(self, path):
        client = Client(path)
        try:
            while self.load.running or self.pending:
                if self.pending is None:
                    self.pending = self.next_call()
                method, params, key = self.pending
                result = client.call(method, params, idempotency_key=key, actor=f"w{self.number}")
                self.opened[result["id"]] = (result["version"], result["state"])
                self.pending = None
                self.load.count()
        finally:
            client.close()

    def next_call(self):
        self.calls += 1
        key = f"w{self.number}-{self.calls}"
        for id_ in list(self.opened)[-3:]:
            step = {"submitted": "acknowledge", "acknowledged": "assign", "assigned": "start"}.get(self.opened[id_][1])
            if step and self.random.random() < 0.4:
                params = {"id": id_, "version": self.opened[id_][0]}
                return f"support.{step}", params | ({"to": "patrol-1"} if step == "assign" else {}), key
        params = {"scenario": self.random.randint(1, 18), "station": f"st-{self.number + 1:02}",
                  "urgency": "routine", "summary": f"load {key}"}
        return "support.open", params, key


class Load:
    """Lets the workers run on a daemon, and stops them when it is killed."""

    def __init__(self):
        self.condition = threading.Condition()
        self.path, self.running, self.acknowledged, self.idle, self.failures = None, False, 0, 0, []
        self.life = 0
        self.workers = [Worker(number, self) for number in range(WORKERS)]
        self.seen = threading.local()
        for worker in self.workers:
            worker.start()

    def gate(self):
        with self.condition:
            self.condition.wait_for(lambda: getattr(self.seen, "life", 0) != self.life)
            self.seen.life = self.life
            return self.path

    def pause(self):
        with self.condition:
            self.idle += 1
            self.condition.notify_all()

    def count(self):
        with self.condition:
            self.acknowledged += 1
            self.condition.notify_all()

    def go(self, path, running=True):
        with self.condition:
            self.path, self.running, self.idle = path, running, 0
            self.life += 1
            self.condition.notify_all()

    def wait_acknowledged(self, more):
        with self.condition:
            target = self.acknowledged + more
            self.condition.wait_for(lambda: self.acknowledged >= target or self.failures, 30)

    def halt(self):
        """Stops the load and waits until every worker stands still; failures of workers are raised."""
        self.running = False
        with self.condition:
            if not self.condition.wait_for(lambda: self.idle >= WORKERS, 30):
                raise AssertionError(f"only {self.idle} of {WORKERS} workers came back")
        if self.failures:
            raise self.failures[0]


class DurabilityTests(DaemonTestCase):
    def check_round(self, daemon, load):
        """After the retries: all that was answered is there, once, and the log says the same."""
        found = open_requests(daemon)
        answered = {}
        for worker in load.workers:
            answered |= worker.opened
        self.assertEqual({id_: (item["version"], item["state"]) for id_, item in found.items()}, answered)
        year = next(iter(answered))[:8]
        self.assertEqual(sorted(answered), [f"{year}{number:06}" for number in range(1, len(answered) + 1)])
        log = read_log(daemon)
        written = Counter((item[1], item[2]) for record in log.of("support.") if record["outcome"] == "ok"
                          for item in record.get("written", []) if item[0] == "support.request")
        self.assertEqual(written, Counter({(id_, version): 1 for id_, (last, _) in answered.items()
                                           for version in range(1, last + 1)}))
        effects = [record for record in log.of("support.") if record["outcome"] == "ok"
                   and record["method"] != "support.get"]
        self.assertEqual(len(effects), sum(worker.calls for worker in load.workers))
        self.assertLessEqual({record["outcome"] for record in log.of("support.")}, {"ok", "replayed"})
        with daemon.connect() as client:
            for id_ in random.Random(len(answered)).sample(sorted(answered), 5):
                whole = client.call("support.get", {"id": id_}, purpose="audit", reason="durability")
                self.assertEqual((whole["version"], whole["state"]), answered[id_])
                self.assertTrue(whole["summary"].startswith("load w"))
        return log

    def test_nothing_answered_is_lost_and_nothing_happens_twice(self):
        daemon, load = self.new_daemon(), Load()
        # Whatever fails, no thread waits at the gate for ever.
        self.addCleanup(load.go, None)
        chance, older, replayed = random.Random(7), None, 0
        for _ in range(ROUNDS):
            daemon.start()
            load.go(daemon.socket_path)
            load.wait_acknowledged(chance.randint(20, 400))
            daemon.kill()
            load.halt()
            size, root = anchored(daemon.directory, older.key if older else self.key(daemon))
            daemon.start()
            load.go(daemon.socket_path, running=False)
            load.halt()
            log = self.check_round(daemon, load)
            self.assertEqual(log.root_at(size), root, "the checkpoint outside the database is of another log")
            if older:
                self.assertGreaterEqual(size, older.size)
                require_extension(daemon, older, log)
            older = log
            replayed = sum(record["outcome"] == "replayed" for record in log.records)
            daemon.kill()
        # Kills that never hit between commit and answer would prove little about keys.
        self.assertGreater(replayed, 0)

    @staticmethod
    def key(daemon):
        """The log's verifier key, asked for in a life of its own."""
        daemon.start()
        key = daemon.call("audit.checkpoint")["verifier_key"]
        daemon.kill()
        return key


class DeadlineTests(DaemonTestCase):
    # More than the daemon fires in one commit, so that a kill can fall between two.
    REQUESTS = 200
    RUNGS = {("response", 50): 2.5, ("response", 100): 5, ("response", 150): 7.5, ("response", 200): 10,
             ("support", 50): 60, ("support", 100): 120, ("support", 150): 180, ("support", 200): 240}

    @staticmethod
    def at(minutes):
        """Minutes after nine, on a day so far ahead that a daemon that starts anew finds nothing due."""
        seconds = int(minutes * 60)
        return f"2099-06-01T{9 + seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}+08:00"

    def events(self, client, until):
        """Every event so far; `until` of them escalations."""
        client.call("events.subscribe", {"since": 0, "kinds": ["support.escalated"]})
        found = []
        while len(found) < until:
            found += client.notification()["params"]["events"]
        return found

    def test_rungs_fire_exactly_once_though_killed_in_the_middle(self):
        daemon, chance = self.new_daemon(), random.Random(11)
        daemon.start()
        with daemon.connect() as client:
            client.call("dev.clock.set", {"now": self.at(0)})
            ids = [client.call("support.open", {"scenario": 1, "station": "st-01", "urgency": "immediate",
                                                "summary": "rungs"})["id"] for _ in range(self.REQUESTS)]
        expected, kills_in_the_middle, last = 0, 0, None
        for minutes in sorted(self.RUNGS.values()):
            expected += self.REQUESTS
            middle = expected - self.REQUESTS + chance.randint(1, self.REQUESTS // 3)
            with daemon.connect() as follower, daemon.connect() as client:
                follower.call("events.subscribe", {"since": 0, "kinds": ["support.escalated"]})
                client.begin("dev.clock.set", {"now": self.at(minutes)})
                seen = 0
                try:
                    while seen < middle:
                        seen += len(follower.notification()["params"]["events"])
                finally:
                    daemon.kill()
            daemon.start()
            kills_in_the_middle += len(read_log(daemon).of("deadline:")) % self.REQUESTS > 0
            with daemon.connect() as client:
                client.call("dev.clock.set", {"now": self.at(minutes)})
                events = self.events(client, expected)
            counted = Counter((event["payload"]["request"], event["payload"]["clock"], event["payload"]["rung"])
                              for event in events)
            due = [rung for rung, after in self.RUNGS.items() if after <= minutes]
            self.assertEqual(counted, Counter({(id_, *rung): 1 for id_ in ids for rung in due}))
            log = read_log(daemon)
            if last:
                require_extension(daemon, last, log)
            last = log
        self.assertGreater(kills_in_the_middle, 0)
        whole = daemon.call("support.get", {"id": ids[0]}, purpose="audit", reason="rungs")
        self.assertEqual(whole["rungs_fired"], {"response": [50, 100, 150, 200], "support": [50, 100, 150, 200]})
        fired = Counter(item[1] for record in log.of("deadline:support.clock") if record["outcome"] == "ok"
                        for item in record["written"] if item[0] == "support.request")
        self.assertEqual(fired, Counter({id_: len(self.RUNGS) for id_ in ids}))

    def test_what_came_due_while_the_daemon_was_down_fires_at_start_and_is_late(self):
        daemon = self.new_daemon()
        daemon.start()
        with daemon.connect() as client:
            client.call("dev.clock.set", {"now": "2020-01-06T09:00:00+08:00"})
            id_ = client.call("support.open", {"scenario": 1, "station": "st-01", "urgency": "immediate",
                                               "summary": "long ago"})["id"]
        daemon.kill()
        daemon.start()
        with daemon.connect() as client:
            events = self.events(client, 8)
        self.assertEqual({event["payload"]["request"] for event in events}, {id_})
        self.assertEqual(Counter((event["payload"]["clock"], event["payload"]["rung"]) for event in events),
                         Counter({rung: 1 for rung in self.RUNGS}))
        self.assertTrue(all(event["payload"]["late"] for event in events))


class StopTests(DaemonTestCase):
    def test_a_clean_stop_leaves_everything_in_the_database_file(self):
        daemon = self.new_daemon()
        daemon.start()
        daemon.call("support.open", {"scenario": 1, "station": "st-01", "urgency": "routine", "summary": "last"})
        self.assertEqual(daemon.stop(), 0)
        log = daemon.directory / "stationd.db-wal"
        self.assertEqual(log.stat().st_size if log.exists() else 0, 0)

    def test_a_stop_right_after_the_start_is_clean(self):
        """The moment between listening and waiting for signals is short: it takes some tries to meet it."""
        daemon, tries = self.new_daemon(), 20
        for _ in range(tries):
            daemon.start()
            self.assertEqual(daemon.stop(), 0)
        daemon.start()
        methods = [record["method"] for record in read_log(daemon).records
                   if record["method"] != "directory.import" and not record["method"].startswith("plugin:")]
        self.assertEqual(methods, ["system.start", "system.stop"] * tries + ["system.start"])


if __name__ == "__main__":
    unittest.main()
