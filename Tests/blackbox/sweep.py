"""The fault sweep: a workload is run again and again, and each time another system call of the daemon fails or kills it.

For every n the n-th write, sync, truncation, rename or removal of each thread gets EIO, ENOSPC or KILL (strace -e
inject). After each the daemon is started anew, and must be right: what was answered is stored, what was disclosed is in
the log, the log verifies, every deadline fires once, backups that were told of verify.

Usage: sweep.py [--calls write,sync,…] [--faults EIO,ENOSPC,KILL] [--every N] [--from N] [--new]
       without options all of it: about an hour. --new begins with an empty directory each time, else with a state
       that has been in use.
"""

import argparse
import shutil
import sys
import time
from collections import Counter
from pathlib import Path

from auditlog import anchored, read_log
from harness import CallError, Client, Daemon, new_directory, run_ctl

CALLS = {"write": "pwrite64,pwritev", "sync": "fdatasync,fsync", "truncate": "ftruncate",
         "rename": "rename,renameat,renameat2", "remove": "unlink,unlinkat,rmdir"}
FAULTS = {"EIO": "error=EIO", "ENOSPC": "error=ENOSPC", "KILL": "signal=KILL"}
# What a daemon with a failing disk may answer; anything else is a defect.
REFUSALS = {"storage_full", "unavailable", "queue_full"}
OPENINGS = 5
WHY = {"purpose": "handling", "reason": "sweep", "actor": "officer 1"}
# So far ahead that a daemon that starts anew finds nothing due.
START, LATER, IN_THE_END = "2099-06-01T09:00:00+08:00", "2099-06-01T09:06:00+08:00", "2099-06-02T09:00:00+08:00"
RUNGS = {(clock, rung) for clock in ("response", "support") for rung in (50, 100, 150, 200)}


class Wrong(AssertionError):
    """The daemon did what it must not."""


def require(condition, what):
    if not condition:
        raise Wrong(what)


class Workload:
    """One client's day, and all that it was told."""

    def __init__(self, place):
        self.place = place
        self.opened = {}  # key: id
        self.begun = {}  # key: params of calls that got no answer, or one that says it may not have happened
        self.versions = {}  # id: newest version that was answered
        self.disclosed = Counter()
        self.backups = []
        self.erased = None
        self.answered_clocks = set()  # ids whose clock an acknowledgement may have stopped
        self.refused = 0

    def run(self, path):
        try:
            with Client(path, timeout=30) as client:
                self.all(client)
        except (OSError, EOFError):
            pass  # the daemon is gone

    def call(self, client, method, params, **meta):
        """The result; None where it was refused for the disk's sake."""
        try:
            return client.call(method, params, **meta)
        except CallError as error:
            if error.kind == "wipe_pending":
                return {}  # done and recorded; a last copy goes later
            require(error.kind in REFUSALS, f"{method} answered {error}")
            self.refused += 1
            return None

    def all(self, client):
        self.call(client, "dev.clock.set", {"now": START})
        for number in range(OPENINGS):
            self.open(client, f"k{number}")
        for id_ in list(self.opened.values())[:2]:
            self.answered_clocks.add(id_)
            done = self.call(client, "support.acknowledge", {"id": id_, "version": 1}, **WHY)
            if done:
                self.versions[id_] = done["version"]
        for id_ in list(self.opened.values()):
            if self.call(client, "support.get", {"id": id_}, **WHY):
                self.disclosed[id_] += 1
        self.call(client, "dev.clock.set", {"now": LATER})
        for _ in range(2):
            made = self.call(client, "system.backup", {"directory": str(self.place), "keep": 1})
            if made:
                self.backups = [made["path"]]
        if self.opened:
            self.erase(client, list(self.opened.values())[-1])
        self.open(client, "last")

    def open(self, client, key):
        params = {"scenario": 1, "station": "st-01", "urgency": "immediate", "summary": f"sweep {key}"}
        self.begun[key] = params
        done = self.call(client, "support.open", params, idempotency_key=key, **WHY)
        if done:
            del self.begun[key]
            self.opened[key] = done["id"]
            self.versions[done["id"]] = done["version"]

    def erase(self, client, id_):
        subject = {"module": "support", "subject": id_}
        asked = self.call(client, "personal.request_erasure", subject, **WHY)
        if not asked:
            return
        other = dict(WHY, actor="officer 2")
        if not self.call(client, "approval.approve", {"id": asked["approval"], "version": 1}, **other):
            return
        # From here on it may be gone, whatever is answered.
        self.erased = (id_, False)
        if self.call(client, "personal.erase", dict(subject, approval=asked["approval"]), **WHY) is not None:
            self.erased = (id_, True)


class Sweep:
    def __init__(self, home, new):
        self.home, self.new = Path(home), new
        self.used = self.home / "used"
        if not new:
            self.used.mkdir()
            with Daemon(directory=self.used) as daemon:
                with daemon.connect() as client:
                    Workload(self.used).open(client, "before")
                daemon.stop()
            for path in self.used.glob("*.sock"):
                path.unlink()

    def point(self, call, fault, number):
        """One run with one fault. False where there is no such call any more."""
        state, place = self.home / "state", self.home / "backups"
        for path in (state, place):
            shutil.rmtree(path, ignore_errors=True)
        place.mkdir()
        if self.new:
            state.mkdir()
        else:
            shutil.copytree(self.used, state)
        trace = self.home / "trace"
        trace.unlink(missing_ok=True)
        daemon = Daemon(directory=state, prefix=[
            "strace", "-D", "-f", "-qq", "-o", str(trace), "-e", f"trace={CALLS[call]}",
            "-e", f"inject={CALLS[call]}:{FAULTS[fault]}:when={number}"])
        daemon.log_path = self.home / "daemon.log"
        daemon.log_path.unlink(missing_ok=True)
        work = Workload(place)
        try:
            daemon.spawn()
            try:
                daemon.wait_ready()
            except AssertionError:
                require(daemon.process.poll() is not None, "neither serves nor ends")
            else:
                work.run(daemon.socket_path)
            if daemon.process.poll() is None:
                daemon.stop()
            hit = self.was_hit(daemon, trace)
            self.check(state, work)
            return hit
        finally:
            daemon.kill()

    @staticmethod
    def was_hit(daemon, trace):
        """Whether the fault happened; the tracer writes that at the latest when the daemon has ended."""
        end = time.monotonic() + 5
        while True:
            text = trace.read_text(errors="replace") if trace.exists() else ""
            if "(INJECTED)" in text or "killed by SIGKILL" in text:
                return True
            if f"{daemon.pid} +++ exited" in text or time.monotonic() > end:
                return False
            time.sleep(0.01)

    def check(self, state, work):
        """The next life, without faults."""
        for path in state.glob("*.sock"):
            path.unlink()
        daemon = Daemon(directory=state)
        daemon.log_path = self.home / "next.log"
        daemon.log_path.unlink(missing_ok=True)
        try:
            daemon.start()
            with daemon.connect() as client:
                self.stored(client, work)
                log = read_log(daemon)
                size, root = anchored(state, log.key)
                require(log.root_at(size) == root, "the checkpoint outside is of another log")
                self.logged(log, work)
                self.deadlines(client, work)
            # A newer one may have taken the place of the one that was told of.
            whole = [path for path in work.place.iterdir() if path.suffix != ".unfinished"]
            require(whole or not work.backups, "the backup that was told of is gone")
            for path in whole:
                done = run_ctl("restore", path, "--state", self.home / "restored", "--key", log.key)
                require(done.returncode == 0, f"a backup that was told of: {done.stderr}")
                shutil.rmtree(self.home / "restored")
            require(daemon.stop() == 0, "it does not stop in an orderly way")
            done = run_ctl("audit", "verify", "--state", state)
            require(done.returncode == 0, f"the log does not verify: {done.stderr}")
        finally:
            daemon.kill()

    @staticmethod
    def requests(client):
        items = client.call("support.list", {"open": True, "limit": 500})["items"]
        return {item["id"]: item["version"] for item in items}

    def stored(self, client, work):
        found = self.requests(client)
        gone = {work.erased[0]} if work.erased else set()
        for id_, version in work.versions.items():
            require(id_ in gone or found.get(id_, 0) >= version, f"{id_} version {version} was answered and is not stored")
        if work.erased and work.erased[1]:
            require(work.erased[0] not in found, "what was erased is there")
        # Whoever got no answer asks again: it happens once.
        for key, params in work.begun.items():
            work.opened[key] = client.call("support.open", params, idempotency_key=key, **WHY)["id"]
        require(len(set(work.opened.values())) == len(work.opened), "two calls, one request")
        again = set(self.requests(client)) - gone
        mine = set(work.opened.values()) - gone
        require(mine <= again, f"{mine - again} are gone")
        require(len(again - mine) <= (0 if self.new else 1), f"{again - mine} is nobody's")

    @staticmethod
    def logged(log, work):
        read = Counter(item[1] for record in log.of("support.get") if record["outcome"] == "ok"
                       for item in record.get("read", []) if item[0] == "support.request")
        for id_, count in work.disclosed.items():
            require(read[id_] >= count, f"{id_} was disclosed {count} times, the log has {read[id_]}")
        written = Counter((item[1], item[2]) for record in log.records for item in record.get("written", [])
                          if item[0] == "support.request")
        require(set(written.values()) <= {1}, f"written twice: {written}")

    @staticmethod
    def next(client, expected, found):
        try:
            return client.notification()
        except TimeoutError:
            raise Wrong(f"did not fire: {expected - set(found)}") from None

    @staticmethod
    def deadlines(client, work):
        client.call("dev.clock.set", {"now": IN_THE_END})
        gone = ({work.erased[0]} if work.erased else set()) | work.answered_clocks
        expected = {(id_, clock, rung) for id_ in set(work.opened.values()) - gone for clock, rung in RUNGS}
        client.call("events.subscribe", {"since": 0, "kinds": ["support.escalated"]})
        found = Counter()
        client.settimeout(5)
        while not expected <= set(found):
            for event in Sweep.next(client, expected, found)["params"]["events"]:
                payload = event["payload"]
                found[payload["request"], payload["clock"], payload["rung"]] += 1
        require(set(found.values()) <= {1}, f"fired twice: {found}")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--calls", default=",".join(CALLS))
    parser.add_argument("--faults", default=",".join(FAULTS))
    parser.add_argument("--every", type=int, default=1)
    parser.add_argument("--from", type=int, default=1, dest="first")
    parser.add_argument("--new", action="store_true")
    options = parser.parse_args()
    home = new_directory()
    failures = total = 0
    try:
        sweep = Sweep(home, options.new)
        for call in options.calls.split(","):
            for fault in options.faults.split(","):
                number, hits = options.first, 0
                while True:
                    try:
                        if not sweep.point(call, fault, number):
                            break
                    except (AssertionError, CallError) as failure:
                        failures += 1
                        kept = Path(f"{home}-{call}-{fault}-{number}")
                        shutil.copytree(home, kept, ignore=shutil.ignore_patterns("*.sock"))
                        print(f"WRONG {call} {fault} {number}: {failure} (kept in {kept})", flush=True)
                    hits += 1
                    number += options.every
                total += hits
                print(f"{call:9} {fault:7} {hits} points", flush=True)
    finally:
        shutil.rmtree(home, ignore_errors=True)
    print(f"{total} points, {failures} wrong")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
