#!/usr/bin/env python3
"""Runs the tests of the package, and writes docs/package.md when all of them were run.

Usage: python3 Tests/systemd/run.py [NAME]     (only tests whose names hold NAME; writes nothing)
"""

import datetime
import subprocess
import sys
import time
import unittest
from pathlib import Path

import test_package
from machine import ROOT

PAGE = ROOT / "docs/package.md"


class Result(unittest.TextTestResult):
    """Keeps what became of every test, and how long it took."""

    def __init__(self, *arguments, **options):
        super().__init__(*arguments, **options)
        self.rows, self.begun, self.word = [], 0, ""

    def startTest(self, test):
        super().startTest(test)
        self.begun, self.word = time.monotonic(), "passed"

    def addFailure(self, test, error):
        super().addFailure(test, error)
        self.word = "failed"

    def addError(self, test, error):
        super().addError(test, error)
        self.word = "failed"

    def addSubTest(self, test, subtest, error):
        super().addSubTest(test, subtest, error)
        if error:
            self.word = "failed"

    def addSkip(self, test, reason):
        super().addSkip(test, reason)
        self.word = "not run"

    def stopTest(self, test):
        super().stopTest(test)
        self.rows.append((test._testMethodName, self.word, time.monotonic() - self.begun))


def title(name):
    """`test_08_reload` is "8 reload"."""
    words = name.removeprefix("test_").split("_")
    return " ".join([words[0].lstrip("0"), *words[1:]])


def page(result):
    commit = subprocess.run(["git", "describe", "--always", "--dirty"], cwd=ROOT, capture_output=True, text=True)
    when = datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%d %H:%M UTC")
    words = [word for _, word, _ in result.rows]
    lines = [
        "# The package, tried", "",
        "Written by `make test-systemd`, which makes the package, boots a Debian 12 made for it (debootstrap,",
        "systemd-nspawn), and goes through [Running stationd](operator.md) on it: see `Tests/systemd`. The numbered",
        "steps are one story on one machine.", "",
        f"Last run: {when}, of {commit.stdout.strip() or 'an unknown commit'}: {words.count('passed')} passed, "
        f"{words.count('failed')} failed, {words.count('not run')} not run.", "",
        "| step | result | seconds |", "| --- | --- | --: |",
        *(f"| {title(name)} | {word} | {took:.1f} |" for name, word, took in result.rows), "",
        "| measured | |", "| --- | --- |",
        *(f"| {what} | {value} |" for what, value in test_package.MEASURED.items()), "",
    ]
    return "\n".join(lines)


def main():
    loader = unittest.TestLoader()
    if sys.argv[1:]:
        loader.testNamePatterns = [f"*{name}*" for name in sys.argv[1:]]
    result = unittest.TextTestRunner(verbosity=2, resultclass=Result).run(
        loader.loadTestsFromModule(test_package))
    if not sys.argv[1:]:
        PAGE.write_text(page(result))
    sys.exit(not result.wasSuccessful())


if __name__ == "__main__":
    main()
