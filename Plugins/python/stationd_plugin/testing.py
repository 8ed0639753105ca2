"""Runs a plugin in a test, without the daemon and without a process.

    station = Station(plugin, config={...}, now="2026-03-02T09:00:00+08:00")
    station.call("add", text="one")          # the result, or Refused is raised
    station.records("note")                  # what is stored now
    station.advance("2026-03-03T09:00:00+08:00")  # fires the deadlines that are due until then
    station.tell("support.escalated", {...}) # an event of another module
    station.events                           # what the plugin emitted

It does what the daemon does as far as a handler can tell: schemas are checked, undeclared names are refused, a call
that is refused leaves nothing behind. What it does not know: conflicts, scopes, masks and other modules, which
`answers` stands in for.
"""

from __future__ import annotations

import copy
import json
from collections import deque
from datetime import datetime
from typing import Any, Callable, Mapping, Optional, Sequence, Union

from .call import Body
from .channel import FRAME_BYTES, encoded
from .errors import Refused
from .plugin import Plugin
from .schema import violation

_TOKEN = "test"


class Station:
    """A daemon's stand-in: its store, its clock and its events, in memory.

    `answers`: for methods of other modules that the plugin calls, a result or a function of the params.
    """

    def __init__(self, plugin: Plugin, *, config: Optional[Body] = None, now: str = "2026-03-02T09:00:00+08:00",
                 answers: Optional[Mapping[str, Union[Any, Callable[[Body], Any]]]] = None) -> None:
        self.now = datetime.fromisoformat(now)
        self.events: list[tuple[str, Body]] = []
        self.log: list[str] = []
        self._plugin = plugin
        self._manifest: dict[str, Any] = plugin.manifest
        self._answers = dict(answers or {})
        self._store: dict[str, dict[str, dict[str, Any]]] = {each["name"]: {} for each in self._manifest["collections"]}
        self._numbers: dict[str, int] = {}
        self._foretold: dict[str, int] = {}
        self._deadlines: dict[tuple[str, str], dict[str, Any]] = {}
        self._channel = _Channel(self)
        answer = self._send("plugin.init", {"config": config or {}, "write_calls": [],
                                             "limits": {"frame_bytes": FRAME_BYTES}})
        if "error" in answer:
            raise Refused.from_wire(answer["error"])

    # ---- What a test does

    def call(self, method: str, /, *, roles: Sequence[str] = ("tester",), units: Optional[Sequence[str]] = None,
             **params: Any) -> Any:
        """Calls one of the plugin's methods by its short name, as a person with these roles and units (all)."""
        declared = next((each for each in self._manifest["methods"] if each["name"] == method), None)
        if declared is None:
            raise Refused("method_not_found", f"the plugin has no method '{method}'")
        _check(declared["params"], params, f"params of {method}")
        result = self._run(declared["kind"], method, params, roles, units)
        try:
            _check(declared["result"], result, f"result of {method}")
        except Refused as refused:
            raise AssertionError(refused.message) from None
        return result

    def advance(self, now: str) -> None:
        """Sets the clock forward and fires what is due, in order."""
        until = datetime.fromisoformat(now)
        while True:
            due = sorted((entry["due"], key) for key, entry in self._deadlines.items() if entry["due"] <= until)
            if not due:
                break
            self.now, key = due[0]
            entry = self._deadlines.pop(key)
            self._run("deadline", key[0], {"subject": key[1], "due": entry["due"].isoformat(),
                                           "payload": entry["payload"], "late": False}, ("system",), None)
        self.now = until

    def tell(self, kind: str, payload: Body, *, seq: int = 1) -> None:
        """Tells another module's event; raises what the handler answers."""
        if kind not in self._manifest["listens"]:
            raise AssertionError(f"the plugin does not listen to '{kind}'")
        answer = self._send("plugin.event", {"seq": seq, "at": self.now.isoformat(), "kind": kind, "payload": payload})
        if "error" in answer:
            raise Refused.from_wire(answer["error"])

    def records(self, collection: str) -> dict[str, Body]:
        """The bodies of a collection by id."""
        return {id: copy.deepcopy(record["body"]) for id, record in self._store[collection].items()}

    def deadlines(self) -> dict[tuple[str, str], datetime]:
        """When each deadline is due, by kind and subject."""
        return {key: entry["due"] for key, entry in self._deadlines.items()}

    # ---- Inside

    def _run(self, kind: str, method: str, params: Body, roles: Sequence[str], units: Optional[Sequence[str]]) -> Any:
        context = {"method": f"{self._manifest['name']}.{method}", "now": self.now.isoformat(), "principal": {
            "uid": 1000, "gid": 1000, "roles": list(roles), "person": "uid:1000",
            "scope": "all" if units is None else list(units)}}
        self._foretold = dict(self._numbers)
        answer = self._send("plugin.call", {"token": _TOKEN, "method": method, "kind": kind, "params": params,
                                            "deadline_ms": 10_000, "context": context})
        if "error" in answer:
            raise Refused.from_wire(answer["error"])
        operations = answer["result"]["operations"]
        if kind == "read" and operations:
            raise AssertionError(f"'{method}' only reads, and asks for {operations[0]}")
        state = self._after(operations)
        self._store, self._numbers, self._deadlines, events = state
        self.events += events
        return answer["result"]["result"]

    def _send(self, method: str, params: Body) -> dict[str, Any]:
        return self._channel.deliver(self._plugin, {"jsonrpc": "2.0", "id": 1, "method": method, "params": params})

    def _after(self, operations: Sequence[Body]) -> tuple[Any, dict[str, int], Any, list[tuple[str, Body]]]:
        store, numbers = copy.deepcopy(self._store), dict(self._numbers)
        deadlines, events = dict(self._deadlines), []
        for operation in operations:
            kind = operation["op"]
            if kind in ("create", "put", "delete"):
                self._change(store, operation)
            elif kind == "number":
                numbers[operation["series"]] = operation["value"]
            elif kind == "schedule":
                self._declared("deadlines", operation["kind"])
                deadlines[operation["kind"], operation["subject"]] = {
                    "due": datetime.fromisoformat(operation["due"]), "payload": operation["payload"]}
            elif kind == "erase":
                for declared in self._manifest["collections"]:
                    _forget(declared, store[declared["name"]], operation["subject"])
            elif kind == "cancel":
                self._declared("deadlines", operation["kind"])
                deadlines.pop((operation["kind"], operation["subject"]), None)
            elif kind == "emit":
                _check(self._declared("events", operation["event"])["payload"], operation["payload"], "payload")
                events.append((operation["event"], operation["payload"]))
        return store, numbers, deadlines, events

    def _change(self, store: dict[str, dict[str, dict[str, Any]]], operation: Body) -> None:
        name, id = operation["collection"], operation["id"]
        declared = self._declared("collections", name)
        records = store[name]
        if operation["op"] == "create" and id in records:
            raise Refused("already_exists", f"'{id}' is there already")
        if operation["op"] != "create":
            if id not in records:
                raise Refused("not_found", f"there is no '{id}'")
            if records[id]["version"] != operation["version"]:
                raise Refused("conflict", f"'{id}' is at version {records[id]['version']}")
        if operation["op"] == "delete":
            del records[id]
            return
        _check(declared["schema"], operation["body"], f"body of {name}")
        for index in declared["indexes"]:
            if index["unique"] and any(
                    other != id and all(record["body"].get(field) == operation["body"].get(field)
                                        for field in index["fields"]) for other, record in records.items()):
                raise Refused("already_exists", f"a value of '{index['name']}' is there already")
        records[id] = {"id": id, "version": operation.get("version", 0) + 1, "body": copy.deepcopy(operation["body"])}

    def _declared(self, part: str, name: str) -> dict[str, Any]:
        found = next((each for each in self._manifest[part] if each["name"] == name), None)
        if found is None:
            raise Refused("denied", f"not declared among {part}: '{name}'")
        return found

    def answer(self, method: str, params: Body) -> Any:
        """What the store answers to one request of the plugin's."""
        if method == "store.next":
            self._foretold[params["series"]] = self._foretold.get(params["series"], 0) + 1
            return self._foretold[params["series"]]
        if method == "store.call":
            names = [each if isinstance(each, str) else each["method"] for each in self._manifest["calls"]]
            if params["method"] not in names:
                raise Refused("denied", f"not declared among calls: '{params['method']}'")
            if params["method"] not in self._answers:
                raise AssertionError(f"the test gives no answer for '{params['method']}'")
            answer = self._answers[params["method"]]
            return answer(params["params"]) if callable(answer) else copy.deepcopy(answer)
        declared = self._declared("collections", params["collection"])
        records = self._after(params.get("operations", []))[0][params["collection"]]
        if method == "store.get":
            return copy.deepcopy(records.get(params["id"]))
        rows = self._rows(declared, records, params)
        if method == "store.count":
            return len(rows)
        if method == "store.scan":
            return [[row["body"].get(column) for column in params["columns"]] for row in rows]
        first = int(params.get("cursor", 0))
        page = {"records": copy.deepcopy(rows[first:first + params["limit"]])}
        return {**page, "next": str(first + params["limit"])} if first + params["limit"] < len(rows) else page

    def _rows(self, declared: Body, records: Mapping[str, Body], query: Body) -> list[Body]:
        fields: list[str] = []
        if "index" in query:
            index = next((each for each in declared["indexes"] if each["name"] == query["index"]), None)
            if index is None:
                raise Refused("denied", f"not declared: index '{query['index']}'")
            fields = index["fields"]
        equals = query.get("equals", [])

        def key(record: Body) -> list[Any]:
            values = [record["body"].get(field) for field in fields]
            return [(value is not None, value if value is not None else 0) for value in values] + [record["id"]]

        def holds(record: Body) -> bool:
            values = [record["body"].get(field) for field in fields]
            if values[:len(equals)] != list(equals):
                return False
            if "from" not in query and "to" not in query:
                return True
            value = values[len(equals)]
            return value is not None and ("from" not in query or value >= query["from"]) and (
                "to" not in query or value < query["to"])

        rows = sorted((record for record in records.values() if holds(record)), key=key)
        return rows[::-1] if query.get("descending") else rows


class _Channel:
    """The daemon's end of the talk, without a socket."""

    def __init__(self, station: Station) -> None:
        self._station = station
        self._incoming: deque[dict[str, Any]] = deque()
        self._answer: dict[str, Any] = {}
        self.frame_bytes = FRAME_BYTES
        self.notified: Callable[[dict[str, Any]], None] = lambda message: None

    def deliver(self, plugin: Plugin, message: dict[str, Any]) -> dict[str, Any]:
        self._incoming.append(message)
        self._incoming.append({"jsonrpc": "2.0", "method": "plugin.drain", "params": {}})
        plugin.run(self)  # type: ignore[arg-type]
        return self._answer

    def next(self) -> dict[str, Any]:
        return self._incoming.popleft()

    def ask(self, method: str, params: dict[str, Any]) -> dict[str, Any]:
        encoded({"params": params}, self.frame_bytes)
        try:
            return {"result": self._station.answer(method, params)}
        except Refused as refused:
            return {"error": refused.wire()}

    def answer(self, request: Any, *, result: Any = None, error: Optional[dict[str, Any]] = None) -> None:
        # What the daemon would not take fails here too.
        answer = {"error": error} if error is not None else {"result": result}
        self._answer = json.loads(encoded(answer, self.frame_bytes))

    def notify(self, method: str, params: dict[str, Any]) -> None:
        if method == "log":
            self._station.log.append(params["message"])


def _forget(declared: Mapping[str, Any], records: dict[str, dict[str, Any]], subject: str) -> None:
    """Removes the records of a subject from a collection that keeps personal data."""
    if not declared["personal"]:
        return
    member = None if declared["subject"] == "own" else declared["subject"]["member"]
    for id in [id for id, record in records.items() if subject == (record["body"].get(member) if member else id)]:
        del records[id]


def _check(schema: Mapping[str, Any], value: Any, what: str) -> None:
    found = violation(schema, value)
    if found is not None:
        raise Refused("invalid_params", f"{what}: {found[1]}", pointer=found[0])
