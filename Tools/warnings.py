#!/usr/bin/env python3
"""Runs a build, shows what it prints, and fails when one of our own files gives a warning.

Usage: python3 Tools/warnings.py COMMAND…

Ends with the build's own status, or with 3 where it went well but for warnings.
"""

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
WARNING = re.compile(rf"^{re.escape(str(ROOT))}/(Sources|Plugins|Tests|Package\.swift)[^:]*:\d+:\d+: warning: ")


def main():
    found = []
    with subprocess.Popen(sys.argv[1:], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                          errors="replace") as build:
        for line in build.stdout:
            sys.stdout.write(line)
            sys.stdout.flush()
            if WARNING.match(line) and line not in found:
                found.append(line)
    if build.returncode:
        sys.exit(build.returncode)
    if found:
        print(f"{len(found)} warning(s) in our own files:\n{''.join(found)}", end="", flush=True)
        sys.exit(3)


if __name__ == "__main__":
    main()
