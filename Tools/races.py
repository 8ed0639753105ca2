#!/usr/bin/env python3
"""Runs tests built with ThreadSanitizer, and fails for every race that it reports but the ones it cannot judge.

Usage: python3 Tools/races.py COMMAND…

On Linux ThreadSanitizer does not see the contended path of `Synchronization.Mutex`: a counter that several threads
raise inside `withLock` is reported as a race (Swift 6.3). So a report is passed over when both of its accesses were
made inside a closure given to `withLock`, which shows in the mangled name of a frame. What it passed over is counted.
"""

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

ACCESS = re.compile(r"^  (?:Previous )?\S+(?: access| of size).* by (?:main )?thread", re.I)
# A closure that takes a `sending inout`, may throw what it says, and gives a `sending` back: what Mutex.withLock calls.
LOCKED = re.compile(r"Yu(?:\w*?YK)?YT\w*XEfU")


def accesses(report):
    """The stacks of a report's accesses, each as one text."""
    stacks, current = [], None
    for line in report.splitlines():
        if not line.startswith("    #"):
            current = [] if ACCESS.match(line) else None
            if current is not None:
                stacks.append(current)
        elif current is not None:
            current.append(line)
    return ["\n".join(stack) for stack in stacks]


def excused(report):
    stacks = accesses(report)
    return len(stacks) == 2 and all(LOCKED.search(stack) for stack in stacks)


def main():
    with tempfile.TemporaryDirectory(prefix="races-") as directory:
        options = f"log_path={directory}/report exitcode=0 halt_on_error=0"
        done = subprocess.run(sys.argv[1:], env=dict(os.environ, TSAN_OPTIONS=options))
        text = "\n".join(path.read_text(errors="replace") for path in sorted(Path(directory).iterdir()))
    reports = re.findall(r"^WARNING: ThreadSanitizer: .*?^SUMMARY: .*?$", text, re.M | re.S)
    real = [report for report in reports if not excused(report)]
    for report in real:
        print(report, flush=True)
    print(f"ThreadSanitizer: {len(real)} races, {len(reports) - len(real)} reports about Mutex passed over")
    sys.exit(done.returncode or (1 if real else 0))


if __name__ == "__main__":
    main()
