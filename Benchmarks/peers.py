"""The servers the daemon is compared with, each on a Unix socket in a directory of its own."""

import csv
import io
import os
import pwd
import re
import shutil
import signal
import subprocess
import time
from pathlib import Path

from machine import HERE, POSTGRES_BIN, BenchError, run


def stop(process, patience=60):
    """Ends a server politely, then by force."""
    if process is None or process.poll() is not None:
        return
    process.send_signal(signal.SIGINT)
    try:
        process.wait(patience)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def wait_until(ready, process, what, seconds=60):
    """Polls `ready` until it is true; raises BenchError when the server ends or time runs out."""
    end = time.monotonic() + seconds
    while not ready():
        if process.poll() is not None:
            raise BenchError(f"{what} ended with {process.returncode} before it was ready")
        if time.monotonic() > end:
            raise BenchError(f"{what} was not ready after {seconds} s")
        time.sleep(0.02)


class Postgres:
    """A cluster with fsync and synchronous_commit on and nothing else changed from the defaults."""

    def __init__(self, base, record_bytes):
        self.home = base / "postgres"
        self.home.mkdir()
        self.prefix = []
        if os.geteuid() == 0:
            # PostgreSQL refuses to run as root.
            owner = pwd.getpwnam("postgres")
            os.chown(self.home, owner.pw_uid, owner.pw_gid)
            self.prefix = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"]
        self.process = None
        self.log = open(base / "postgres.log", "ab")
        # The record as one string parameter, so that pgbench sends its bytes with each call.
        self.body = '{"summary":"' + "x" * max(0, record_bytes - 14) + '"}'
        self.client(["initdb", "-D", self.home / "data", "-U", "postgres", "--auth=trust", "-E", "UTF8",
                     "--no-locale", "--no-instructions"])
        with self:
            self.client(["psql", "-h", self.home, "-U", "postgres", "-q", "-v", "ON_ERROR_STOP=1", "-f",
                         HERE / "postgres" / "schema.sql"])

    def client(self, command):
        name, *arguments = command
        return run([*self.prefix, POSTGRES_BIN / name, *arguments], cwd=self.home)

    def ready(self):
        command = [POSTGRES_BIN / "pg_isready", "-q", "-h", self.home]
        return subprocess.run(command).returncode == 0

    def __enter__(self):
        options = {"listen_addresses": "", "unix_socket_directories": self.home, "fsync": "on",
                   "synchronous_commit": "on"}
        settings = [part for key, value in options.items() for part in ("-c", f"{key}={value}")]
        command = [*self.prefix, POSTGRES_BIN / "postgres", "-D", self.home / "data", *settings]
        self.process = subprocess.Popen([str(part) for part in command], cwd=self.home, stdout=self.log,
                                        stderr=self.log, start_new_session=True)
        wait_until(self.ready, self.process, "PostgreSQL")
        return self

    def __exit__(self, *_):
        # SIGINT is PostgreSQL's fast shutdown: it writes a checkpoint, so that none of its work is
        # left to run while something else is measured.
        stop(self.process)

    def bench(self, clients, seconds):
        said = self.client(["pgbench", "-h", self.home, "-U", "postgres", "-n", "-c", clients, "-j", 2, "-M",
                            "prepared", "-T", max(1, round(seconds)), "-D", f"body={self.body}", "-f",
                            HERE / "postgres" / "open.sql", "postgres"])
        rate = re.search(r"^tps = ([0-9.]+)", said, re.M)
        failed = re.search(r"^number of failed transactions: (\d+)", said, re.M)
        if not rate or (failed and failed[1] != "0"):
            raise BenchError(f"pgbench: {said}")
        return float(rate[1])

    def measure(self, clients, seconds):
        """Durable audited inserts a second."""
        with self:
            self.bench(clients, 1)
            return self.bench(clients, seconds)


class Redis:
    """An instance that syncs its append-only file before each answer; no snapshots."""

    def __init__(self, base, record_bytes):
        self.home = base / "redis"
        self.record_bytes = record_bytes
        self.process = None
        self.log = open(base / "redis.log", "ab")
        # One program, told by its name whether it is to serve or to check a file.
        self.program = base / "redis-server"
        self.program.symlink_to("/usr/bin/redis-check-rdb")

    @property
    def socket(self):
        return self.home / "redis.sock"

    def ready(self):
        command = ["redis-cli", "-s", self.socket, "ping"]
        return subprocess.run(command, capture_output=True).stdout == b"PONG\n"

    def __enter__(self):
        shutil.rmtree(self.home, ignore_errors=True)
        self.home.mkdir()
        self.process = subprocess.Popen(
            [str(part) for part in (self.program, "--port", 0, "--unixsocket", self.socket, "--dir",
                                    self.home, "--appendonly", "yes", "--appendfsync", "always",
                                    "--save", "")],
            stdout=self.log, stderr=self.log, start_new_session=True)
        wait_until(self.ready, self.process, "Redis")
        return self

    def __exit__(self, *_):
        stop(self.process)
        shutil.rmtree(self.home, ignore_errors=True)

    def bench(self, clients, count):
        said = run(["redis-benchmark", "-s", self.socket, "-c", clients, "-n", count, "-d", self.record_bytes,
                    "-r", 100_000_000, "-t", "set", "--csv"])
        for row in csv.reader(io.StringIO(said)):
            if row and row[0] == "SET":
                return float(row[1])
        raise BenchError(f"redis-benchmark: {said}")

    def measure(self, clients, seconds):
        """Durable SETs a second."""
        with self:
            # redis-benchmark takes a count, not a time: a short run says how many to ask for.
            rate = self.bench(clients, 10_000)
            return self.bench(clients, max(10_000, int(rate * seconds)))
