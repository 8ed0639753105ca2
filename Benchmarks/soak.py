"""A mixed load for hours, and what becomes of the daemon meanwhile.

Two hundred connections of three classes: clients that call and read, clients that do not read, peers that send half a
message and fall silent, peers that go away in the middle of a call. Beside them one probe of each class measures how
long a call takes. Every half minute: memory, descriptors, threads, p50 and p99 of each class, to a CSV and at the end
to a plot.

Usage: soak.py [--seconds 3600] [--every 30] [--csv FILE] [--svg FILE]
"""

import argparse
import asyncio
import contextlib
import csv
import json
import os
import random
import socket
import struct
import subprocess
import sys
import threading
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "Tests" / "blackbox"))
from harness import CallError, Client, Daemon, run_ctl, wait_until  # noqa: E402 (the path has to be set first)
from plot import plot  # noqa: E402

CONFIG = """
state: {dir}/state
socket: {dir}/stationd.sock
sockets:
  auditor: {path: {dir}/auditor.sock, mode: "0600"}
  administrator: {path: {dir}/admin.sock, mode: "0600"}
origin: soak.example/audit
access: access.yaml
calendars: {data}/calendar
directory: {data}/directory.example.json
modules: {support: {scenarios: {data}/support/scenarios.json}}
"""
ACCESS = f"""
roles:
  officer: {{methods: ["support.*", "events.subscribe"], scope: all}}
  auditor: {{methods: ["audit.*"], scope: all, class: auditor}}
  administrator: {{methods: ["system.*"], scope: all, class: administrator}}
bindings:
  - {{user: "{os.getuid()}", roles: [officer, auditor, administrator], unit: st-01}}
"""
OPEN = {"scenario": 1, "station": "st-01", "urgency": "routine", "summary": "soak"}
CLASSES = {"member": "stationd.sock", "auditor": "auditor.sock", "administrator": "admin.sock"}
# What a probe calls, and what a client of the class calls otherwise, with how often of a hundred times. Somebody asks
# for the month's figures about once a second: more than a bureau ever will, and few enough that a call which counts
# everything does not become the load itself, as the store grows by years of requests in an hour.
PROBES = {"member": ("support.open", OPEN), "auditor": ("audit.tail", {"limit": 1}),
          "administrator": ("system.health", {})}
CALLS = {"member": [(50, "support.open", OPEN), (49, "support.list", {"limit": 20}), (1, "support.figures", {})],
         "auditor": [(34, "audit.tail", {"limit": 100}), (33, "audit.entries", {"limit": 200}),
                     (33, "audit.checkpoint", {})],
         "administrator": [(34, "system.info", {}), (33, "system.metrics", {}), (33, "system.health", {})]}
# Connections of each kind: 200 with the three probes.
CALLERS = {"member": 100, "auditor": 15, "administrator": 12}
SLOW, HALF_OPEN, ABRUPT = 30, 20, 20
PAUSE = 1.0
# Descriptors that the daemon opens when it first needs them, such as those of its readers.
LAZY = 8


# ---- The load, in a process of its own: the probes must not wait for its interpreter


def message(number, method, params):
    return json.dumps({"jsonrpc": "2.0", "id": number, "method": method, "params": params}).encode() + b"\n"


async def caller(path, calls, pause):
    reader, writer = await asyncio.open_unix_connection(path, limit=8 << 20)
    number = 0
    while True:
        number += 1
        _, *call = random.choices(calls, [share for share, *_ in calls])[0]
        writer.write(message(number, *call))
        await writer.drain()
        if not await reader.readline():
            raise ConnectionError("closed")
        await asyncio.sleep(random.random() * 2 * pause)


async def slow_reader(path):
    """Asks for much, and reads some hundred bytes a second of it."""
    reader, writer = await asyncio.open_unix_connection(path, limit=4096)
    for number in range(1, 40):
        writer.write(message(number, "support.list", {"limit": 500}))
    while True:
        if not await reader.read(512):
            raise ConnectionError("closed")
        await asyncio.sleep(1)


async def half_open(path):
    _, writer = await asyncio.open_unix_connection(path)
    text = message(1, *PROBES["member"])
    writer.write(text[:random.randrange(1, len(text) - 2)])
    await asyncio.sleep(random.random() * 20)
    writer.close()


async def abrupt(path):
    """Goes away while its call is under way, with the rest of the answer unread."""
    loop = asyncio.get_running_loop()
    with socket.socket(socket.AF_UNIX) as peer:
        peer.setblocking(False)
        await loop.sock_connect(peer, path)
        peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        await loop.sock_sendall(peer, message(1, "support.list", {"limit": 500}))
        await asyncio.sleep(random.random() * 0.01)
    await asyncio.sleep(random.random() * PAUSE)


async def again(work, *arguments):
    while True:
        with contextlib.suppress(OSError, EOFError, ValueError):
            await work(*arguments)
        await asyncio.sleep(0.05)


async def load(directory, flood):
    """`flood` is a class whose callers do not pause; the others then are not there."""
    jobs = []
    for kind, count in CALLERS.items():
        if not flood or kind == flood:
            jobs += [(caller, f"{directory}/{CLASSES[kind]}", CALLS[kind], 0 if flood else PAUSE)] * count
    if not flood:
        member = f"{directory}/{CLASSES['member']}"
        jobs += [(slow_reader, member)] * SLOW + [(half_open, member)] * HALF_OPEN + [(abrupt, member)] * ABRUPT
    print("begun", flush=True)
    await asyncio.gather(*(again(*job) for job in jobs))


class Load:
    def __init__(self, directory, flood=""):
        self.arguments = [sys.executable, __file__, "--load", str(directory), "--flood", flood]

    def __enter__(self):
        self.process = subprocess.Popen(self.arguments, stdout=subprocess.PIPE, start_new_session=True)
        self.process.stdout.readline()
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.communicate()


# ---- What is measured


class Probe:
    """Calls in a class of its own, twenty times a second, and notes how long each takes."""

    def __init__(self, directory, kind):
        self.kind, self.path = kind, f"{directory}/{CLASSES[kind]}"
        self.times, self.errors = [], 0
        self.lock, self.ended = threading.Lock(), threading.Event()
        self.thread = threading.Thread(target=self.run, daemon=True)
        self.thread.start()

    def run(self):
        with Client(self.path) as client:
            while not self.ended.wait(0.05):
                begun = time.monotonic()
                try:
                    client.call(*PROBES[self.kind])
                except (CallError, OSError, EOFError):
                    with self.lock:
                        self.errors += 1
                    continue
                with self.lock:
                    self.times.append(time.monotonic() - begun)

    def take(self):
        """(answers, p50, p99 in milliseconds) since it was last asked."""
        with self.lock:
            times, self.times = sorted(self.times), []
        if not times:
            return 0, float("nan"), float("nan")
        return len(times), times[len(times) // 2] * 1000, times[int(len(times) * 0.99)] * 1000

    def close(self):
        self.ended.set()
        self.thread.join(30)


def threads(daemon):
    return len(os.listdir(f"/proc/{daemon.pid}/task"))


COLUMNS = ["seconds", "rss_bytes", "descriptors", "threads", "records"] + [
    f"{kind}_{what}" for kind in CLASSES for what in ("answers", "p50_ms", "p99_ms")]


class Soak:
    """One daemon under load; `rows` are the samples."""

    def __init__(self, seconds, every):
        self.seconds, self.every = seconds, every
        self.rows, self.errors = [], 0

    def start(self):
        self.daemon = Daemon(config=CONFIG, access=ACCESS).start()
        for name in CLASSES.values():
            wait_until((self.daemon.directory / name).exists, name)
        self.before = self.settled()
        return self

    def connect(self, kind):
        return Client(f"{self.daemon.directory}/{CLASSES[kind]}")

    def settled(self):
        """Descriptors once all connections are gone."""
        with self.connect("administrator") as client:
            wait_until(lambda: client.call("system.health")["connections"] == 1, "the end of all connections", 60)
        return self.daemon.descriptors()

    def run(self, told=lambda row: None):
        probes = [Probe(self.daemon.directory, kind) for kind in CLASSES]
        begun = time.monotonic()
        with Load(self.daemon.directory):
            while (passed := time.monotonic() - begun) < self.seconds:
                # The pace of the measurement itself, not a wait for anything.
                time.sleep(min(self.every, self.seconds - passed))
                self.rows.append(self.sample(time.monotonic() - begun, probes))
                told(self.rows[-1])
        for probe in probes:
            probe.close()
            self.errors += probe.errors

    def sample(self, passed, probes):
        with self.connect("auditor") as client:
            size = client.call("audit.checkpoint")["size"]
        row = [round(passed, 1), self.daemon.rss(), self.daemon.descriptors(), threads(self.daemon), size]
        for probe in probes:
            count, p50, p99 = probe.take()
            row += [count, round(p50, 3), round(p99, 3)]
        return dict(zip(COLUMNS, row))

    def flooded(self, kind, seconds):
        """{class: (answers, p50, p99)} of all classes while one calls as fast as it can."""
        probes = {other: Probe(self.daemon.directory, other) for other in CLASSES}
        with Load(self.daemon.directory, flood=kind):
            for probe in probes.values():
                probe.take()
            time.sleep(seconds)
            measured = {other: probe.take() for other, probe in probes.items()}
        for probe in probes.values():
            probe.close()
        return measured

    def finish(self):
        """Stops the daemon and has the log verified; what was wrong, in words."""
        wrong = []
        if (after := self.settled()) > self.before + LAZY:
            wrong.append(f"{after} descriptors are open, {self.before} were before")
        if self.daemon.stop() != 0:
            wrong.append("the daemon did not stop in an orderly way")
        verified = run_ctl("audit", "verify", "--state", self.daemon.directory / "state", timeout=600)
        if verified.returncode != 0:
            wrong.append(verified.stderr)
        return wrong

    def growth(self):
        """Bytes of memory a minute, by least squares over the second half of the samples."""
        rows = self.rows[len(self.rows) // 2:]
        mean = [sum(row[name] for row in rows) / len(rows) for name in ("seconds", "rss_bytes")]
        spread = sum((row["seconds"] - mean[0]) ** 2 for row in rows)
        joint = sum((row["seconds"] - mean[0]) * (row["rss_bytes"] - mean[1]) for row in rows)
        return 60 * joint / spread if spread else 0.0


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=3600)
    parser.add_argument("--every", type=float, default=30)
    parser.add_argument("--csv", default="docs/soak.csv")
    parser.add_argument("--svg", default="docs/soak.svg")
    parser.add_argument("--load", help=argparse.SUPPRESS)
    parser.add_argument("--flood", default="", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.load:
        asyncio.run(load(options.load, options.flood))
        return 0
    soak = Soak(options.seconds, options.every).start()
    try:
        soak.run(lambda row: print(" ".join(f"{name}={value}" for name, value in row.items()), flush=True))
        wrong = soak.finish()
    finally:
        soak.daemon.remove()
    with open(options.csv, "w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, COLUMNS)
        writer.writeheader()
        writer.writerows(soak.rows)
    Path(options.svg).write_text(plot(soak.rows, list(CLASSES)), encoding="utf-8")
    print(f"{soak.growth() / 1024:.0f} KiB a minute in the second half, {soak.errors} calls of probes failed")
    for text in wrong:
        print(text, file=sys.stderr)
    return 1 if wrong or soak.errors else 0


if __name__ == "__main__":
    sys.exit(main())
