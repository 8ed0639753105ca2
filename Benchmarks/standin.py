#!/usr/bin/env python3
"""Stands in for the daemon when the benchmarks themselves are tested: the same socket and methods,
one SQLite transaction for all the calls that one turn of the loop finds, no checks, no audit chain."""

import json
import selectors
import signal
import socket
import sqlite3
import sys
from pathlib import Path


def main():
    match sys.argv[1:]:
        case ["--dev", place]:
            directory = Path(place)
        case ["--config", place]:
            directory = Path(place).parent
        case _:
            sys.exit("usage: standin.py --dev DIR | --config FILE")
    database = sqlite3.connect(directory / "standin.db", isolation_level=None)
    database.execute("PRAGMA journal_mode=WAL")
    database.execute("PRAGMA synchronous=FULL")
    database.execute("CREATE TABLE IF NOT EXISTS request (n INTEGER PRIMARY KEY, key TEXT UNIQUE, body TEXT)")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    path = directory / "stationd.sock"
    path.unlink(missing_ok=True)
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(str(path))
    listener.listen(1024)
    loop = selectors.DefaultSelector()
    loop.register(listener, selectors.EVENT_READ, None)

    def answer(line):
        call = json.loads(line)
        reply = {"jsonrpc": "2.0", "id": call["id"]}
        parameters = call.get("params", {})
        if call["method"] == "system.ping":
            reply["result"] = {"ok": True}
        elif call["method"] == "support.open":
            key = parameters["meta"]["idempotency_key"]
            database.execute("INSERT INTO request (key, body) VALUES (?, ?)", (key, line))
            reply["result"] = {"id": call["id"], "state": "open"}
        elif call["method"] == "support.list":
            rows = database.execute("SELECT n FROM request ORDER BY n DESC LIMIT ?", (parameters["limit"],))
            reply["result"] = {"items": [row[0] for row in rows]}
        elif call["method"] == "support.figures":
            reply["result"] = {"count": database.execute("SELECT max(n) FROM request").fetchone()[0]}
        else:
            reply["error"] = {"code": -32601, "message": "Method not found"}
        return json.dumps(reply, separators=(",", ":")).encode() + b"\n"

    while True:
        outgoing = []
        events = loop.select()
        database.execute("BEGIN")
        for key, _ in events:
            if key.data is None:
                client, _ = listener.accept()
                loop.register(client, selectors.EVENT_READ, bytearray())
                continue
            try:
                chunk = key.fileobj.recv(65536)
            except ConnectionResetError:
                chunk = b""
            if not chunk:
                loop.unregister(key.fileobj)
                key.fileobj.close()
                continue
            key.data.extend(chunk)
            *lines, rest = bytes(key.data).split(b"\n")
            key.data[:] = rest
            if lines:
                outgoing.append((key.fileobj, b"".join(answer(line) for line in lines)))
        database.execute("COMMIT")
        for client, reply in outgoing:
            client.sendall(reply)


if __name__ == "__main__":
    main()
