"""A small Debian 12 booted in a container, for tests of the package and its units.

The root is made once by debootstrap and kept as an archive in $STATIOND_ROOT_CACHE (default /var/tmp/stationd-test).
Nothing here sleeps but to poll.
"""

import contextlib
import hashlib
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "Tests/blackbox"))
from harness import Client, wait_until  # noqa: E402

CACHE = Path(os.environ.get("STATIOND_ROOT_CACHE", "/var/tmp/stationd-test"))
MIRROR = "http://deb.debian.org/debian"
PACKAGES = "systemd,systemd-sysv,dbus,libsqlite3-0,libssl3,libexpat1,libstdc++6,procps,python3"


def archive():
    """The archive of the root, made when it is not there."""
    name = hashlib.sha256(PACKAGES.encode()).hexdigest()[:12]
    path = CACHE / f"bookworm-{name}.tar"
    if path.exists():
        return path
    CACHE.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=CACHE) as work:
        subprocess.run(["debootstrap", "--variant=minbase", f"--include={PACKAGES}", "bookworm", f"{work}/root",
                        MIRROR],
                       check=True, stdout=subprocess.DEVNULL)
        shutil.rmtree(f"{work}/root/var/cache/apt/archives", ignore_errors=True)
        subprocess.run(["tar", "-C", f"{work}/root", "-cf", f"{work}/root.tar", "."], check=True)
        os.rename(f"{work}/root.tar", path)
    return path


class Machine:
    """One container with a root of its own."""

    def __init__(self):
        CACHE.mkdir(parents=True, exist_ok=True)
        source = archive()
        self.work = Path(tempfile.mkdtemp(prefix="machine-", dir=CACHE))
        self.root = self.work / "root"
        self.root.mkdir()
        subprocess.run(["tar", "-C", str(self.root), "-xf", str(source)], check=True)
        # The journal is read while the machine runs; what is said at the end is kept too.
        (self.root / "var/log/journal").mkdir(exist_ok=True)
        self.process = None
        self.leader = None

    # ---- Its life

    def boot(self):
        with open(self.work / "console", "wb") as console:
            self.process = subprocess.Popen(
                ["systemd-nspawn", "--register=no", "--keep-unit", "--quiet", "--private-network", "--boot",
                 "--directory", str(self.root), "--machine", f"stationd-{os.getpid()}"],
                stdin=subprocess.DEVNULL, stdout=console, stderr=subprocess.STDOUT, start_new_session=True)
        self.leader = wait_until(self.find_leader, "the container's first process", 60)
        wait_until(lambda: self.run("systemctl", "is-system-running", check=False).stdout.strip()
                   in ("running", "degraded"), "a booted machine", 120)
        return self

    def find_leader(self):
        """The process that is number 1 inside."""
        if self.process.poll() is not None:
            raise AssertionError(f"systemd-nspawn ended: {(self.work / 'console').read_text()}")
        for entry in Path("/proc").iterdir():
            if not entry.name.isdigit():
                continue
            with contextlib.suppress(OSError):
                status = (entry / "status").read_text()
                pids = next(line.split()[1:] for line in status.splitlines() if line.startswith("NSpid:"))
                if len(pids) > 1 and pids[-1] == "1" and self.is_ours(int(entry.name)):
                    return int(entry.name)
        return None

    def is_ours(self, pid):
        while pid > 1:
            if pid == self.process.pid:
                return True
            pid = int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
        return False

    def remove(self):
        if self.process and self.process.poll() is None:
            # To systemd's number 1 this is an order to halt.
            self.process.terminate()
            try:
                self.process.wait(60)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        shutil.rmtree(self.work, ignore_errors=True)

    # ---- Inside

    def run(self, *command, check=True, stdin=None):
        """Runs a command as root; the finished process with its output as text."""
        finished = subprocess.run(
            ["nsenter", "--target", str(self.leader), "--mount", "--uts", "--ipc", "--net", "--pid", "--",
             "env", "-i", "PATH=/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL=C.UTF-8", "DEBIAN_FRONTEND=noninteractive",
             *map(str, command)], input=stdin, capture_output=True, text=True, timeout=180)
        if check and finished.returncode != 0:
            raise AssertionError(f"{' '.join(map(str, command))}: {finished.returncode}\n{finished.stdout}"
                                 f"{finished.stderr}\n{self.journal('-n', '40')}")
        return finished

    def out(self, *command):
        return self.run(*command).stdout.strip()

    def show(self, unit, name):
        return self.out("systemctl", "show", "-P", name, unit)

    def journal(self, *arguments):
        return self.run("journalctl", "--no-pager", "-q", *arguments, check=False).stdout

    def records(self, *matches):
        """Journal records as dictionaries."""
        self.run("journalctl", "--sync", check=False)
        return [json.loads(line) for line in self.journal("-o", "json", *matches).splitlines()]

    def write(self, path, text, mode=0o644):
        file = self.root / path.lstrip("/")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
        file.chmod(mode)

    def read(self, path):
        return (self.root / path.lstrip("/")).read_text()

    def pid(self, unit):
        """The unit's main process, as seen from outside; None where none runs."""
        inside = self.show(unit, "MainPID")
        for entry in Path("/proc").iterdir():
            if not entry.name.isdigit():
                continue
            with contextlib.suppress(OSError, StopIteration):
                status = (entry / "status").read_text()
                pids = next(line.split()[1:] for line in status.splitlines() if line.startswith("NSpid:"))
                if len(pids) > 1 and pids[-1] == inside and inside != "0" and self.is_ours(int(entry.name)):
                    return int(entry.name)
        return None

    def connect(self, name="stationd", user="root"):
        """A client of one of the daemon's sockets that the kernel says is that user of the machine."""
        uid, gid = int(self.out("id", "-u", user)), int(self.out("id", "-g", user))
        groups = [int(group) for group in self.out("id", "-G", user).split()]
        return MachineClient(self.leader, f"{name}.sock", uid, gid, groups)


class MachineClient(Client):
    """A client whose socket was connected by a process of another user, inside the machine's file system."""

    def __init__(self, leader, name, uid, gid, groups):
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
        child = os.fork()
        if child == 0:
            try:
                os.chdir(f"/proc/{leader}/root/run/stationd")
                os.setgroups(groups)
                os.setresgid(gid, gid, gid)
                os.setresuid(uid, uid, uid)
                connection = socket.socket(socket.AF_UNIX)
                connection.connect(name)
                socket.send_fds(theirs, [b"+"], [connection.fileno()])
            except OSError as error:
                theirs.send(str(error.errno).encode())
            finally:
                os._exit(0)
        theirs.close()
        data, descriptors, _, _ = socket.recv_fds(ours, 16, 1)
        ours.close()
        os.waitpid(child, 0)
        if data != b"+":
            raise OSError(int(data or b"0"), "cannot connect")
        self.socket = socket.socket(fileno=descriptors[0])
        self.socket.settimeout(30)
        self.buffer, self.next_id, self.kept, self.notifications = bytearray(), 0, {}, []


class Writer:
    """Opens requests one after another until told to stop, over whatever happens to its connection.

    Each has a key of its own, and is sent again with it where no answer came: so each is there once.
    """

    def __init__(self, machine, user, params, meta=None):
        self.machine, self.user, self.params, self.meta = machine, user, params, meta or {}
        self.acknowledged, self.reconnections = {}, 0
        self.longest_wait = 0
        self.stops = False
        self.failure = None

    def work(self):
        try:
            self.loop()
        except BaseException as error:
            self.failure = error

    def loop(self):
        client, number, last = None, 0, time.monotonic()
        while not self.stops or client is None:
            if client is None:
                try:
                    client = self.machine.connect(user=self.user)
                    self.reconnections += 1
                except OSError:
                    time.sleep(0.01)
                    continue
            key = f"writer-{number}"
            try:
                result = client.call("support.open", self.params, idempotency_key=key)
            except (OSError, EOFError):
                client.close()
                client = None
                continue
            self.acknowledged[key] = result["id"]
            number += 1
            now = time.monotonic()
            self.longest_wait, last = max(self.longest_wait, now - last), now
        client.close()
