#!/usr/bin/env python3
"""Runs the parts of `make test` one after another and adds up what their runners report.

Usage: python3 Tools/test.py [PART…]     (default: all; `make test-PART` runs one without the counting)

Every part runs even when an earlier one failed. The last line is the sum; the status is 1 if anything failed.
"""

import os
import re
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
# Name, and seconds after which it is stopped and counts as failed.
PARTS = [
    ("format", 300),
    ("swift", 1500),
    ("config", 600),
    ("docs", 600),
    ("blackbox", 1200),
    ("isolated", 1200),
    ("powercut", 300),
    ("loadgen", 300),
    ("demo", 300),
    ("fuzz", 600),
    ("address", 1200),
    ("thread", 1200),
]
# Parts whose runner counts tests: they fail when it counted none.
COUNTED = {"swift", "blackbox", "isolated", "powercut", "loadgen", "address", "thread"}

SWIFT_RUN = re.compile(r"Test run with (\d+) tests?.* (passed|failed) after")
# A line of Swift Testing begins with a symbol for what happened; a test's own name may hold any word.
SWIFT_FAILED = re.compile(r"^✘ Test (?!run\b|case ).* failed after [\d.]+ seconds")
SWIFT_SKIPPED = re.compile(r"^➜ Test .* skipped")
PYTHON_RAN = re.compile(r"^Ran (\d+) tests? in ")
PYTHON_END = re.compile(r"^(OK|FAILED)(?: \((.*)\))?$")


class Count:
    """What a part's runners said."""

    def __init__(self):
        self.ran = self.failed = self.skipped = 0

    def read(self, line):
        if found := SWIFT_RUN.search(line):
            self.ran += int(found[1])
        elif SWIFT_FAILED.search(line):
            self.failed += 1
        elif SWIFT_SKIPPED.search(line):
            self.skipped += 1
        elif found := PYTHON_RAN.match(line):
            self.ran += int(found[1])
        elif found := PYTHON_END.match(line):
            for item in (found[2] or "").split(", "):
                name, _, number = item.partition("=")
                if name in ("failures", "errors", "unexpected successes"):
                    self.failed += int(number)
                elif name == "skipped":
                    self.skipped += int(number)


def run(name, seconds):
    """Runs one part; its Count and whether it went well."""
    count = Count()
    process = subprocess.Popen(["make", "--no-print-directory", f"test-{name}"], cwd=ROOT,
                               stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                               text=True, errors="replace", start_new_session=True)
    late = threading.Event()

    def stop():
        late.set()
        os.killpg(process.pid, signal.SIGKILL)

    timer = threading.Timer(seconds, stop)
    timer.start()
    try:
        for line in process.stdout:
            sys.stdout.write(line)
            sys.stdout.flush()
            count.read(line.rstrip("\n"))
        process.wait()
    except KeyboardInterrupt:
        os.killpg(process.pid, signal.SIGINT)
        raise
    finally:
        timer.cancel()
    if late.is_set():
        print(f"stopped: not done within {seconds} s")
    if name in COUNTED:
        if count.ran == 0 and process.returncode == 0:
            print(f"{name}: its runner counted no test")
            count.failed += 1
    else:
        count.ran = 1
    if process.returncode != 0 and count.failed == 0:
        count.failed = 1
    # A subtest that fails is a failure of its own, so there may be more of them than tests.
    passed = max(0, count.ran - count.failed - count.skipped)
    return passed, count.failed, count.skipped


def main():
    names = sys.argv[1:] or [name for name, _ in PARTS]
    unknown = set(names) - {name for name, _ in PARTS}
    if unknown:
        sys.exit(f"no such part: {', '.join(sorted(unknown))} (there are: {', '.join(n for n, _ in PARTS)})")
    begun = time.monotonic()
    rows = []
    for name, seconds in PARTS:
        if name not in names:
            continue
        print(f"\n=== {name} ({time.monotonic() - begun:.0f} s since the start)", flush=True)
        start = time.monotonic()
        rows.append((name, *run(name, seconds), time.monotonic() - start))
    print(f"\n{'part':<12}{'passed':>8}{'failed':>8}{'skipped':>9}{'seconds':>9}")
    for name, passed, failed, skipped, took in rows:
        print(f"{name:<12}{passed:>8}{failed:>8}{skipped:>9}{took:>9.0f}")
    passed, failed, skipped = (sum(row[i] for row in rows) for i in (1, 2, 3))
    if skipped:
        print(f"{skipped} skipped")
    print(f"{passed} passed, {failed} failed", flush=True)
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
