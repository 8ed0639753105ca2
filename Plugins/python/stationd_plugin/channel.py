"""JSON-RPC 2.0 over descriptor 3, one JSON value a line."""

from __future__ import annotations

import json
import os
import socket
from collections import deque
from typing import Any, Callable, Optional

DESCRIPTOR = 3
# Bytes of one message, unless the daemon says otherwise, and its nesting: beyond them the daemon ends the process.
FRAME_BYTES = 4 << 20
DEPTH = 64


class Closed(Exception):
    """The daemon has closed the channel: the plugin has no reason to live on."""


class TooLarge(ValueError):
    """A message of more bytes, or nested deeper, than the daemon takes."""


def encoded(message: dict[str, Any], frame_bytes: int = FRAME_BYTES) -> bytes:
    """The message as it is sent, without the line feed. What the daemon would end the process for is a mistake here,
    before a byte of it is sent: ValueError or TypeError."""
    _examine(message, DEPTH)
    line = json.dumps(message, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()
    if len(line) > frame_bytes:
        raise TooLarge(f"a message of {len(line)} bytes; the daemon takes {frame_bytes}")
    return line


def _examine(value: Any, depth: int) -> None:
    """`json` makes texts of other keys, two of which may then be the same."""
    if isinstance(value, dict):
        for key in value:
            if not isinstance(key, str):
                raise TypeError(f"a key that is no text but {type(key).__name__}")
        value = value.values()
    elif not isinstance(value, (list, tuple)):
        return
    if depth == 0:
        raise TooLarge(f"a message nested more than {DEPTH} deep")
    for each in value:
        _examine(each, depth - 1)


class Channel:
    """One end of the talk with the daemon. Used by one thread."""

    def __init__(self, descriptor: int = DESCRIPTOR) -> None:
        self._socket = socket.socket(fileno=os.dup(descriptor))
        self._socket.setblocking(True)
        self._buffer = bytearray()
        self._examined = 0
        self._messages: deque[dict[str, Any]] = deque()
        self._last_id = 0
        self.frame_bytes = FRAME_BYTES
        self.notified: Callable[[dict[str, Any]], None] = lambda message: None

    def send(self, message: dict[str, Any]) -> None:
        line = encoded(message, self.frame_bytes)
        try:
            self._socket.sendall(line + b"\n")
        except OSError as error:
            raise Closed from error

    def answer(self, request: Any, *, result: Any = None, error: Optional[dict[str, Any]] = None) -> None:
        message: dict[str, Any] = {"jsonrpc": "2.0", "id": request}
        message.update({"error": error} if error is not None else {"result": result})
        self.send(message)

    def notify(self, method: str, params: dict[str, Any]) -> None:
        self.send({"jsonrpc": "2.0", "method": method, "params": params})

    def next(self) -> dict[str, Any]:
        """The next request or notification of the daemon."""
        while True:
            message = self._messages.popleft() if self._messages else self._read()
            # An answer to nothing that was asked is passed over.
            if "method" in message:
                return message

    def ask(self, method: str, params: dict[str, Any]) -> dict[str, Any]:
        """Sends a request and waits for its answer; what else arrives meanwhile is kept for `next`."""
        self._last_id += 1
        request = self._last_id
        self.send({"jsonrpc": "2.0", "id": request, "method": method, "params": params})
        while True:
            message = self._read()
            if "method" not in message:
                if message.get("id") == request:
                    return message
                continue
            # Cancellations are heard at once, everything else in its turn.
            if "id" not in message:
                self.notified(message)
            self._messages.append(message)

    def _read(self) -> dict[str, Any]:
        while True:
            end = self._buffer.find(b"\n", self._examined)
            if end >= 0:
                line = bytes(self._buffer[:end])
                del self._buffer[:end + 1]
                self._examined = 0
                return json.loads(line)
            self._examined = len(self._buffer)
            try:
                chunk = self._socket.recv(1 << 16)
            except OSError as error:
                raise Closed from error
            if not chunk:
                raise Closed
            self._buffer += chunk
