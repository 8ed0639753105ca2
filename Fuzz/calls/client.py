"""A development daemon and line-framed clients of it."""

import json
import os
import socket
import subprocess
import time

TIMEOUT = 30


class Gone(Exception):
    """No answer: the daemon died, hung or closed the connection."""


class Daemon:
    def __init__(self, program, directory):
        self.program, self.directory, self.process = program, directory, None
        self.path = os.path.join(directory, "stationd.sock")

    def start(self):
        with open(os.path.join(self.directory, "daemon.log"), "ab") as log:
            self.process = subprocess.Popen(
                [self.program, "--dev", self.directory], stdin=subprocess.DEVNULL, stdout=log, stderr=log
            )
        end = time.monotonic() + TIMEOUT
        while True:
            try:
                client = Client(self.path)
                # Where modules run in processes of their own, these need a moment more.
                while any(item["state"] == "loading" for item in client.call("plugin.list")["result"]["items"]):
                    time.sleep(0.01)
                return client.close()
            except OSError:
                if self.process.poll() is not None or time.monotonic() > end:
                    raise Gone("it does not start") from None
                time.sleep(0.01)

    def end(self, kill):
        (self.process.kill if kill else self.process.terminate)()
        return self.process.wait(TIMEOUT)


class Client:
    """A connection, of another user where this one may become it."""

    def __init__(self, path, uid=0):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.settimeout(TIMEOUT)
        try:
            if uid and os.getuid() == 0:
                os.seteuid(uid)
            self.socket.connect(path)
        finally:
            if uid and os.getuid() == 0:
                os.seteuid(0)
        self.lines = self.socket.makefile("rb")

    def close(self):
        self.lines.close()
        self.socket.close()

    def send(self, message):
        self.socket.sendall(json.dumps(message, ensure_ascii=False).encode() + b"\n")

    def receive(self):
        try:
            line = self.lines.readline()
        except OSError as error:
            raise Gone(repr(error)) from None
        if not line:
            raise Gone("closed")
        return json.loads(line)

    def call(self, method, params=None, number="x"):
        self.send({"jsonrpc": "2.0", "id": number, "method": method, "params": params or {}})
        return self.receive()
