"""What every black-box test shares: a daemon to start, stop and kill, and a small client.

Paths come from the environment: STATIOND and STATIONCTL (default: the release build of this tree).
Nothing here sleeps longer than 10 ms at a time.
"""

import atexit
import base64
import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import unittest
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
RELEASE = REPOSITORY / ".build" / "release"
STATIOND = os.environ.get("STATIOND", str(RELEASE / "stationd"))
STATIONCTL = os.environ.get("STATIONCTL", str(RELEASE / "stationctl"))
DATA = str(REPOSITORY / "etc")
# Whether every module that does work runs in a process of its own (make test-isolated).
ISOLATED = os.environ.get("STATIOND_ISOLATED", "") not in ("", "0")
MODULES = ["approval", "directory", "support", "stoploss", "mediation", "keyperson", "transfer"]
LONG = os.environ.get("STATIOND_LONG", "") not in ("", "0")
TICK = 0.005
PATIENCE = 20.0


def wait_until(condition, what, seconds=PATIENCE):
    """Polls until the condition holds and returns what it gave; AssertionError after `seconds`."""
    end = time.monotonic() + seconds
    while True:
        result = condition()
        if result:
            return result
        if time.monotonic() > end:
            raise AssertionError(f"not within {seconds} s: {what}")
        time.sleep(TICK)


def new_directory():
    """An empty directory on a real disk, with a name short enough for a socket in it."""
    return Path(tempfile.mkdtemp(prefix="st-", dir=os.environ.get("STATIOND_TEST_DIR", "/tmp")))


running = set()


def kill_all():
    """No daemon outlives the tests, whatever ended them."""
    for process in running:
        if process.poll() is None:
            process.kill()


def ended(*_):
    sys.exit(128 + signal.SIGTERM)


atexit.register(kill_all)
if signal.getsignal(signal.SIGTERM) == signal.SIG_DFL:
    signal.signal(signal.SIGTERM, ended)


class CallError(Exception):
    """The error member of an answer."""

    def __init__(self, error):
        super().__init__(f"{error.get('code')} {error.get('message')} {error.get('data')}")
        self.code = error["code"]
        self.message = error["message"]
        self.data = error.get("data") or {}
        self.kind = self.data.get("kind")
        self.pointer = self.data.get("pointer")


class Daemon:
    """One stationd in a directory of its own.

    Without `config` it runs as `--dev DIRECTORY`; with it (text of a YAML file, `{dir}` and `{data}` are
    replaced) as `--config DIRECTORY/stationd.yaml`. `access` is the text of DIRECTORY/access.yaml.
    """

    def __init__(self, directory=None, config=None, access=None, environment=None, prefix=()):
        self.owns_directory = directory is None
        self.directory = Path(directory) if directory else new_directory()
        self.environment = dict(os.environ, STATIOND_DATA=DATA, **(environment or {}))
        self.isolated = MODULES if ISOLATED and (config is None or "\nmodules:" not in config) else []
        if self.isolated:
            self.environment.setdefault("STATIOND_DEV_ISOLATED", ",".join(self.isolated))
            if config is not None:
                config += "\nmodules:\n" + "".join(f"  {name}: {{isolation: process}}\n" for name in self.isolated)
        self.prefix = list(prefix)
        self.config = config is not None
        self.process = None
        self.log_start = 0
        self.log_path = self.directory / "stationd.log"
        if access is not None:
            (self.directory / "access.yaml").write_text(access)
        if config is not None:
            text = config.replace("{dir}", str(self.directory)).replace("{data}", DATA)
            (self.directory / "stationd.yaml").write_text(text)
            self.make_master_key(self.directory / "master.key")

    @staticmethod
    def make_master_key(path):
        """A master key, as `stationctl key new` writes it; one that is there stays."""
        if not path.exists():
            path.touch(mode=0o600)
            path.write_text("stationd-master-key-1 " + base64.b64encode(os.urandom(32)).decode() + "\n")

    @property
    def socket_path(self):
        return str(self.directory / "stationd.sock")

    @property
    def arguments(self):
        if self.config:
            return ["--config", str(self.directory / "stationd.yaml")]
        return ["--dev", str(self.directory)]

    @property
    def pid(self):
        return self.process.pid

    @property
    def log(self):
        return self.log_path.read_text(errors="replace") if self.log_path.exists() else ""

    def spawn(self):
        """Starts the process and does not wait for it."""
        self.log_start = len(self.log)
        with open(self.log_path, "ab") as log:
            self.process = subprocess.Popen(
                self.prefix + [STATIOND] + self.arguments, stdin=subprocess.DEVNULL, stdout=log,
                stderr=log, env=self.environment, start_new_session=True)
        running.add(self.process)
        return self

    def start(self):
        """Starts the process and waits until its socket answers."""
        self.spawn()
        return self.wait_ready()

    def wait_ready(self, seconds=PATIENCE):
        def ready():
            if self.isolated:
                started = self.log[self.log_start:]
                if not all(f"plugin={name} stream=info text=ready" in started for name in self.isolated):
                    return self.process.poll() is not None and self.log
            return True

        def connected():
            if self.process.poll() is not None:
                raise AssertionError(f"stationd ended with {self.process.returncode}: {self.log}")
            with contextlib.suppress(OSError):
                with socket.socket(socket.AF_UNIX) as probe:
                    probe.connect(self.socket_path)
                    return True
            return False

        wait_until(connected, "a listening socket", seconds)
        wait_until(ready, "modules in their processes", seconds)
        return self

    def wait_end(self, seconds=PATIENCE):
        """Waits for the end of the process; its exit code."""
        try:
            return self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.kill()
            raise AssertionError(f"stationd did not end: {self.log}") from None

    def stop(self):
        """Ends it in an orderly way; its exit code."""
        if self.process is None or self.process.poll() is not None:
            return self.process.returncode if self.process else None
        self.process.send_signal(signal.SIGTERM)
        return self.wait_end()

    def kill(self):
        """SIGKILL, as a power cut of this process alone."""
        if self.process is not None and self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        running.discard(self.process)

    def restart(self):
        self.stop()
        return self.start()

    def remove(self):
        self.kill()
        if self.owns_directory:
            shutil.rmtree(self.directory, ignore_errors=True)

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        self.remove()

    def connect(self, **options):
        return Client(self.socket_path, **options)

    def call(self, method, params=None, **meta):
        """One call on a connection of its own."""
        with self.connect() as client:
            return client.call(method, params, **meta)

    def rss(self):
        """Resident bytes."""
        for line in Path(f"/proc/{self.pid}/status").read_text().splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) * 1024
        raise AssertionError("no VmRSS")

    def descriptors(self):
        """Open file descriptors."""
        return len(os.listdir(f"/proc/{self.pid}/fd"))


class Client:
    """Line framing: one JSON text a line. Answers come back in any order and are kept by id.

    Numbers of answers are ints and floats as Python's json makes them; `raw_line` gives the bytes.
    """

    def __init__(self, path, timeout=PATIENCE):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.settimeout(timeout)
        wait_until(lambda: self.connected(str(path)), "a place in the queue of connections")
        self.buffer = bytearray()
        self.next_id = 0
        self.kept = {}
        self.notifications = []

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def connected(self, path):
        """False while the listener's queue is full, which a socket with a timeout hears as EAGAIN."""
        try:
            self.socket.connect(path)
            return True
        except BlockingIOError:
            return False

    def close(self):
        self.socket.close()

    def settimeout(self, seconds):
        self.socket.settimeout(seconds)

    def send(self, data):
        """Bytes as they are, text as UTF-8."""
        self.socket.sendall(data if isinstance(data, (bytes, bytearray)) else data.encode())

    def send_json(self, value):
        self.send(json.dumps(value, ensure_ascii=False) + "\n")

    def raw_line(self):
        """The next line without its LF; EOFError when the daemon closed the connection."""
        while True:
            end = self.buffer.find(b"\n")
            if end >= 0:
                line = bytes(self.buffer[:end])
                del self.buffer[:end + 1]
                return line
            chunk = self.socket.recv(1 << 16)
            if not chunk:
                raise EOFError("closed by the daemon")
            self.buffer += chunk

    def receive(self):
        """The next message."""
        return json.loads(self.raw_line())

    def begin(self, method, params=None, **meta):
        """Sends a request and returns its id; `meta` becomes params.meta."""
        self.next_id += 1
        self.send_json(request(method, params, self.next_id, **meta))
        return self.next_id

    def notify(self, method, params=None, **meta):
        self.send_json(request(method, params, None, **meta))

    def answer(self, number):
        """The whole response object to `number`; notifications met on the way are kept."""
        while number not in self.kept:
            message = self.receive()
            if "method" in message:
                self.notifications.append(message)
            else:
                self.kept[message["id"]] = message
        return self.kept.pop(number)

    def finish(self, number):
        """The result of a begun request; raises CallError."""
        message = self.answer(number)
        if "error" in message:
            raise CallError(message["error"])
        return message["result"]

    def call(self, method, params=None, **meta):
        return self.finish(self.begin(method, params, **meta))

    def notification(self):
        """The next notification."""
        while not self.notifications:
            message = self.receive()
            if "method" in message:
                self.notifications.append(message)
            else:
                self.kept[message["id"]] = message
        return self.notifications.pop(0)

    def rest(self):
        """Every byte until the daemon closes the connection."""
        while True:
            try:
                chunk = self.socket.recv(1 << 16)
            except ConnectionResetError:
                chunk = b""
            if not chunk:
                data = bytes(self.buffer)
                self.buffer.clear()
                return data
            self.buffer += chunk

    def half_close(self):
        self.socket.shutdown(socket.SHUT_WR)


def request(method, params=None, number=None, **meta):
    """A request object; without a number a notification."""
    message = {"jsonrpc": "2.0", "method": method}
    if meta:
        params = dict(params or {}, meta=meta)
    if params is not None:
        message["params"] = params
    if number is not None:
        message["id"] = number
    return message


class DaemonTestCase(unittest.TestCase):
    """A class of tests that share one daemon: `CONFIG` and `ACCESS` as for Daemon."""

    CONFIG = None
    ACCESS = None
    daemon = None

    @classmethod
    def setUpClass(cls):
        if not os.access(STATIOND, os.X_OK):
            raise unittest.SkipTest(f"no daemon at {STATIOND} (set STATIOND)")
        cls.daemon = Daemon(config=cls.CONFIG, access=cls.ACCESS)
        cls.addClassCleanup(cls.daemon.remove)
        cls.daemon.start()

    def connect(self, **options):
        client = self.daemon.connect(**options)
        self.addCleanup(client.close)
        return client

    def new_daemon(self, **options):
        """A daemon for this test alone, not started."""
        daemon = Daemon(**options)
        self.addCleanup(daemon.remove)
        return daemon

    @contextlib.contextmanager
    def refused(self, kind, pointer=None):
        """The body must raise a CallError of this kind (and pointer)."""
        with self.assertRaises(CallError) as caught:
            yield caught
        self.assertEqual(caught.exception.kind, kind, caught.exception)
        if pointer is not None:
            self.assertEqual(caught.exception.pointer, pointer)


def open_requests(daemon):
    """Every open request of support, by id."""
    found, cursor = {}, {}
    with daemon.connect() as client:
        while True:
            page = client.call("support.list", {"open": True, "limit": 500} | cursor)
            found |= {item["id"]: item for item in page["items"]}
            if "next" not in page:
                return found
            cursor = {"cursor": page["next"]}


def luhn(number):
    """The number of a card with its check digit."""
    total = sum(
        digit if place % 2 else sum(divmod(digit * 2, 10))
        for place, digit in enumerate(map(int, reversed(number))))
    return number + str(-total % 10)


def run_ctl(*arguments, socket_path=None, stdin=None, environment=None, timeout=60):
    """Runs stationctl; the finished process with text output."""
    environment = dict(os.environ, **(environment or {}))
    if socket_path:
        environment["STATIOND_SOCKET"] = str(socket_path)
    return subprocess.run(
        [STATIONCTL, *map(str, arguments)], input=stdin, capture_output=True, text=True,
        timeout=timeout, env=environment)


if __name__ == "__main__":
    sys.exit("a library of the tests: python3 -m unittest discover -s Tests/blackbox -p 'test_*.py'")
