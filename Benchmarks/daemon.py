"""The daemon under measurement, and the load generator aimed at it."""

import base64
import json
import os
import signal
import socket
import subprocess
import time

from machine import BUILD, HERE, BenchError, native
from peers import stop

PING = b'{"jsonrpc":"2.0","id":1,"method":"system.ping"}\n'
REQUESTS = HERE / "requests"
DATA = HERE.parent / "etc"
CONFIG = """\
origin: bench.example/audit
state: state
socket: stationd.sock
access: access.yaml
directory: {data}/directory.example.json
"""
ACCESS = """\
roles:
  all: {{methods: ["*"], scope: all, personal: full}}
bindings:
  - {{user: "{uid}", roles: [all], unit: st-01}}
"""


class Daemon:
    """The daemon on a state directory that outlives it: configured as a service, or with a clock that can be held."""

    def __init__(self, program, directory, arguments=(), isolated=(), held_clock=False):
        self.isolated = isolated  # modules in processes of their own
        self.directory = directory
        self.socket = directory / "stationd.sock"
        self.process = None
        directory.mkdir(exist_ok=True)
        profile = ["--dev", str(directory)] if held_clock else ["--config", str(self.configure())]
        self.command = [str(program), *profile, *arguments]

    def configure(self):
        """Writes the files of a service; the path of its configuration."""
        modules = "".join(f"  {name}: {{isolation: process}}\n" for name in self.isolated)
        (self.directory / "access.yaml").write_text(ACCESS.format(uid=os.getuid()))
        key = self.directory / "master.key"
        if not key.exists():
            key.touch(mode=0o600)
            key.write_text(f"stationd-master-key-1 {base64.b64encode(os.urandom(32)).decode()}\n")
        file = self.directory / "stationd.yaml"
        file.write_text(CONFIG.format(data=DATA) + (f"modules:\n{modules}" if modules else ""))
        return file

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.stop()

    def stop(self):
        """Ends it in order; by force after a minute."""
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(60)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()

    def kill(self):
        """Ends it as a crash would."""
        self.process.kill()
        self.process.wait()

    def ping(self):
        """True when the daemon answers."""
        try:
            with socket.socket(socket.AF_UNIX) as client:
                client.settimeout(5)
                client.connect(str(self.socket))
                client.sendall(PING)
                answer = b""
                while not answer.endswith(b"\n"):
                    chunk = client.recv(65536)
                    if not chunk:
                        return False
                    answer += chunk
                return b'"result"' in answer
        except OSError:
            return False

    def start(self, patience=120):
        """Starts it; seconds from exec to its first answer."""
        with open(self.directory.parent / "stationd.log", "ab") as log:
            began = time.perf_counter()
            self.process = subprocess.Popen(self.command, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                                            env={**os.environ, "STATIOND_DATA": str(DATA)},
                                            start_new_session=True)
        while not self.ping() or not self.serves():
            if self.process.poll() is not None or time.perf_counter() - began > patience:
                stop(self.process, 1)
                raise BenchError(f"stationd is not ready (exit {self.process.returncode}):\n{self.said()}")
            time.sleep(0.0005)
        return time.perf_counter() - began

    def serves(self):
        """True when every module in a process of its own is ready."""
        return all(self.call("plugin.show", name=name)["state"] == "ready" for name in self.isolated)

    def said(self):
        """The end of its log."""
        return (self.directory.parent / "stationd.log").read_text(errors="replace")[-2000:]

    def call(self, method, **params):
        """One call; its result."""
        call = {"jsonrpc": "2.0", "id": 1, "method": method, "params": params}
        with socket.socket(socket.AF_UNIX) as client:
            client.connect(str(self.socket))
            client.sendall(json.dumps(call).encode() + b"\n")
            answer = json.loads(client.makefile("rb").readline())
        if "error" in answer:
            raise BenchError(f"{method}: {answer['error']}")
        return answer["result"]

    def set_clock(self, at):
        """Holds its clock."""
        self.call("dev.clock.set", now=at.isoformat())

    def rss_kib(self):
        """Resident memory now, KiB."""
        with open(f"/proc/{self.process.pid}/status") as status:
            return next(int(line.split()[1]) for line in status if line.startswith("VmRSS"))

    def processes(self):
        """Its own id and those of the modules in processes of their own."""
        return [self.process.pid, *(self.call("plugin.show", name=name)["pid"] for name in self.isolated)]

    def cpu_seconds(self):
        """User and system time so far, of all its processes."""
        ticks = 0
        for process in self.processes():
            with open(f"/proc/{process}/stat") as stat:
                fields = stat.read().rsplit(")", 1)[1].split()
            ticks += int(fields[11]) + int(fields[12])
        return ticks / os.sysconf("SC_CLK_TCK")

    def pin(self, processors):
        """Confines every thread that it and its modules have, and those they start, to these processors."""
        for process in self.processes():
            for thread in os.listdir(f"/proc/{process}/task"):
                try:
                    os.sched_setaffinity(int(thread), processors)
                except ProcessLookupError:
                    continue  # it ended meanwhile

    def load(self, mode, request, processor=None, **options):
        """One run of the load generator; what it measured. An error answer voids the run."""
        arguments = [part for key, value in options.items() for part in (f"--{key}", str(value))]
        try:
            return native("loadgen", mode, "--socket", self.socket, "--template",
                          REQUESTS / f"{request}.json", *arguments, processor=processor)
        except BenchError as error:
            if self.process.poll() is not None:
                raise BenchError(f"stationd ended with {self.process.returncode}: {error}\n{self.said()}")
            raise

    def hold_idle(self, connections):
        """Opens connections that have made one call each; RSS before and with them, KiB."""
        before = self.rss_kib()
        client = subprocess.Popen([BUILD / "loadgen", "idle", "--socket", str(self.socket), "--conns",
                                   str(connections)], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        try:
            if not client.stdout.readline():
                raise BenchError(f"{connections} idle connections could not be opened")
            return before, self.rss_kib()
        finally:
            client.stdin.close()
            client.wait()
