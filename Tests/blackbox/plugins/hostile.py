#!/usr/bin/env python3
"""A plugin that misbehaves as its configuration says: {"fault": WHAT, "at": WHERE}.

It speaks the protocol by itself, because the kit would not let it do any of this. WHERE is one of manifest, init,
ready, call, event and drain. Without a fault it is a good plugin.
"""

import contextlib
import fcntl
import json
import os
import resource
import signal
import socket
import sys
import time

channel = socket.socket(fileno=os.dup(3))
incoming = channel.makefile("rb")
name = os.path.basename(sys.argv[1]) if len(sys.argv) > 1 else "hostile"
fault = sys.argv[2] if len(sys.argv) > 2 else "none"
where = sys.argv[3] if len(sys.argv) > 3 else "call"


def text(en):
    return {"en": en, "zh": en}


def method(verb, kind, params):
    return {"name": verb, "summary": text(verb), "kind": kind,
            "params": {"type": "object", "properties": params, "additionalProperties": False},
            "result": {"type": "object"}, "examples": [{"name": "e", "params": {}, "result": {}}]}


MANIFEST = {
    "protocol": 1, "name": name, "title": text(name), "version": "1.0",
    "collections": [{"name": "thing", "summary": text("thing"), "retention": "forever",
                     "fields": [{"name": "n", "type": "integer"}],
                     "schema": {"type": "object", "properties": {"n": {"type": "integer"}},
                                "additionalProperties": False}}],
    "methods": [method("do", "write", {"fault": {"type": "string"}}), method("look", "read", {}),
                method("reach", "read", {})],
}
if where == "event":
    MANIFEST["listens"] = ["directory.unit_changed"]
if fault == "unique":
    MANIFEST["collections"][0]["indexes"] = [{"name": "by_n", "fields": ["n"], "unique": True}]
# A declaration that is wrong, by its place.
if fault == "life_initial":
    MANIFEST["life_cycles"] = [{"name": "thing", "summary": text("life"), "initial": "new",
                                "steps": [{"from": "open", "action": "close", "to": "closed"}]}]
if fault == "life_step":
    MANIFEST["life_cycles"] = [{"name": "thing", "summary": text("life"), "initial": "open",
                                "steps": [{"from": "open", "action": "close", "to": "closed"},
                                          {"from": "clsoed", "action": "reopen", "to": "open"}]}]
if fault == "subject":
    MANIFEST["collections"][0]["subject"] = {"member": "nobody"}
if fault == "field_type":
    MANIFEST["collections"][0]["fields"] = [{"name": "n", "type": "text"}]
if fault == "default":
    MANIFEST["methods"][0]["params"]["properties"]["fault"]["default"] = 7
if fault == "foreign_rule":
    MANIFEST["rules"] = [{"id": "support.most", "version": "1", "effective": "2026-01-01", "source": "s",
                          "summary": text("most")}]
if fault == "param_name":
    MANIFEST["methods"][0]["params"]["properties"]["a\x1b[2Jb"] = {"type": "string"}
if fault == "param_capitals":
    MANIFEST["methods"][0]["params"]["properties"]["itemID"] = {"type": "string"}
if fault == "description":
    MANIFEST["methods"][0]["params"]["properties"]["fault"]["description"] = "a\x1b]0;title\x07b"
if fault == "title":
    MANIFEST["title"]["zh"] = "标\x9b2J题"
if fault == "word":
    MANIFEST["words_zh"] = {"fault\x1b[31m": "错"}
if fault == "lines":
    MANIFEST["methods"][0]["examples"][0] = {"name": "e", "params": {"fault": "none"},
                                             "result": {"text": "two\n\tlines"}}
if fault in ("verbose", "wordy"):
    for place in range(190 if fault == "verbose" else 10):
        MANIFEST["methods"].append(method(f"m{place}", "read", {}))
        MANIFEST["methods"][-1]["examples"][0]["result"] = {"x": "x" * (20_500 if fault == "verbose" else 3_000)}


def send(value):
    raw(json.dumps(value).encode() + b"\n")


def raw(data):
    channel.sendall(data)


def answer(number, result):
    send({"jsonrpc": "2.0", "id": number, "result": result})


def refuse(number, kind):
    send({"jsonrpc": "2.0", "id": number, "error": {"code": -32000, "message": kind, "data": {"kind": kind}}})


def ask(method, params, number=77):
    send({"jsonrpc": "2.0", "id": number, "method": method, "params": params})


backlog = []


def awaited():
    """The daemon's next answer; the calls that come before it wait."""
    while "method" in (message := json.loads(incoming.readline())):
        backlog.append(message)
    return message


def reach():
    """What of the daemon it reaches, itself as a proof. Signal 0 is none."""
    daemon = os.getppid()
    ways = {
        "itself": lambda: os.kill(os.getpid(), 0), "process": lambda: os.kill(daemon, 0),
        "all": lambda: os.kill(-1, 0), "group": lambda: os.kill(-os.getpgid(daemon), 0),
        "thread": lambda: os.kill(max(map(int, os.listdir(f"/proc/{daemon}/task"))), 0),
        "pidfd": lambda: signal.pidfd_send_signal(os.pidfd_open(daemon), 0),
        "owner": lambda: fcntl.fcntl(channel, fcntl.F_SETOWN, daemon),
        "limits": lambda: resource.prlimit(daemon, resource.RLIMIT_NOFILE),
        "priority": lambda: os.setpriority(os.PRIO_PROCESS, daemon, os.getpriority(os.PRIO_PROCESS, daemon)),
        "processor": lambda: os.sched_setaffinity(daemon, os.sched_getaffinity(daemon)),
        "memory": lambda: open(f"/proc/{daemon}/mem", "rb").close(),
        "descriptors": lambda: os.listdir(f"/proc/{daemon}/fd"),
    }
    reached = []
    for name, way in ways.items():
        with contextlib.suppress(PermissionError):
            way()
            reached.append(name)
    return reached


def misbehave(fault, message):
    """Does it. True where the message is still to be answered as a good plugin would."""
    number = message.get("id")
    params = message.get("params", {})
    if fault == "crash":
        os.kill(os.getpid(), signal.SIGSEGV)
    elif fault == "exit":
        os._exit(3)
    elif fault == "close":
        channel.shutdown(socket.SHUT_RDWR)
        os.close(3)
        channel.close()
        time.sleep(3600)
    elif fault == "ignore":
        print("ignored", flush=True)
    elif fault == "hang":
        while True:
            time.sleep(3600)
    elif fault == "spin":
        while True:
            pass
    elif fault == "slow":
        time.sleep(0.5)
        return True
    elif fault == "garbage":
        raw(b"this is not JSON\n")
    elif fault == "not_rpc":
        raw(b"[1,2,3]\n")
    elif fault == "half":
        raw(b'{"jsonrpc":"2.0","id":')
        os._exit(0)
    elif fault == "huge":
        chunk = b"x" * (1 << 16)
        raw(b'{"jsonrpc":"2.0","id":"')
        while True:
            raw(chunk)
    elif fault == "wrong_id":
        answer(987654, {})
    elif fault == "twice":
        good(message)
        good(message)
    elif fault == "undeclared_write":
        answer(number, {"result": {}, "operations": [
            {"op": "create", "collection": "thing", "id": "half", "body": {"n": 1}},
            {"op": "create", "collection": "other", "id": "1", "body": {}}]})
    elif fault == "bad_schema":
        answer(number, {"result": {}, "operations": [
            {"op": "create", "collection": "thing", "id": "half", "body": {"n": "not a number"}}]})
    elif fault == "wrong_version":
        answer(number, {"result": {}, "operations": [
            {"op": "create", "collection": "thing", "id": "half", "body": {"n": 1}},
            {"op": "put", "collection": "thing", "id": "nowhere", "version": 7, "body": {"n": 1}}]})
    elif fault == "made_up_number":
        answer(number, {"result": {}, "operations": [{"op": "number", "series": "s", "value": 41}]})
    elif fault == "swapped_numbers":
        values = []
        for _ in range(2):
            ask("store.next", {"token": params["token"], "series": "s"})
            values.append(awaited()["result"])
        answer(number, {"result": {}, "operations": [
            {"op": "number", "series": "s", "value": value} for value in reversed(values)]})
    elif fault == "dropped_operation":
        ask("store.get", {"token": params["token"], "collection": "thing", "id": "r1", "operations": [
            {"op": "create", "collection": "thing", "id": "r1", "body": {"n": 1}}]})
        awaited()
        answer(number, {"result": {}, "operations": []})
    elif fault == "fill":
        answer(number, {"result": {}, "operations": [
            {"op": "create", "collection": "thing", "id": f"t{place}", "body": {"n": 7}} for place in range(6_000)]})
    elif fault == "misspelt":
        ask("store.count", {"token": params["token"], "collection": "thing", "equalz": [1]})
        reply = awaited()["error"]
        answer(number, {"result": {"kind": reply["data"]["kind"], "pointer": reply["data"].get("pointer"),
                                   "message": reply["message"]}, "operations": []})
    elif fault == "misspelt_operation":
        answer(number, {"result": {}, "operations": [
            {"op": "create", "collection": "thing", "id": "half", "body": {"n": 1}, "subjekt": "s"}]})
    elif fault == "misspelt_answer":
        answer(number, {"result": {}, "operation": [
            {"op": "create", "collection": "thing", "id": "half", "body": {"n": 1}}]})
    elif fault == "greedy":
        told = []
        for _ in range(10):
            ask("store.scan", {"token": params["token"], "collection": "thing", "columns": ["n"]})
            reply = awaited()
            told.append(reply["error"]["data"]["kind"] if "error" in reply else len(reply["result"]))
        answer(number, {"result": {"told": told}, "operations": []})
    elif fault == "rehearse":
        operations = [{"op": "create", "collection": "thing", "id": f"r{place}", "body": {"n": place}}
                      for place in range(50)]
        for attempt in range(20):
            ask("store.count", {"token": params["token"], "collection": "thing", "operations": operations}, attempt)
        counts = sorted((reply["id"], reply["result"]) for reply in (awaited() for _ in range(20)))
        answer(number, {"result": {"counts": counts}, "operations": operations})
    elif fault == "kept_undeclared":
        answer(number, {"result": {}, "operations": [], "kept": [
            {"method": "directory.unit.get", "params": {"id": "st-01"}, "result": {}}]})
    elif fault == "kept_nonsense":
        answer(number, {"result": {}, "operations": [], "kept": [7]})
    elif fault in ("number", "leave_number", "ask_number"):
        # A good plugin that takes a number, and tells whether it was given one unasked; or leaves it, or asks anyway.
        foretold = params.get("numbers", {}).get("s") if fault != "ask_number" else None
        value = foretold
        if foretold is None and fault != "leave_number":
            ask("store.next", {"token": params["token"], "series": "s"})
            value = awaited()["result"]
        taken = [{"op": "number", "series": "s", "value": value}] if fault != "leave_number" else []
        answer(number, {"result": {"value": value, "foretold": foretold is not None}, "operations": taken})
    elif fault == "give_back":
        # A good plugin at two calls. The one behind takes its number, this one is refused, and the one behind is
        # given numbers anew: it finds what it has made under one of them before.
        behind = backlog.pop(0) if backlog else json.loads(incoming.readline())
        ask("store.next", {"token": params["token"], "series": "s"})
        awaited()
        taken = []
        for _ in range(3):
            ask("store.next", {"token": behind["params"]["token"], "series": "s"})
            taken.append(awaited()["result"])
            if len(taken) == 1:
                refuse(number, "not_found")
        print("taken", taken, flush=True)
        refuse(behind["id"], "already_exists" if len(set(taken)) < 3 else "internal_error")
    elif fault == "bad_result":
        answer(number, {"result": "not an object", "operations": []})
    elif fault == "no_result":
        answer(number, {"operations": []})
    elif fault == "forged_token":
        for attempt in range(100):
            ask("store.get", {"token": "forged", "collection": "thing", "id": "x"}, attempt)
            incoming.readline()
        return True
    elif fault == "kept_token":
        good(message)
        ask("store.get", {"token": params.get("token", ""), "collection": "thing", "id": "x"})
        reply = json.loads(incoming.readline())
        print("kept token:", reply.get("error", {}).get("data", {}).get("kind"), flush=True)
    elif fault == "noise":
        sys.stdout.write("noise " * 100_000 + "\n" + "line\x1b[31m\n" * 50_000)
        sys.stdout.flush()
        return True
    elif fault == "flood":
        for attempt in range(100_000):
            ask("store.get", {"token": params.get("token", ""), "collection": "thing", "id": "x"}, attempt)
    elif fault == "fork":
        forked = 0
        for _ in range(200):
            try:
                if os.fork() == 0:
                    time.sleep(3600)
                forked += 1
            except OSError:
                pass
        print(f"forked {forked}", flush=True)
        return True
    elif fault in ("bomb", "burn"):
        own = os.getpid()
        for _ in range(60):
            try:
                if os.fork() == 0:
                    # Away from whoever could end it, if that were possible.
                    for leave in (os.setsid, os.setpgrp):
                        with contextlib.suppress(OSError):
                            leave()
                    signal.signal(signal.SIGTERM, signal.SIG_IGN)
                    while fault == "burn":
                        pass
            except OSError:
                pass
        if os.getpid() != own:
            while True:
                time.sleep(3600)
        return True
    elif fault == "memory":
        hoard = []
        while True:
            hoard.append(bytearray(1 << 24))
    elif fault == "exec":
        os.execv("/bin/true", ["true"])
    return False


def good(message):
    kind = message["method"]
    if kind == "plugin.manifest":
        answer(message["id"], MANIFEST)
    elif kind == "plugin.init":
        answer(message["id"], {})
        if fault != "none" and where == "ready":
            if not misbehave(fault, message):
                return
        send({"jsonrpc": "2.0", "method": "plugin.ready", "params": {}})
    elif kind == "plugin.call":
        result = {}
        if message["params"]["method"] == "look":
            result = {"fds": sorted(int(fd) for fd in os.listdir("/proc/self/fd")), "env": dict(os.environ),
                      "uid": os.getuid()}
        if message["params"]["method"] == "reach":
            result = {"reached": reach()}
        answer(message["id"], {"result": result, "operations": []})
    elif kind == "plugin.event":
        print("told of", message["params"]["kind"], flush=True)
        answer(message["id"], {})


def main():
    while backlog or (line := incoming.readline()):
        message = backlog.pop(0) if backlog else json.loads(line)
        kind = message["method"].split(".")[1]
        wanted = fault if where == kind else "none"
        if kind == "call" and "fault" in message["params"]["params"]:
            wanted = message["params"]["params"]["fault"]
        if wanted != "none" and not misbehave(wanted, message):
            continue
        if kind == "drain":
            return
        good(message)


main()
