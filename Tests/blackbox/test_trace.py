"""Every answer that clients saw against the log, both ways.

Clients under load write, read, disclose, err, are denied, repeat themselves, and hang up. Each call has an id of
its own, which the log keeps, so that causes and records can be matched one to one.
"""

import os
import random
import threading
import unittest
from collections import Counter

from auditlog import read_log
from harness import LONG, DaemonTestCase, request

CLIENTS = 10
CALLS = 5000 if LONG else 500

CONFIG = """
origin: trace.test/audit
state: {dir}/state
socket: {dir}/stationd.sock
access: access.yaml
calendars: {data}/calendar
directory: {data}/directory.example.json
modules:
  support:
    enabled: true
    scenarios: {data}/support/scenarios.json
"""
# Everything but the organisation and the approvals: calls of those are denied.
ACCESS = f"""
roles:
  desk: {{methods: ["support.*", "audit.*", "events.*"], scope: all}}
bindings:
  - {{user: ["{os.getuid()}"], roles: [desk], may_act_for: true}}
"""
WHY = {"purpose": "handling", "reason": "trace"}
OPEN = {"scenario": 2, "station": "st-01", "urgency": "routine", "summary": "A crowd at the gate"}
# Calls that leave no record when they succeed.
SILENT = {"support.list", "support.figures", "support.scenarios", "support.explain", "rpc.discover", "rpc.check",
          "system.ping", "system.info", "system.health", "audit.checkpoint", "audit.tail"}


class Trace:
    """What one client sent, what it saw, and how long the log was then."""

    def __init__(self):
        self.sent = {}  # id: method
        self.seen = {}  # id: (method, outcome, size of the log when the answer had been seen)
        self.notified = Counter()  # method: calls without an id, which get no answer
        self.writes = {}  # (request, version): id of the call that was told so


class Recorder(threading.Thread):
    """One client, mostly well-behaved, on a connection of its own; a second one watches the log."""

    def __init__(self, daemon, number):
        super().__init__(daemon=True)
        self.daemon_, self.number = daemon, number
        self.random = random.Random(number)
        self.trace, self.failure = Trace(), None
        self.calls, self.known, self.keys = 0, [], []

    def run(self):
        try:
            self.client, self.watcher = self.daemon_.connect(), self.daemon_.connect()
            while self.calls < CALLS:
                kind = self.random.random()
                if kind < 0.05:
                    self.hang_up()
                elif kind < 0.1:
                    self.batch()
                elif kind < 0.13:
                    self.notify()
                else:
                    self.one(*self.choose())
            # The writer takes calls in order: once this one is answered, every notification before it has run.
            self.one("support.open", dict(OPEN, urgency="soon"), {}, "invalid_params")
            self.client.close()
            self.watcher.close()
        except Exception as failure:
            self.failure = failure

    def new_id(self, method):
        self.calls += 1
        id_ = f"t{self.number}-{self.calls}"
        self.trace.sent[id_] = method
        return id_

    def one(self, method, params, meta, outcome=None):
        """A call whose answer is waited for. `outcome` is what it must be, where that is certain."""
        id_ = self.new_id(method)
        self.client.send_json(request(method, params, id_, **meta))
        self.take(id_, method, self.client.answer(id_), outcome)
        if method == "support.open" and outcome == "ok":
            self.keys.append(meta["idempotency_key"])

    def take(self, id_, method, answer, outcome=None):
        size = self.watcher.call("audit.checkpoint")["size"]
        if "error" in answer:
            got = answer["error"]["data"]["kind"]
        elif outcome == "replayed":
            got = outcome
        else:
            got = "ok"
            result = answer["result"]
            if method.startswith("support.") and method not in SILENT and method != "support.get":
                self.trace.writes[result["id"], result["version"]] = id_
                self.known.append((result["id"], result["version"], result["state"]))
        if outcome and got != outcome:
            raise AssertionError(f"{method}: answered {got}, expected {outcome}: {answer}")
        self.trace.seen[id_] = (method, got, size)

    def choose(self):
        pick = self.random.random()
        id_, version, state = self.random.choice(self.known) if self.known else ("SR-2026-999999", 1, "submitted")
        if pick < 0.25 or not self.keys:
            key = f"k{self.number}-{self.calls}"
            return "support.open", dict(OPEN, summary=key), {"idempotency_key": key}, "ok"
        if pick < 0.33:
            key = self.random.choice(self.keys)
            return "support.open", dict(OPEN, summary=key), {"idempotency_key": key}, "replayed"
        if pick < 0.37:
            return "support.open", OPEN, {"idempotency_key": self.random.choice(self.keys)}, "idempotency_mismatch"
        if pick < 0.47:
            return "support.acknowledge", {"id": id_}, {"actor": f"officer {self.number}"}, None
        if pick < 0.52:
            return "support.acknowledge", {"id": id_, "version": version + 7}, {}, "conflict"
        if pick < 0.66:
            return "support.get", {"id": id_}, WHY, "ok"
        return self.random.choice([
            ("support.get", {"id": id_}, {}, "purpose_required"),
            ("support.get", {"id": "SR-2026-999999"}, WHY, "not_found"),
            ("support.open", dict(OPEN, station="logistics"), {}, "refused_by_rule"),
            ("support.open", dict(OPEN, urgency="soon"), {}, "invalid_params"),
            ("support.complete", {"id": id_, "result": "done"}, {}, "wrong_state"),
            ("support.fly", {}, {}, "method_not_found"),
            ("approval.list", {}, {}, "denied"),
            ("directory.unit.retire", {"id": "st-01"}, {}, None),
            ("support.list", {"limit": 5}, {}, "ok"),
            ("support.figures", {}, {}, "ok"),
            ("support.explain", {"id": id_}, {}, "ok"),
            ("support.explain", {"id": "SR-2026-999999"}, {}, "not_found"),
            ("system.ping", {}, {}, "ok"),
            ("system.info", {}, {}, "ok"),
            ("rpc.check", {"method": "support.open", "params": {}}, {}, "ok"),
        ])

    def hang_up(self):
        """Sends some calls and closes without reading: each may have run, or not, but never twice."""
        calls = [self.choose() for _ in range(self.random.randint(1, 4))]
        with self.daemon_.connect() as client:
            for method, params, meta, _ in calls:
                # Without keys: a key counts as used only when its first answer was seen.
                meta = {name: value for name, value in meta.items() if name != "idempotency_key"}
                client.send_json(request(method, params, self.new_id(method), **meta))
            if self.random.random() < 0.5:
                client.send('{"jsonrpc":"2.0","id":"torn","method":"support.open","params":{"scen')

    def batch(self):
        calls = [call for call in (self.choose() for _ in range(5)) if "idempotency_key" not in call[2]]
        if not calls:
            return
        ids = [self.new_id(call[0]) for call in calls]
        self.client.send_json([request(method, params, id_, **meta)
                               for id_, (method, params, meta, _) in zip(ids, calls)])
        answers = {answer["id"]: answer for answer in self.client.receive()}
        if set(answers) != set(ids):
            raise AssertionError(f"a batch of {ids} was answered {sorted(answers)}")
        for id_, (method, _, _, _) in zip(ids, calls):
            self.take(id_, method, answers[id_])

    def notify(self):
        self.calls += 1
        if self.known and self.random.random() < 0.5:
            self.trace.notified["support.get"] += 1
            self.client.notify("support.get", {"id": self.known[0][0]})
        else:
            self.trace.notified["support.open"] += 1
            self.client.notify("support.open", dict(OPEN, summary="no answer wanted"))


class TraceTests(DaemonTestCase):
    CONFIG = CONFIG
    ACCESS = ACCESS

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        recorders = [Recorder(cls.daemon, number) for number in range(CLIENTS)]
        for recorder in recorders:
            recorder.start()
        for recorder in recorders:
            recorder.join(240)
        cls.failures = [recorder.failure for recorder in recorders if recorder.failure]
        cls.traces = [recorder.trace for recorder in recorders]
        # Whatever was seen has to be in what a power cut of the process leaves.
        cls.daemon.kill()
        cls.daemon.start()
        cls.log = read_log(cls.daemon)
        cls.records = {}
        for record in cls.log.records:
            if "request" in record:
                cls.records.setdefault(record["request"], []).append(record)
        cls.sent = {id_: method for trace in cls.traces for id_, method in trace.sent.items()}
        cls.seen = {id_: seen for trace in cls.traces for id_, seen in trace.seen.items()}

    def setUp(self):
        self.assertEqual(self.failures, [])

    def test_the_load_was_mixed(self):
        outcomes = Counter(outcome for _, outcome, _ in self.seen.values())
        for outcome in ("ok", "replayed", "idempotency_mismatch", "conflict", "not_found", "wrong_state",
                        "invalid_params", "method_not_found", "denied", "purpose_required", "refused_by_rule"):
            self.assertGreater(outcomes[outcome], 5, outcomes)
        self.assertGreater(len(self.sent) - len(self.seen), 50, "no connections were cut")

    def test_every_write_disclosure_denial_and_failure_has_one_record_with_its_outcome(self):
        for id_, (method, outcome, _) in self.seen.items():
            if outcome == "ok" and method in SILENT:
                continue
            found = [(record["method"], record["outcome"]) for record in self.records.get(id_, [])]
            self.assertEqual(found, [(method, outcome)], id_)

    def test_the_record_was_there_before_the_answer(self):
        for id_, (_, _, size) in self.seen.items():
            for record in self.records.get(id_, []):
                self.assertLess(record["seq"], size, f"{id_}: {record}")

    def test_reads_without_disclosure_leave_no_record(self):
        for id_, (method, outcome, _) in self.seen.items():
            if outcome == "ok" and method in SILENT:
                self.assertNotIn(id_, self.records)

    def test_no_record_without_a_cause(self):
        for id_, found in self.records.items():
            self.assertIn(id_, self.sent)
            self.assertEqual([record["method"] for record in found], [self.sent[id_]], id_)
        without = Counter(record["method"] for record in self.log.records if "request" not in record)
        own = Counter({"system.start": 2, "directory.import": 1})
        notified = sum((trace.notified for trace in self.traces), Counter())
        self.assertEqual(without, own + notified)

    def test_a_record_names_what_was_written_and_read(self):
        for trace in self.traces:
            for (request_id, version), id_ in trace.writes.items():
                (record,) = self.records[id_]
                self.assertIn(["support.request", request_id, version], [item[:3] for item in record["written"]])
        for id_, (method, outcome, _) in self.seen.items():
            if (method, outcome) == ("support.get", "ok"):
                (record,) = self.records[id_]
                self.assertEqual([item[0] for item in record["read"]], ["support.request"])
                self.assertEqual(record["purpose"], "handling")
                self.assertIn("detail", record)

    def test_failures_wrote_nothing(self):
        for record in self.log.records:
            if record["outcome"] != "ok":
                self.assertNotIn("written", record)

    def test_no_version_was_written_twice(self):
        written = Counter((item[1], item[2]) for record in self.log.records for item in record.get("written", [])
                          if item[0] == "support.request")
        self.assertEqual([key for key, count in written.items() if count > 1], [])

    def test_no_personal_data_is_in_a_record(self):
        for leaf in self.log.leaves:
            self.assertNotIn(b"crowd", leaf)
            self.assertNotIn(b"no answer wanted", leaf)


if __name__ == "__main__":
    unittest.main()
