"""A plugin: its declaration, its handlers, and the loop that serves them."""

from __future__ import annotations

import io
import re
import sys
import traceback
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Callable, Mapping, Optional, Sequence, TypeVar, Union

from .call import Body, Call
from .channel import Channel, Closed, TooLarge
from .errors import Cancelled, Refused, Stale
from .schema import violation

PROTOCOL = 1
Text = dict[str, str]
Handler = TypeVar("Handler", bound=Callable[..., Any])


_NAME = re.compile(r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)*")
_LOG_CHARACTERS = 2_000


def text(en: str, zh: str) -> Text:
    """A sentence for people, in English and Chinese."""
    return {"en": en, "zh": zh}


@dataclass(frozen=True)
class Deadline:
    """A durable deadline as its handler sees it. `late`: more than a minute after the due instant."""
    subject: str
    due: datetime
    payload: Body
    late: bool


@dataclass(frozen=True)
class Event:
    """Something that happened. It may be told twice; `seq` tells which it is."""
    seq: int
    at: datetime
    kind: str
    payload: Body


class Plugin:
    """Everything a plugin may do. What is not declared here is refused.

    `words` is Chinese for its own codes, which `stationctl` shows to Chinese readers: the names of members and params,
    and the words of enumerations; `outer.code` goes before `code` in the member or method `outer`.
    """

    def __init__(self, name: str, title: Text, version: str = "1.0",
                 words: Optional[Mapping[str, str]] = None) -> None:
        self.name = name
        self.config: dict[str, Any] = {}
        self._manifest: dict[str, Any] = {
            "protocol": PROTOCOL, "name": name, "title": title, "version": version, "collections": [],
            "methods": [], "deadlines": [], "events": [], "calls": [], "listens": [], "rules": [],
        }
        if words:
            self._manifest["words_zh"] = dict(words)
        self._methods: dict[str, Callable[[Call], Any]] = {}
        self._deadlines: dict[str, Callable[[Call, Deadline], None]] = {}
        self._events: dict[str, Callable[[Event], None]] = {}
        self._write_calls: set[str] = set()
        self._start: Callable[[], None] = lambda: None
        self._channel: Optional[Channel] = None
        self._current: Optional[Call] = None
        self._current_token: Optional[str] = None
        self._cancelled: set[str] = set()

    # ---- Declaring

    def collection(self, name: str, summary: Text, schema: Mapping[str, Any], *,
                   fields: Optional[Mapping[str, str]] = None,
                   indexes: Optional[Mapping[str, Sequence[str]]] = None, unique: Sequence[str] = (),
                   personal: Sequence[str] = (), subject: Optional[str] = None,
                   retention: Union[str, Mapping[str, Any]] = "forever") -> None:
        """A kind of record that the plugin owns. `fields` (name to `text`, `integer` or `blind`) are kept in
        columns, `indexes` are over these, those named in `unique` hold a value once."""
        self._manifest["collections"].append({
            "name": name, "summary": summary, "schema": _object(schema),
            "fields": [{"name": key, "type": kind} for key, kind in (fields or {}).items()],
            "indexes": [{"name": key, "fields": list(over), "unique": key in unique}
                        for key, over in (indexes or {}).items()],
            "personal": list(personal), "subject": {"member": subject} if subject else "own",
            "retention": retention,
        })

    def event(self, name: str, summary: Text, payload: Mapping[str, Any]) -> None:
        """A kind of event that the plugin emits. Its payload never holds personal data."""
        self._manifest["events"].append({"name": name, "summary": summary, "payload": _object(payload)})

    def calls(self, method: str, *, fields: Optional[Sequence[str]] = None) -> None:
        """A method of another module that the plugin calls, and which parts of its result it needs: pointers,
        with `*` for every element of a list."""
        self._manifest["calls"].append({"method": method, "fields": list(fields)} if fields is not None else method)

    def rule(self, id: str, version: str, effective: str, source: str, summary: Text) -> None:
        self._manifest["rules"].append(
            {"id": id, "version": version, "effective": effective, "source": source, "summary": summary})

    def read(self, name: str, summary: Text, **options: Any) -> Callable[[Handler], Handler]:
        """Decorates the handler of a method that only reads. See `write`."""
        return self._method("read", name, summary, **options)

    def write(self, name: str, summary: Text, **options: Any) -> Callable[[Handler], Handler]:
        """Decorates the handler of a method that writes: `handler(call)` returns the result.

        Options: `params`, a JSON Schema object or just its properties (all of them required unless `required`
        says which); `result`, a JSON Schema; `example`, a pair of params and result; `positional`;
        `permission` (`role`, `everyone` or `modules`); `discloses`, whether the result holds personal data.
        """
        return self._method("write", name, summary, **options)

    def deadline(self, name: str, summary: Text) -> Callable[[Handler], Handler]:
        """Decorates what happens when a deadline comes due: `handler(call, deadline)`."""
        def register(handler: Handler) -> Handler:
            self._manifest["deadlines"].append({"name": name, "summary": summary})
            self._deadlines[name] = handler
            return handler
        return register

    def listen(self, kind: str) -> Callable[[Handler], Handler]:
        """Decorates what happens when another module's event arrives: `handler(event)`. It counts as told when
        the handler returns; if it raises, the event is told again later."""
        def register(handler: Handler) -> Handler:
            self._manifest["listens"].append(kind)
            self._events[kind] = handler
            return handler
        return register

    def on_start(self, handler: Callable[[], None]) -> Callable[[], None]:
        """Decorates what runs once `config` is there and before the first call."""
        self._start = handler
        return handler

    def _method(self, kind: str, name: str, summary: Text, *, params: Optional[Mapping[str, Any]] = None,
                result: Optional[Mapping[str, Any]] = None, example: tuple[Any, Any] = ({}, {}),
                positional: Sequence[str] = (), required: Optional[Sequence[str]] = None,
                permission: str = "role", discloses: bool = False) -> Callable[[Handler], Handler]:
        if not _NAME.fullmatch(name):
            raise ValueError(f"'{name}' is no name of a method: a-z, 0-9 and _, with dots between words")
        if name in self._methods:
            raise ValueError(f"there are two methods '{name}'")
        schemas = _object(params or {}, required), dict(result or {"type": "object"})
        for schema, value, what in zip(schemas, example, ("params", "result")):
            if found := violation(schema, value):
                raise ValueError(f"the example of '{name}' does not fit its {what}: {found[0]}: {found[1]}")

        def register(handler: Handler) -> Handler:
            self._manifest["methods"].append({
                "name": name, "summary": summary, "kind": kind, "params": schemas[0],
                "positional": list(positional), "result": schemas[1],
                "permission": permission, "discloses": discloses,
                "examples": [{"name": "Example", "params": example[0], "result": example[1]}],
            })
            self._methods[name] = handler
            return handler
        return register

    @property
    def manifest(self) -> dict[str, Any]:
        """The declaration as the daemon reads it."""
        return self._manifest

    # ---- Running

    def log(self, message: str, level: str = "info") -> None:
        """A line for the daemon's log. Never personal data. `print` does the same."""
        # Whatever is in it, it does not fail the call.
        message = str(message)[:_LOG_CHARACTERS].encode(errors="backslashreplace").decode()
        if self._channel is None:
            print(f"{level}: {message}", file=sys.stderr, flush=True)
        else:
            self._channel.notify("log", {"level": level, "message": message})

    def run(self, channel: Optional[Channel] = None) -> None:
        """Serves the daemon until it says that it is enough."""
        self._channel = channel or Channel()
        self._channel.notified = self._notified
        if isinstance(sys.stdout, io.TextIOWrapper):
            # What it prints is in the log at once.
            sys.stdout.reconfigure(line_buffering=True)
        try:
            while True:
                message = self._channel.next()
                if message["method"] == "plugin.drain":
                    return
                self._serve(message)
        except Closed:
            return

    def _notified(self, message: Mapping[str, Any]) -> None:
        if message["method"] == "plugin.cancel":
            token = message["params"]["token"]
            self._cancelled.add(token)
            if self._current is not None and self._current_token == token:
                self._current.is_cancelled = True

    def _serve(self, message: Mapping[str, Any]) -> None:
        channel, method, params = self._channel, message["method"], message.get("params", {})
        assert channel is not None
        if method == "plugin.manifest":
            self._answer(message["id"], lambda: self._manifest)
        elif method == "plugin.init":
            self.config = params["config"]
            self._write_calls = set(params["write_calls"])
            channel.frame_bytes = params["limits"]["frame_bytes"]
            try:
                self._start()
            except Exception as error:  # noqa: BLE001 - whatever it is, the daemon hears that it did not start
                if not isinstance(error, Refused):
                    traceback.print_exc()
                refused = error if isinstance(error, Refused) else Refused("wrong_state", str(error))
                self._refuse(message["id"], refused)
                return
            channel.answer(message["id"], result={})
            channel.notify("plugin.ready", {})
        elif method == "plugin.call":
            self._answer(message["id"], lambda: self._call(params))
        elif method == "plugin.event":
            event = Event(params["seq"], datetime.fromisoformat(params["at"]), params["kind"], params["payload"])
            self._answer(message["id"], lambda: _known(self._events, event.kind)(event) and None)
        elif method == "plugin.cancel":
            self._cancelled.discard(params["token"])
        elif "id" in message:
            channel.answer(message["id"], error=Refused("method_not_found").wire())

    def _call(self, params: Mapping[str, Any]) -> dict[str, Any]:
        call = Call(self._channel, params)  # type: ignore[arg-type]
        call.write_calls = frozenset(self._write_calls)
        self._current, self._current_token = call, params["token"]
        try:
            if params["token"] in self._cancelled:
                raise Cancelled
            if params["kind"] == "deadline":
                given = params["params"]
                deadline = Deadline(given["subject"], datetime.fromisoformat(given["due"]), given["payload"],
                                    given["late"])
                _known(self._deadlines, params["method"])(call, deadline)
                result: Any = {}
            else:
                result = _known(self._methods, params["method"])(call)
                if result is None:
                    raise TypeError(f"the handler of '{params['method']}' returned nothing; return {{}} at least")
            return {"result": result, "operations": call.operations}
        finally:
            self._current = None

    def _answer(self, request: Any, handler: Callable[[], Any]) -> None:
        channel = self._channel
        assert channel is not None
        try:
            result = handler()
            channel.answer(request, result=result if result is not None else {})
        except Closed:
            raise
        except Exception as error:  # noqa: BLE001 - a mistake of the handler's fails its call, not the plugin
            self._refuse(request, error)

    def _refuse(self, request: Any, error: Exception) -> None:
        channel = self._channel
        assert channel is not None
        try:
            channel.answer(request, error=_refusal(error).wire())
        except Closed:
            raise
        except Exception as mistake:  # noqa: BLE001 - what it says cannot be sent
            channel.answer(request, error=_refusal(mistake).wire())


def _refusal(error: Exception) -> Refused:
    """What the caller hears of it."""
    if isinstance(error, Refused):
        return error
    if isinstance(error, (Cancelled, Stale)):
        return Refused("cancelled" if isinstance(error, Cancelled) else "conflict")
    traceback.print_exception(error)
    return Refused("answer_too_large" if isinstance(error, TooLarge) else "internal_error")


def _known(handlers: Mapping[str, Handler], name: str) -> Handler:
    if name not in handlers:
        raise Refused("method_not_found")
    return handlers[name]


def _object(schema: Mapping[str, Any], required: Optional[Sequence[str]] = None) -> dict[str, Any]:
    """A schema as it is, or properties made into one."""
    if "properties" in schema or schema.get("type") == "object":
        return dict(schema)
    return {"type": "object", "properties": dict(schema), "additionalProperties": False,
            "required": list(schema if required is None else required)}
