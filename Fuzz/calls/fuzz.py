#!/usr/bin/env python3
"""A stateful fuzzer of stationd's methods, driven by rpc.discover. Standard library only.

    fuzz.py [--seed N] [--calls N] [--restarts N] [--dir DIR] [--stationd PATH] [--stationctl PATH] [--keep]

A run starts a development daemon with a held clock, walks happy paths of every module (paths.py),
then calls at random: valid params made from each method's schema and examples with ids that earlier answers gave,
nearly valid ones (one place changed), hostile ones; by several officers, with stale versions, with keys used twice, in
batches, on several connections, with the clock jumping ahead and the daemon killed in between. What must hold:

  dead       the daemon lives and answers within TIMEOUT        audit      one record a call, with the same outcome,
  internal   no error of an internal kind                                  none written by a refused call; it verifies
  result     a result fits its published schema                 idem       a repeated key gives the first answer
  error      a kind and code of the docs' table; a pointer      restart    reads answer the same after kill -9
  loose      what the params' schema refuses is refused         lists      pages together are the whole list, and
  schema     what it accepts is not `invalid_params`                       get tells the same state and version
             (told in --gaps: rules beyond the schema)          figures    groups add up to the total
  money      nobody gets more than was lost                     events     both replays are the same
  owner      one owner of a case at every instant               scope      a unit gets what it is told of
Every finding is printed once with the call; the seed makes the same calls again (but for answers of concurrent ones).
"""

import argparse
import collections
import datetime as dt
import json
import os
import random
import re
import shutil
import sys
import tempfile
import time

import paths
from checks import KINDS, Checks
from client import Client, Daemon, Gone
from schema import violation
from values import MODULES, NAMED, UUID, Maker

# Not called at random: they change the daemon's own state or leave the directory.
SKIPPED = {"dev.clock.set", "system.backup", "key.rotate", "rpc.discover", "events.subscribe", "rpc.cancel",
           "system.metrics", "directory.import"}
# Two officers who see their own unit's, one who may do nothing.
ACCESS = """roles:
  officer:
    methods: [support.*, stoploss.*, mediation.*, keyperson.*, transfer.*, approval.*, directory.*, events.*,
              personal.*, audit.*]
    scope: own
    personal: full
bindings:
  - {user: 3001, roles: [officer], unit: st-03, may_act_for: true}
  - {user: 3002, roles: [officer], unit: criminal-brigade, may_act_for: true}
"""


class Fuzz(Checks):
    """A run: what it sends, what it has learned, what it has found."""

    def __init__(self, options):
        self.options, self.rng = options, random.Random(options.seed)
        self.daemon = Daemon(options.stationd, options.dir)
        self.pools = collections.defaultdict(list, versions={}, states={}, allowed={})
        self.seen, self.findings, self.sent = collections.Counter(), {}, {}
        self.number, self.keys = 0, []

    def finding(self, kind, key, *more):
        """Told once for each key."""
        first = (kind, key) not in self.findings
        self.findings[kind, key] = self.findings.get((kind, key), 0) + 1
        if first and kind == "schema":
            self.options.log.write(f"{key}\n    {json.dumps(more, ensure_ascii=False)[:900]}\n")
        elif first:
            shown = (json.dumps(item, ensure_ascii=False)[:1500] for item in more)
            print(f"FOUND {kind} {key}", *shown, sep="\n    ", flush=True)

    def connect(self):
        if os.getuid() == 0:
            os.chmod(self.options.dir, 0o711)
            os.chmod(self.daemon.path, 0o666)
        self.clients = [Client(self.daemon.path, uid) for uid in (0, 0, 0, 3001, 3002, 3003)]

    def harvest(self, value, module, name=None):
        """Keeps what looks like an id, with its version and state."""
        if isinstance(value, list):
            for item in value:
                self.harvest(item, module, name)
        elif isinstance(value, dict):
            if isinstance(value.get("id"), str):
                for member, pool in (("version", "versions"), ("state", "states")):
                    if isinstance(value.get(member), int if member == "version" else str):
                        self.pools[pool][value["id"]] = value[member]
            for member, item in value.items():
                self.harvest(item, module, member)
        elif isinstance(value, str) and (UUID.match(value) or NAMED.match(value) or name == "next"):
            place = "approval" if module == "approval" else module
            names = {name} | ({"subject"} if name == "id" else set())
            if NAMED.match(value):
                module = MODULES[value[:2]]
                names = {"id", "report", "repeat_of", "reports"}
                names = {"person", "parties", "signatures", "for"} if "." in value else names
                names |= {"support_request"} if value[:2] == "SR" else set()
            if name == "approval":
                self.keep(("approval", "id"), value)
            for each in sorted(names, key=str):
                self.keep((module if NAMED.match(value) else place, each), value)

    def keep(self, pool, value):
        if value not in self.pools[pool]:
            self.pools[pool].append(value)

    def schema_of(self, method):
        return {"type": "object", "additionalProperties": False, "required": [
            item["name"] for item in method["params"] if item["required"]],
            "properties": {item["name"]: item["schema"] for item in method["params"]}}

    def request(self, name, params):
        self.number += 1
        return {"jsonrpc": "2.0", "id": f"f{self.number}", "method": name, "params": params}

    def judge(self, request, answer):
        """What must hold of one answer."""
        name, params, method = request["method"], request["params"], self.methods[request["method"]]
        bad = violation(self.schema_of(method), params, self.root)
        error = answer.get("error")
        kind = error["data"].get("kind") if error else "ok"
        subject = next((params[key] for key in ("id", "task", "duty") if isinstance(params.get(key), str)), None)
        state = self.pools["states"].get(subject)
        self.seen[name, kind, state] += 1
        self.sent[request["id"]] = (name, kind)
        if error is None:
            if found := violation(method["result"]["schema"], answer["result"], self.root):
                self.finding("result", f"{name} {re.sub('[0-9]+', 'N', found[0])} {found[1]}", request, answer)
            if bad:
                self.finding("loose", f"{name} {re.sub('[0-9]+', 'N', bad[0])} {bad[1]}", request)
            self.harvest(answer["result"], name.split(".")[0])
            return kind
        if kind not in KINDS or error["code"] != KINDS.get(kind) or not error["data"].get("message_zh"):
            self.finding("internal" if "internal" in str(kind) else "error", f"{name} {kind}", request, answer)
        if "meta" in params and bad and kind not in ("invalid_params", "denied", "purpose_required", "unavailable"):
            self.finding("order", f"{name} {kind} for {bad[1]}", request, answer)
        if kind == "wrong_state" and "allowed" in error["data"]:
            self.pools["allowed"][name] = set(error["data"]["allowed"])
        if kind == "invalid_params":
            pointer = error["data"].get("pointer")
            if pointer is None:
                self.finding("error", f"{name} without a pointer: {error['message']}", request, answer)
            elif bad and pointer != bad[0]:
                if violation(self.schema_of(method), params, self.root) and not self.reaches(params, pointer):
                    self.finding("pointer", f"{name} {pointer}", request, answer)
            elif not bad:
                words = re.sub("'.*?'", "…", error["message"], flags=re.S)
                key = re.sub("[0-9]+", "N", f"{name} {pointer} {words}")
                self.finding("schema", key, request["params"], error)
        return kind

    @staticmethod
    def reaches(params, pointer):
        """Whether the place is there, or its parent (of a missing member)."""
        value = params
        for token in pointer.split("/")[1:-1]:
            token = token.replace("~1", "/").replace("~0", "~")
            try:
                value = value[int(token)] if isinstance(value, list) else value[token]
            except (KeyError, IndexError, ValueError, TypeError):
                return False
        return isinstance(value, (dict, list))

    def call(self, name, params, client=None):
        """One call, judged; its result or None."""
        request = self.request(name, params)
        client = client or self.clients[0]
        began = time.monotonic()
        client.send(request)
        answer = client.receive()
        if time.monotonic() - began > 2:
            self.finding("slow", name, round(time.monotonic() - began, 1), request)
        if answer.get("id") != request["id"]:
            self.finding("error", f"{name} answer has another id", request, answer)
        self.judge(request, answer)
        return answer

    def pick(self):
        """A method; those with little success and of modules more often."""
        names = self.rng.sample(self.names, 4)
        done = collections.Counter()
        for (method, kind, _), count in self.seen.items():
            done[method] += count if kind == "ok" else 0
        return min(names, key=lambda name: done[name] * self.rng.random())

    def make(self):
        method = self.methods[self.pick()]
        params = self.maker.params(method)
        if self.rng.random() < 0.25:
            params = self.maker.spoil(params)
        return method, params

    def step(self):
        act = self.rng.random()
        if act < 0.012:
            return self.jump()
        if act < 0.04 and not self.options.bare:
            return paths.one(self)
        if act < 0.12:
            return self.at_once()
        if act < 0.18:
            return self.batch()
        if act < 0.19:
            return self.cancelled()
        if act < 0.193:
            return self.spoil_spool()
        method, params = self.make()
        if act < 0.24:
            return self.check(method, params)
        if act < 0.40 and self.takes_key(method, params):
            return self.twice(method, params)
        client = self.rng.choices(self.clients, [50, 0, 0, 25, 20, 5])[0]
        self.call(method["name"], params, client)

    @staticmethod
    def takes_key(method, params):
        return method["x-writes"] and not method["x-discloses"] and isinstance(params.get("meta"), dict)

    def jump(self):
        hours = self.rng.choice([0.0003, 0.02, 0.2, 1, 4] * 5 + [10, 24, 72, 192] * 2 + [744, 4560])
        if self.maker.now.year > int(self.options.start[:4]) + 15:
            return
        self.maker.now += dt.timedelta(hours=hours)
        self.hold()

    def hold(self):
        answer = self.clients[0].call("dev.clock.set", {"now": self.maker.now.isoformat()})
        if "error" in answer:
            self.finding("error", "dev.clock.set", answer)

    def at_once(self):
        """The same record by several connections at once, now and then with one key, or while time passes."""
        method, params = self.make()
        keyed = self.rng.random() < 0.4 and self.takes_key(method, params)
        if keyed:
            params["meta"] = dict(params["meta"], idempotency_key=f"c{self.number}")
        requests = [self.request(method["name"], params) for _ in range(2)]
        other, more = self.make()
        if "id" in params and "id" in more and other["name"].split(".")[0] == method["name"].split(".")[0]:
            more["id"] = params["id"]
        requests.append(self.request(other["name"], more))
        waits = self.rng.random() < 0.2
        if waits:
            self.maker.now += dt.timedelta(hours=self.rng.choice([1, 5, 26]))
            last = Client(self.daemon.path)
            last.send(dict(self.request("dev.clock.set", {"now": self.maker.now.isoformat()}), id="clock"))
        for client, request in zip(self.clients, requests):
            client.send(request)
        answers = [client.receive() for client in self.clients[:3]]
        if waits:
            last.receive()
            last.close()
        kinds = [self.judge(request, answer) for request, answer in zip(requests, answers)]
        if kinds[:2] == ["ok", "ok"] and keyed and answers[0]["result"] != answers[1]["result"]:
            self.finding("idem", f"{method['name']} twice at once", requests[0], *answers)
        if kinds[:2] == ["ok", "ok"] and method["x-writes"] and "version" in params and not method["x-discloses"] \
                and not keyed and isinstance(params["version"], int) and not method["name"].startswith("directory."):
            self.finding("version", f"{method['name']} done twice with one version", requests[0])

    def cancelled(self):
        """A call that is cancelled while it waits: done and answered, or neither."""
        method, params = self.make()
        request = self.request(method["name"], params)
        cancel = self.request("rpc.cancel", {"id": request["id"]})
        self.clients[0].send(request)
        self.clients[0].send(cancel)
        answers = {answer["id"]: answer for answer in (self.clients[0].receive(), self.clients[0].receive())}
        for each in (request, cancel):
            self.judge(each, answers[each["id"]])

    def spoil_spool(self):
        """A file of a bank that cannot be read, to be set aside."""
        place = os.path.join(self.options.dir, "spool", "in")
        if os.path.isdir(place):
            with open(os.path.join(place, f"x{self.number}.tmp"), "w") as file:
                file.write(self.rng.choice(["", "<a", "<Document/>", "\0"]))
            os.rename(file.name, file.name[:-3] + "xml")

    def batch(self):
        made = (self.make() for _ in range(self.rng.randint(1, 5)))
        requests = [self.request(method["name"], params) for method, params in made]
        self.clients[1].send(requests)
        answers = self.clients[1].receive()
        if not isinstance(answers, list) or {item["id"] for item in answers} != {item["id"] for item in requests}:
            return self.finding("error", "batch", requests, answers)
        by_id = {item["id"]: item for item in answers}
        for request in requests:
            self.judge(request, by_id[request["id"]])

    def check(self, method, params):
        """rpc.check says what the call would be told of its params."""
        said = self.call("rpc.check", {"method": method["name"], "params": params})
        bad = violation(self.schema_of(method), params, self.root)
        if "result" in said and said["result"]["ok"] != (bad is None) and "/meta/" not in str(said):
            self.finding("check", f"{method['name']} {bad}", params, said)

    def twice(self, method, params):
        """A call with a key, again with it, and with other params."""
        key = f"k{self.number}"
        params["meta"] = dict(params["meta"], idempotency_key=key)
        first, again = self.call(method["name"], params), self.call(method["name"], params)
        if "result" in first and first["result"] != again.get("result"):
            self.finding("idem", f"{method['name']} answers otherwise", params, first, again)
        other, more = (method, self.maker.params(method)) if self.rng.random() < 0.7 else self.make()
        if "result" in first and other["x-writes"] and not other["x-discloses"] and more != params:
            more["meta"] = dict(params["meta"])
            kind = self.call(other["name"], more).get("error", {}).get("data", {}).get("kind")
            same = (other["name"], more) == (method["name"], params)
            if not same and kind not in ("idempotency_mismatch", "invalid_params"):
                self.finding("idem", f"{other['name']} took a key of {method['name']}: {kind}", params, more)
        if "result" in first:
            self.keys.append((method["name"], params, first["result"], self.maker.now))

    def run(self):
        with open(os.path.join(self.options.dir, "access.yaml"), "w") as file:
            file.write(ACCESS)
        print(f"seed {self.options.seed}, {self.options.calls} calls, in {self.options.dir}", flush=True)
        self.daemon.start()
        self.connect()
        self.root = self.clients[0].call("rpc.discover")["result"]
        self.methods = {method["name"]: method for method in self.root["methods"]}
        modules = ("approval", "directory", "support", "stoploss", "mediation", "keyperson", "transfer", "personal")
        self.names = [name for name in self.methods if name not in SKIPPED]
        self.names += [name for name in self.names if name.split(".")[0] in modules] * 4
        self.maker = Maker(self.rng, self.root, self.pools, self.options.start)
        self.hold()
        every = max(1, self.options.calls // (self.options.restarts + 1))
        try:
            if not self.options.bare:
                paths.walk(self)
            self.events()
            for number in range(1, self.options.calls + 1):
                self.step()
                if number % every == 0:
                    self.consistent()
                    self.restart()
                    self.events()
            self.consistent()
            self.audited()
            self.events()
            self.verify()
        except (Gone, OSError) as error:
            time.sleep(1)
            self.finding("dead", f"{error!r}, status {self.daemon.process.poll()}", self.number)
        finally:
            if self.daemon.process.poll() is None:
                self.daemon.end(True)
        self.tell()
        return int(any(kind != "schema" for kind, _ in self.findings))

    def tell(self):
        done = {name for name, kind, _ in self.seen if kind == "ok"}
        print(f"{len(self.seen)} of (method, kind, state); never done: {sorted(set(self.methods) - done - SKIPPED)}")
        print(f"findings: {dict(collections.Counter(kind for kind, _ in self.findings))}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name, kind, default in (("seed", int, 1), ("calls", int, 3000), ("restarts", int, 3), ("dir", str, None),
                                # After today: a daemon that starts anew goes by the true time, until told.
                                ("start", str, "2099-03-02T09:30:00+08:00"),
                                ("stationd", str, os.environ.get("STATIOND", "stationd")),
                                ("stationctl", str, os.environ.get("STATIONCTL", "stationctl"))):
        parser.add_argument("--" + name, type=kind, default=default)
    parser.add_argument("--gaps", default="/dev/null", help="a file for what the published schemas leave out")
    parser.add_argument("--keep", action="store_true", help="leave the state")
    parser.add_argument("--bare", action="store_true", help="without the happy paths")
    options = parser.parse_args()
    made = options.dir is None
    options.log = open(options.gaps, "a", buffering=1)
    options.dir = options.dir or tempfile.mkdtemp(prefix="sf-")
    os.makedirs(options.dir, exist_ok=True)
    status = Fuzz(options).run()
    if made and not options.keep and not status:
        shutil.rmtree(options.dir)
    return status


if __name__ == "__main__":
    sys.exit(main())
