"""What a handler has in its hands: the caller, the params, and the store as the plugin may see it."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Iterator, Mapping, Optional, Sequence, Union

from .channel import Channel
from .errors import Cancelled, Refused, Stale

Value = Union[str, int, None]
Body = dict[str, Any]


@dataclass(frozen=True)
class Record:
    """One stored record. `version` is 1 when created, one more at every `put`."""
    id: str
    version: int
    body: Body

    def __getitem__(self, key: str) -> Any:
        return self.body[key]

    def get(self, key: str, default: Any = None) -> Any:
        return self.body.get(key, default)


@dataclass(frozen=True)
class Page:
    """One page of a list; `next` is the cursor of the following one, or None."""
    records: list[Record]
    next: Optional[str]


@dataclass(frozen=True)
class Principal:
    """Who is asking. `units` is None for a caller who may reach all units."""
    uid: int
    gid: int
    roles: list[str]
    unit: Optional[str]
    actor: Optional[str]
    person: str
    units: Optional[frozenset[str]]

    def may_reach(self, *units: Optional[str]) -> bool:
        return self.units is None or any(unit in self.units for unit in units if unit)

    def require(self, *units: Optional[str]) -> None:
        """Raises `denied` when none of the units is in the caller's scope."""
        if not self.may_reach(*units):
            raise Refused("denied", "Outside the units you work for", "超出所属单位范围")


@dataclass(frozen=True)
class Context:
    """The call besides its params. `now` is its time: never ask the system."""
    method: str
    now: datetime
    principal: Principal
    purpose: Optional[str]
    reason: Optional[str]

    @classmethod
    def from_wire(cls, value: Mapping[str, Any]) -> "Context":
        who = value["principal"]
        units = None if who["scope"] == "all" else frozenset(who["scope"])
        principal = Principal(who["uid"], who["gid"], who["roles"], who.get("unit"), who.get("actor"),
                              who["person"], units)
        return cls(value["method"], datetime.fromisoformat(value["now"]), principal, value.get("purpose"),
                   value.get("reason"))


def new_id() -> str:
    """A UUIDv7 (RFC 9562, 5.7): sorts by the time at which it was made."""
    number = (int(time.time() * 1000) << 80) | int.from_bytes(os.urandom(10), "big")
    number = (number & ~(0xF << 76)) | (7 << 76)
    number = (number & ~(0x3 << 62)) | (2 << 62)
    text = f"{number:032x}"
    return "-".join((text[:8], text[8:12], text[12:16], text[16:20], text[20:]))


class Call:
    """One call. It reads the store while it runs, and says what is to be done; the daemon does that afterwards,
    in one transaction, if what was read still holds. Otherwise the handler is run again: it must not do anything
    outside of the store that must not be done twice.
    """

    def __init__(self, channel: Channel, message: Mapping[str, Any]) -> None:
        self._channel = channel
        self._token = message["token"]
        self._written: dict[tuple[str, str], Optional[Record]] = {}
        self._foretold: dict[str, int] = dict(message.get("numbers", {}))
        self.context = Context.from_wire(message["context"])
        self.params: Body = message["params"]
        self.deadline_ms: int = message["deadline_ms"]
        self.operations: list[dict[str, Any]] = []
        self.is_cancelled = False

    @property
    def now(self) -> datetime:
        return self.context.now

    @property
    def principal(self) -> Principal:
        return self.context.principal

    # ---- Reading

    def get(self, collection: str, id: str) -> Optional[Record]:
        """The record, or None."""
        if (collection, id) in self._written:
            return self._written[collection, id]
        found = self._ask("store.get", {"collection": collection, "id": id})
        return Record(**found) if found else None

    def query(self, collection: str, index: Optional[str] = None, equals: Sequence[Value] = (),
              *, start: Value = None, end: Value = None, descending: bool = False, limit: int = 100,
              cursor: Optional[str] = None) -> Page:
        """One page along a declared index: `equals` for its first fields, then from `start` up to, not
        including, `end` of the next."""
        page = self._ask("store.query", _query(collection, index, equals, start, end, descending, limit, cursor))
        return Page([Record(**record) for record in page["records"]], page.get("next"))

    def each(self, collection: str, index: Optional[str] = None, equals: Sequence[Value] = (),
             **options: Any) -> Iterator[Record]:
        """All pages of a query, record by record."""
        cursor = None
        while True:
            page = self.query(collection, index, equals, cursor=cursor, **options)
            yield from page.records
            cursor = page.next
            if cursor is None:
                return

    def count(self, collection: str, index: Optional[str] = None, equals: Sequence[Value] = (),
              *, start: Value = None, end: Value = None) -> int:
        """How many records a query covers."""
        return self._ask("store.count", _query(collection, index, equals, start, end, False, 100, None))

    def scan(self, collection: str, columns: Sequence[str], index: Optional[str] = None,
             equals: Sequence[Value] = (), *, start: Value = None, end: Value = None) -> list[list[Value]]:
        """Declared fields of every row that a query covers, for figures."""
        query = _query(collection, index, equals, start, end, False, 100, None)
        return self._ask("store.scan", {**query, "columns": list(columns)})

    def call(self, method: str, /, **params: Any) -> Any:
        """Calls another module's method, if the manifest declares it and the configuration grants it. What a
        method that writes tells is a rehearsal: it happens with the rest of this call."""
        result = self._ask("store.call", {"method": method, "params": params})
        if self._writes(method):
            self.operations.append({"op": "call", "method": method, "params": params, "result": result})
        return result

    # ---- Writing

    def create(self, collection: str, body: Body, id: Optional[str] = None) -> Record:
        """A new record with version 1. Fails the call with `already_exists` where the id, or a value of a unique
        index, is taken."""
        record = Record(id or new_id(), 1, dict(body))
        self._do("create", collection=collection, id=record.id, body=record.body)
        self._written[collection, record.id] = record
        return record

    def put(self, collection: str, record: Record, body: Body) -> Record:
        """Replaces the body of a record that was read before."""
        changed = Record(record.id, record.version + 1, dict(body))
        self._do("put", collection=collection, id=record.id, version=record.version, body=changed.body)
        self._written[collection, record.id] = changed
        return changed

    def delete(self, collection: str, record: Record) -> None:
        self._do("delete", collection=collection, id=record.id, version=record.version)
        self._written[collection, record.id] = None

    def erase(self, subject: str) -> None:
        """Destroys what the plugin keeps about a subject."""
        self._do("erase", subject=subject)
        self._written.clear()

    def next(self, series: str) -> int:
        """The next number of a gapless series, from 1."""
        value = self._foretold.pop(series, None) or self._ask("store.next", {"series": series})
        self._do("number", series=series, value=value)
        return value

    def schedule(self, kind: str, subject: str, due: datetime, payload: Optional[Body] = None) -> None:
        """Sets the one deadline of kind and subject, replacing an earlier one."""
        self._do("schedule", kind=kind, subject=subject, due=due.isoformat(timespec="milliseconds"),
                 payload=payload or {})

    def cancel(self, kind: str, subject: str) -> None:
        self._do("cancel", kind=kind, subject=subject)

    def emit(self, event: str, payload: Body) -> None:
        """Emits a declared event; it is delivered once the call is on disk. Never with personal data."""
        self._do("emit", event=event, payload=payload)

    # ---- Inside

    write_calls: frozenset[str] = frozenset()

    def _writes(self, method: str) -> bool:
        return method in self.write_calls

    def _do(self, operation: str, **members: Any) -> None:
        self.operations.append({"op": operation, **members})

    def _ask(self, method: str, params: dict[str, Any]) -> Any:
        if self.is_cancelled:
            raise Cancelled
        request = {"token": self._token, **params}
        if method != "store.next" and any(_is_seen(operation, method, params) for operation in self.operations):
            request["operations"] = self.operations
        answer = self._channel.ask(method, request)
        if "error" in answer:
            if self.is_cancelled:
                raise Cancelled
            refused = Refused.from_wire(answer["error"])
            raise Stale if refused.kind == "conflict" and "operations" in request else refused
        return answer["result"]


def _is_seen(operation: dict[str, Any], method: str, params: dict[str, Any]) -> bool:
    """Whether a read may tell something else because of an operation. What it cannot see is not sent along: a list of
    writes with a read for each would be sent again every time."""
    if operation["op"] in ("call", "erase"):
        return True
    if operation["op"] not in ("create", "put", "delete"):
        return False
    if "collection" not in params:
        return True
    if operation["collection"] != params["collection"]:
        return False
    return method != "store.get" or operation["id"] == params["id"]


def _query(collection: str, index: Optional[str], equals: Sequence[Value], start: Value, end: Value,
           descending: bool, limit: int, cursor: Optional[str]) -> dict[str, Any]:
    query: dict[str, Any] = {"collection": collection, "limit": limit}
    if index is not None:
        query["index"] = index
    if equals:
        query["equals"] = list(equals)
    if start is not None:
        query["from"] = start
    if end is not None:
        query["to"] = end
    if descending:
        query["descending"] = True
    if cursor is not None:
        query["cursor"] = cursor
    return query
