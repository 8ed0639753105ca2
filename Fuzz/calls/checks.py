"""What must hold of all that a fuzzed daemon keeps, at any time and over its restarts."""

import base64
import collections
import datetime as dt
import json
import os
import re
import subprocess

from client import Client, Gone
from schema import violation
from values import WHY

KINDS = {"parse_error": -32700, "invalid_request": -32600, "method_not_found": -32601, "invalid_params": -32602}
KINDS |= {
    kind: -32000 - number
    for number, kind in {
        0: "denied",
        1: "not_found",
        2: "conflict",
        3: "unavailable",
        4: "deadline_passed",
        6: "too_many_connections",
        7: "idempotency_mismatch",
        8: "refused_by_rule",
        9: "cancelled",
        10: "purpose_required",
        11: "wrong_state",
        12: "approval_required",
        13: "expired",
        14: "already_exists",
        20: "frame_too_large",
        21: "too_deep",
        22: "batch_too_long",
        23: "answer_too_large",
        24: "too_many_in_flight",
        25: "too_many_subscriptions",
        26: "queue_full",
        27: "storage_full",
        28: "wipe_pending",
    }.items()
}
UNITS = ["st-03", "criminal-brigade"]


class Checks:
    """The part of the run that looks at the whole."""

    def pages(self, name, filters, limit):
        items, cursor = [], {}
        while True:
            answer = self.clients[2].call(name, {**filters, **cursor, "limit": limit})
            if "error" in answer:
                self.finding("lists", f"{name} {filters}", answer)
                return items
            items += answer["result"]["items"]
            if "next" not in answer["result"]:
                return items
            cursor = {"cursor": answer["result"]["next"]}

    def snapshot(self):
        """What the reads that change nothing answer. Disclosing ones are left out where they are counted."""
        taken = {}
        for name, method in sorted(self.methods.items()):
            module = name.split(".")[0]
            if (
                method["x-writes"]
                or name == "stoploss.spool.list"
                or module in ("system", "audit", "plugin", "rpc", "dev", "key", "events")
            ):
                continue
            names = [param["name"] for param in method["params"]]
            required = [param["name"] for param in method["params"] if param["required"]]
            calls = [{}] if not required else []
            if required and required[0] in ("id", "report", "task"):
                ids = self.pools.get((module, required[0]), [])
                calls = [{required[0]: value} for value in ids[-40:]]
            if required == ["state"]:
                state = next(param for param in method["params"] if param["name"] == "state")
                calls = [{"state": word} for word in state["schema"]["enum"]]
            if "by" in names:
                by = next(param for param in method["params"] if param["name"] == "by")
                calls = [
                    dict(call, **more)
                    for call in calls
                    for more in [{}] + [{"by": word} for word in by["schema"]["enum"]]
                ]
            for call in calls:
                if "item" in required:
                    call["item"] = 1
                answer = self.clients[2].call(name, {**call, "meta": WHY} if "meta" in names else call)
                taken[name, json.dumps(call)] = answer.get("result", answer.get("error"))
                self.judge_read(method, call, answer)
        return taken

    def judge_read(self, method, call, answer):
        if "result" not in answer:
            if answer["error"]["data"]["kind"] not in KINDS:
                self.finding("internal", method["name"], call, answer)
        elif found := violation(method["result"]["schema"], answer["result"], self.root):
            self.finding("result", f"{method['name']} {re.sub('[0-9]+', 'N', found[0])} {found[1]}", call, answer)

    def restart(self):
        before = self.snapshot()
        kill = self.rng.random() < 0.6
        for client in self.clients:
            client.close()
        if self.daemon.end(kill) != (-9 if kill else 0):
            self.finding("dead", f"end status {self.daemon.process.returncode}")
        self.daemon.start()
        self.connect()
        self.hold()
        after = self.snapshot()
        for key in before:
            if before[key] != after[key]:
                self.finding("restart", key[0], key, before[key], after[key])
        # A key is kept for 30 days.
        kept = [item for item in self.keys if self.maker.now - item[3] < dt.timedelta(days=29)]
        for name, params, result, _ in self.rng.sample(kept, min(20, len(kept))):
            answer = self.call(name, params)
            # An erasure, asked for or when a record's keeping ends, forgets first results that may hold personal data.
            forgotten = answer.get("error", {}).get("data", {}).get("kind") == "expired"
            if answer.get("result") != result and not forgotten:
                self.finding("idem", f"{name} later", params, result, answer)

    def consistent(self):
        """Lists against pages and gets, groups against totals."""
        for name in (
            "support.list",
            "mediation.list",
            "transfer.list",
            "stoploss.list",
            "approval.list",
            "directory.unit.list",
        ):
            whole = self.pages(name, {}, 500)
            up, down = ([item["id"] for item in self.pages(name, {"order": order}, 3)] for order in ("asc", "desc"))
            if up != down[::-1] or [item["id"] for item in whole] not in (up, down):
                self.finding("lists", f"{name} pages", [item["id"] for item in whole], up, down)
            for state in {item["state"] for item in whole if "state" in item and name != "stoploss.list"}:
                some = self.pages(name, {"state": state}, 50)
                if {item["id"] for item in some} != {item["id"] for item in whole if item["state"] == state}:
                    self.finding("lists", f"{name} by state {state}", some)
            get = name.replace("list", "get")
            for item in whole[-60:]:
                answer = self.clients[2].call(get, {"id": item["id"], "meta": WHY})
                self.judge_read(self.methods[get], item["id"], answer)
                one = answer.get("result", {})
                for member in item:
                    if member in one and one[member] != item[member] and not isinstance(one[member], list):
                        self.finding("lists", f"{get} and list differ in {member}", item, one)
        self.scopes()
        for case in self.pages("transfer.list", {}, 500):
            owned = self.pages("transfer.ownership", {"id": case["id"], "order": "asc"}, 100)
            if [item["until"] for item in owned[:-1]] != [item["from"] for item in owned[1:]] or owned[-1]["until"]:
                self.finding("owner", case["id"], owned)
            if owned[-1]["owner"] != case["owner"] and not case["outside"]:
                self.finding("owner", f"{case['id']} last", owned, case)
        reports = self.pages("stoploss.list", {}, 500)
        for item in reports:
            if item["returned"] > item["amount"]:
                self.finding("money", f"{item['id']} got more than it lost", item)
        span = {
            "from": min([self.options.start] + [item["reported_at"] for item in reports])[:10],
            "to": self.maker.now.date().isoformat(),
        }
        total = self.clients[2].call("stoploss.figures", span).get("result", {}).get("total")
        if total and (total["reports"], total["returned"]["numerator"], total["returned"]["denominator"]) != (
            len(reports),
            sum(item["returned"] for item in reports),
            sum(item["amount"] for item in reports),
        ):
            self.finding(
                "figures",
                "stoploss recount",
                total,
                len(reports),
                sum(item["returned"] for item in reports),
                sum(item["amount"] for item in reports),
            )
        for name, method in self.methods.items():
            if name.endswith(".figures"):
                by = next(param for param in method["params"] if param["name"] == "by")
                span = {"from": self.options.start[:10], "to": self.maker.now.date().isoformat()}
                total = self.clients[2].call(name, span).get("result", {}).get("total")
                for word in set(by["schema"]["enum"]) - {"age_band"}:  # that of few is not shown
                    result = self.clients[2].call(name, dict(span, by=word)).get("result", {})
                    self.add_up(f"{name} by {word}", total, result.get("groups", []))

    def scopes(self):
        """Who sees a record in a list gets it; who gets it is named in it, or the scenario's co-owner (support)."""
        for name in ("support.list", "mediation.list", "transfer.list", "stoploss.list"):
            get = name.replace("list", "get")
            every = [item["id"] for item in self.pages(name, {}, 500)]
            for client, unit in zip(self.clients[3:5], UNITS):
                mine = {item["id"] for item in client.call(name, {"limit": 500})["result"]["items"]}
                for id_ in every[-200:]:
                    answer = client.call(get, {"id": id_, "meta": WHY})
                    shown = "result" in answer
                    if not shown and id_ in mine and answer["error"]["data"]["kind"] in KINDS:
                        self.finding("scope", f"{get} refuses {unit} what the list shows", id_, answer)
                    if shown and id_ not in mine and f"'{unit}'" not in str(answer) and get != "support.get":
                        self.finding("scope", f"{get} shows {unit} what it has no part in", id_, answer)

    def add_up(self, name, total, groups):
        sums = collections.Counter()
        for group in groups:
            for place, value in counts(group):
                sums[place] += value
        for place, value in counts(total or {}):
            if groups and sums[place] != value and "repeats" not in place:
                self.finding("figures", f"{name} {place}", {"total": value, "groups": sums[place]})

    def audited(self):
        """One record for each call, as it was answered; refused ones wrote nothing."""
        found, records, start = collections.defaultdict(list), 0, 0
        while True:
            answer = self.clients[2].call("audit.entries", {"from": start, "limit": 1000})["result"]
            for leaf in answer.get("items", []):
                leaf = (
                    json.loads(base64.b64decode(leaf["leaf"]))
                    if isinstance(leaf, dict)
                    else json.loads(base64.b64decode(leaf))
                )
                found[leaf.get("request")].append(leaf)
                records += 1
                if leaf["outcome"] != "ok" and leaf.get("written") and not leaf["method"].startswith("deadline:"):
                    self.finding("audit", f"{leaf['method']} {leaf['outcome']} wrote", leaf)
            if "next" not in answer:
                break
            start = answer["next"]
        for number, (name, kind) in self.sent.items():
            leaves = [leaf for leaf in found[number] if leaf["method"] == name and leaf["outcome"] != "begun"]
            method = self.methods[name]
            needed = kind not in ("ok", "cancelled") or method["x-discloses"] or method["x-writes"]
            if needed and len(leaves) != 1 and kind not in ("too_many_in_flight",) or len(leaves) > 1:
                self.finding("audit", f"{name} {kind}: {len(leaves)} records", number, leaves)
            elif leaves and leaves[0]["outcome"] not in ((kind, "replayed") if kind == "ok" else (kind,)):
                self.finding("audit", f"{name} answered {kind}, recorded {leaves[0]['outcome']}", leaves)
        print(f"{records} records, {len(self.sent)} judged calls")

    def events(self):
        def replay():
            client, events = Client(self.daemon.path), []
            client.call("events.subscribe", {"since": 0})
            client.socket.settimeout(1)
            try:
                while True:
                    events += client.receive()["params"]["events"]
            except (Gone, OSError):
                return events

        first, second = replay(), replay()
        if first != second or [event["seq"] for event in first] != sorted({event["seq"] for event in first}):
            self.finding("events", "replays differ or repeat", len(first), len(second))
        told = collections.Counter(
            json.dumps([event["kind"], {**event["payload"], "late": 0}])
            for event in first
            if "rung" in event["payload"]
        )
        for text, count in told.items():
            if count > 1 and '"support.escalated"' in text:
                self.finding("rung", text, count)
        for event in first:
            self.harvest(event["payload"], event["kind"].split(".")[0])

    def verify(self):
        for client in self.clients:
            client.close()
        if status := self.daemon.end(False):
            self.finding("dead", f"orderly stop ends with {status}")
        done = subprocess.run(
            [self.options.stationctl, "audit", "verify", "--state", self.options.dir], capture_output=True, text=True
        )
        print(done.stdout.strip().splitlines()[-1:] or done.stderr)
        if done.returncode:
            self.finding("audit", "verify", done.stdout, done.stderr)
        log = open(os.path.join(self.options.dir, "daemon.log"), errors="replace").read()
        for line in log.splitlines():
            if re.search(r" (error|critical) |Fatal|crash", line):
                self.finding("log", re.sub(r"[0-9a-f-]{36}|\d+", "N", line.split("stationd:")[-1])[:160], line)


def counts(value, at=""):
    """The numbers of figures that add up over groups."""
    for name, item in value.items():
        if isinstance(item, dict):
            yield from counts(item, f"{at}/{name}")
        elif type(item) is int and not re.search("percent|target|median|p90|_s$|version|size|basis", name):
            yield f"{at}/{name}", item
