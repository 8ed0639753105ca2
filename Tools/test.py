#!/usr/bin/env python3
"""Runs the parts of `make test` one after another and adds up what their runners report.

Usage: python3 Tools/test.py [PART…]     (default: all; `make test-PART` runs one without the counting)

Every part runs even when an earlier one failed. At the end it names what failed, with what was said of it, because
the output itself is long; the last line is the sum, and the status is 1 if anything failed.
"""

import collections
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
PYTHON_FAILED = re.compile(r"^(?:FAIL|ERROR): ")
SWIFT_ISSUE = re.compile(r"^✘ Test .* recorded an issue")
SANITIZER_REPORT = re.compile(r"(?:WARNING: ThreadSanitizer|==\d+==ERROR: AddressSanitizer): ")
REPORT_END = "=========="
# Lines kept for one failure, and for all of a part.
LINES_OF_FAILURE, LINES_OF_REPORT, LINES_OF_PART = 30, 60, 200


class Count:
    """What a part's runners said."""

    def __init__(self):
        self.ran = self.failed = self.skipped = 0
        self.said = []
        self.keep = 0

    def remember(self, line):
        """Keeps the lines that tell of a failure: a sanitizer's or unittest's report, and Swift Testing's issues."""
        if SANITIZER_REPORT.search(line):
            self.keep = LINES_OF_REPORT
        elif PYTHON_FAILED.match(line):
            self.keep = LINES_OF_FAILURE
        elif SWIFT_ISSUE.match(line) or SWIFT_FAILED.match(line):
            self.keep = max(self.keep, 1)
        elif PYTHON_RAN.match(line) or line.startswith(REPORT_END):
            self.keep = 0
        if self.keep and len(self.said) < LINES_OF_PART:
            self.said.append(line)
            self.keep -= 1

    def read(self, line):
        self.remember(line)
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
    """Runs one part; how many tests passed, failed and were skipped, and what was said of those that failed."""
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
    tail = collections.deque(maxlen=LINES_OF_FAILURE)
    try:
        for line in process.stdout:
            sys.stdout.write(line)
            sys.stdout.flush()
            count.read(line.rstrip("\n"))
            tail.append(line.rstrip("\n"))
        process.wait()
    except KeyboardInterrupt:
        os.killpg(process.pid, signal.SIGINT)
        raise
    finally:
        timer.cancel()
    if late.is_set():
        count.said.append(f"stopped: not done within {seconds} s")
    if name in COUNTED:
        if count.ran == 0 and process.returncode == 0:
            count.said.append("its runner counted no test")
            count.failed += 1
    else:
        count.ran = 1
    if process.returncode != 0 and count.failed == 0:
        # What a sanitizer reported says more than the last lines, and is to be the last that is read.
        count.said = [*tail, *count.said, f"ended with status {process.returncode}"]
        count.failed = 1
    # A subtest that fails is a failure of its own, so there may be more of them than tests.
    passed = max(0, count.ran - count.failed - count.skipped)
    return passed, count.failed, count.skipped, count.said if count.failed else []


def main():
    names = sys.argv[1:] or [name for name, _ in PARTS]
    unknown = set(names) - {name for name, _ in PARTS}
    if unknown:
        sys.exit(f"no such part: {', '.join(sorted(unknown))} (there are: {', '.join(n for n, _ in PARTS)})")
    begun = time.monotonic()
    rows, failures = [], []
    for name, seconds in PARTS:
        if name not in names:
            continue
        print(f"\n=== {name} ({time.monotonic() - begun:.0f} s since the start)", flush=True)
        start = time.monotonic()
        *counts, said = run(name, seconds)
        rows.append((name, *counts, time.monotonic() - start))
        failures += [(name, said)] if said else []
    for name, said in failures:
        print(f"\n=== what failed in {name}", *said, sep="\n")
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
