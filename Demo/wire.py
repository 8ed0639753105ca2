"""A development daemon of its own, and clients that speak JSON-RPC 2.0 with it, a line a message."""

import json
import os
import socket
import subprocess
import threading
import time
from pathlib import Path


class Refused(Exception):
    """The daemon answered with an error."""

    def __init__(self, method, error):
        self.kind = error.get("data", {}).get("kind", "?")
        self.error = error
        super().__init__(f"{method}: {self.kind}: {error.get('message')} {error.get('data', {})}")


class Client:
    """One connection. A thread has its own."""

    def __init__(self, path):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.settimeout(30)
        self.socket.connect(path)
        self.lines = self.socket.makefile("rb")
        self.count = 0

    def call(self, method, params=None, **meta):
        """Calls a method; `meta` says who acts, why, and under which key."""
        self.count += 1
        params = dict(params or {})
        if meta:
            params["meta"] = meta
        message = {"jsonrpc": "2.0", "id": self.count, "method": method, "params": params}
        self.socket.sendall(json.dumps(message, ensure_ascii=False).encode() + b"\n")
        answer = self.read()
        if answer.get("id") != self.count:
            raise ConnectionError(f"{method}: an answer with another id: {answer}")
        if "error" in answer:
            raise Refused(method, answer["error"])
        return answer["result"]

    def read(self):
        line = self.lines.readline()
        if not line:
            raise ConnectionError("the daemon closed the connection")
        return json.loads(line)

    def close(self):
        self.lines.close()
        self.socket.close()


class Daemon:
    """`stationd --dev` in a directory."""

    def __init__(self, program, directory):
        self.directory = Path(directory)
        self.directory.mkdir(parents=True, exist_ok=True)
        self.path = str(self.directory / "stationd.sock")
        self.log_path = self.directory / "daemon.log"
        data = Path(__file__).resolve().parent.parent / "etc"
        with open(self.log_path, "wb") as log:
            self.process = subprocess.Popen(
                [program, "--dev", str(self.directory)], stderr=log, stdout=log, stdin=subprocess.DEVNULL,
                env={"STATIOND_DATA": str(data), **os.environ})
        end = time.monotonic() + 20
        while True:
            try:
                client = Client(self.path)
                # Where modules run in processes of their own, these need a moment more.
                while any(item["state"] == "loading" for item in client.call("plugin.list")["items"]):
                    time.sleep(0.005)
                client.close()
                return
            except OSError:
                if self.process.poll() is not None or time.monotonic() > end:
                    self.kill()
                    raise RuntimeError(f"the daemon did not start: {self.log_path.read_text()}") from None
                time.sleep(0.005)

    def stop(self):
        """A clean stop; the exit status."""
        self.process.terminate()
        return self.process.wait(timeout=30)

    def kill(self):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()


class Follower:
    """Follows the events on a connection of its own."""

    def __init__(self, path):
        self.client = Client(path)
        self.client.call("events.subscribe", {"since": 0})
        self.client.socket.settimeout(None)
        self.events = []
        self.changed = threading.Condition()
        self.failure = None
        self.thread = threading.Thread(target=self._run, daemon=True)
        self.thread.start()

    def _run(self):
        try:
            while True:
                message = self.client.read()
                with self.changed:
                    self.events += message["params"]["events"]
                    self.changed.notify_all()
        except (OSError, ValueError) as end:
            with self.changed:
                self.failure = end
                self.changed.notify_all()

    def wait(self, ready, seconds=10):
        """Waits until `ready(events)` holds; whether it does."""
        with self.changed:
            return self.changed.wait_for(lambda: ready(self.events), seconds)

    def close(self):
        # The reading thread holds the buffer: it has to see the end before anything is closed.
        self.client.socket.shutdown(socket.SHUT_RDWR)
        self.thread.join()
        self.client.close()
