#!/usr/bin/env python3
"""A day of a bureau with twelve stations, through a real daemon's socket; then everything is counted again.

Beside the day's support requests: a fraud with its banks, a dispute, a person on bail, a case that changes hands.

Run: python3 Demo/demo.py [--seed N] [--requests N] [--keep DIR]

Takes `stationd` and `stationctl` from $STATIOND and $STATIONCTL, else from the release build. Ends with status 1
if a figure, an event, or the log is not what was done.
"""

import argparse
import os
import shutil
import sys
import tempfile
import time
from pathlib import Path

import ledger
from day import Day
from dispute import Dispute
from fraud import Fraud
from keyperson import KeyPerson
from logbook import Proof, check_log, run
from plan import END, Planner
from recount import figures
from report import Report
from screen import bold, dim, say, title
from story import Mismatch
from transfer import Transfer
from wire import Client, Daemon, Refused

ROOT = Path(__file__).resolve().parent.parent


def program(variable, name):
    path = os.environ.get(variable) or ROOT / ".build/release" / name
    if not os.access(path, os.X_OK):
        sys.exit(f"demo: {path} is not there: build it first, or name it in ${variable}")
    return str(path)


def compare(client, cycles, groups):
    """Every figure against the recount; how many numbers were compared."""
    compared = 0

    def same(path, ours, theirs):
        nonlocal compared
        if isinstance(ours, dict):
            if not isinstance(theirs, dict) or set(ours) != set(theirs):
                raise Mismatch(f"figures: {path}: the daemon has {theirs}, expected {ours}")
            for key in ours:
                same(f"{path}/{key}", ours[key], theirs[key])
            return
        if ours != theirs:
            raise Mismatch(f"figures: {path}: the daemon has {theirs}, the recount {ours}")
        compared += not isinstance(ours, str)

    period = {"from": "2026-11-23", "to": "2026-11-27"}
    total = client.call("support.figures", period)["total"]
    same("total", figures(cycles, END), total)
    for group in ("department", "station", "scenario"):
        answer = client.call("support.figures", dict(period, by=group))
        groups[group] = {item.pop("key"): item for item in answer["groups"]}
        ours = {key: figures([cycle for cycle in cycles if getattr(cycle, group) == key], END)
                for key in {getattr(cycle, group) for cycle in cycles}}
        same(group, ours, groups[group])
    groups["total"] = total
    return compared


def play(arguments, directory):
    stationctl = program("STATIONCTL", "stationctl")
    began = time.monotonic()
    daemon = Daemon(program("STATIOND", "stationd"), directory / "state")
    try:
        client = Client(daemon.path)
        catalogue = {
            item["number"]: (item["owners"], {urgency: (limit["response"], limit["support"])
                                              for urgency, limit in item["limits"].items()}, item["name"])
            for item in client.call("support.scenarios", {"limit": 100})["items"]}
        units = {item["id"]: item for item in client.call("directory.unit.list", {"limit": 500})["items"]}
        planner = Planner(arguments.seed, {number: item[:2] for number, item in catalogue.items()})
        requests = planner.requests(arguments.requests)
        transfer = Transfer(daemon.path)
        stories = [Fraud(daemon.path, daemon.directory / "spool"), Dispute(daemon.path), KeyPerson(daemon.path),
                   transfer]
        day = Day(daemon.path, requests, {number: item[:2] for number, item in catalogue.items()}, stories)
        report = Report(units, catalogue, day)
        report.head(arguments.seed)
        day.play(report.hour)

        groups = {}
        compared = compare(client, day.cycles, groups)
        report.figures(groups, compared)

        report.modules(stories)

        title("The log")
        link = transfer.link()
        expected = sum((story.log for story in stories), day.log)
        size, signed, counted, spooled, key, opening = check_log(client, expected)
        report.log(size, signed, counted, spooled)
        # The key goes from hand to hand once; after that nobody has to trust this machine.
        run([stationctl, "audit", "verify", "--socket", daemon.path, "--key", key])
        say("✓ stationctl audit verify: the running daemon's log is whole, and signed by that key")
        proofs = [Proof("The first opening of a request, for somebody else", opening),
                  Proof.of_record("The link of the chain of custody that holds the missing item", client,
                                  link["record"])]
        for number, proof in enumerate(proofs):
            proof.export(stationctl, daemon.path, key, directory / f"proof-{number + 1}.tlog-proof")
        for story in stories:
            story.client.close()
        client.close()
        if daemon.stop() != 0:
            raise Mismatch("the daemon did not stop cleanly")
        run([stationctl, "audit", "verify", "--state", str(daemon.directory), "--key", key])
        say("✓ stationctl audit verify --state: the stopped daemon's files are whole too")
        for proof in proofs:
            report.proof(proof, *proof.check(stationctl, key))
        shown = proofs[1].content(stationctl, key)
        counts = [shown[side]["quantity"] for side in ("giving", "receiving")]
        if (shown["link"], shown["differences"], counts) != ("differing", ["shortage"], [2, 1]):
            raise Mismatch(f"the link of the chain of custody says {shown}")
        report.custody(shown)
        say()
        say(bold("Everything agrees. ") + dim(f"{time.monotonic() - began:.1f} s of real time."))
    finally:
        daemon.kill()


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--seed", type=int, default=20261123, help="another day (default: %(default)s)")
    parser.add_argument("--requests", type=int, default=300, help="how many (default: %(default)s)")
    parser.add_argument("--keep", type=Path, help="keep the state and the proof in this new directory")
    arguments = parser.parse_args()
    if arguments.keep and arguments.keep.exists():
        parser.error(f"{arguments.keep} exists")
    directory = arguments.keep or Path(tempfile.mkdtemp(prefix="stationd-demo-"))
    try:
        play(arguments, directory)
    except (Mismatch, Refused, ledger.Invalid, ConnectionError) as failure:
        say()
        say(bold(f"✗ {failure}"))
        sys.exit(1)
    finally:
        if not arguments.keep:
            shutil.rmtree(directory, ignore_errors=True)


if __name__ == "__main__":
    main()
