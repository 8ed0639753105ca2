#!/usr/bin/env python3
"""Generates the generated parts of docs/, and checks that they are current.

Usage: python3 Tools/docs.py            writes docs/reference/methods.md and the generated blocks
       python3 Tools/docs.py --check    writes nothing; ends with status 1 if anything would change, a link leads
                                        nowhere, or the example module does not compile

What the daemon says of itself (rpc.discover) comes from $STATIOND, default .build/release/stationd; the rest is
read from the sources. A generated block stands between `<!-- generated: NAME -->` and `<!-- end: NAME -->`.
"""

import json
import os
import re
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import example
import links
import man
import reference

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs"
BLOCK = re.compile(r"(<!-- generated: ([a-z-]+) -->\n).*?(<!-- end: \2 -->)", re.S)


def discover():
    """The OpenRPC document of a development daemon with the data files of this tree."""
    program = os.environ.get("STATIOND", str(ROOT / ".build/release/stationd"))
    if not os.access(program, os.X_OK):
        sys.exit(f"{program} is not there: `make build` first, or name it in $STATIOND")
    with tempfile.TemporaryDirectory(prefix="docs-") as directory:
        daemon = subprocess.Popen([program, "--dev", directory], stdin=subprocess.DEVNULL,
                                  stderr=subprocess.PIPE, env=dict(os.environ, STATIOND_DATA=str(ROOT / "etc")))
        try:
            return ask(daemon, directory + "/stationd.sock")
        finally:
            daemon.terminate()
            daemon.communicate()


def ask(daemon, path):
    end = time.monotonic() + 30
    while True:
        with socket.socket(socket.AF_UNIX) as client:
            try:
                client.connect(path)
            except OSError:
                if daemon.poll() is not None:
                    sys.exit(f"stationd did not start: {daemon.stderr.read().decode()}")
                if time.monotonic() > end:
                    sys.exit("stationd did not listen within 30 s")
                time.sleep(0.02)
                continue
            answers = client.makefile("rb")

            def call(method, **params):
                request = {"jsonrpc": "2.0", "id": 1, "method": method, "params": params}
                client.sendall(json.dumps(request).encode() + b"\n")
                return json.loads(answers.readline())["result"]

            document = call("rpc.discover")
            document["modules"] = {item["name"]: call("rpc.module", name=item["name"])
                                   for item in document["x-modules"]}
            return document


# ---- The generated blocks

def table(head, rows):
    lines = ["| " + " | ".join(head) + " |", "|" + " --- |" * len(head)]
    return "\n".join(lines + ["| " + " | ".join(map(str, row)) + " |" for row in rows])


def errors(document):
    """Every error kind with its code and messages."""
    kinds = document["components"]["errors"]
    rows = [(f"`{kind}`", error["code"], error["message"], error["data"]["message_zh"])
            for kind, error in kinds.items()]
    return table(("`error.data.kind`", "code", "message", "`error.data.message_zh`"), rows)


def source(path):
    return (ROOT / path).read_text()


def limits(_):
    """The limits with their ranges, from where the configuration reads them, and their defaults."""
    number = r"\(?(\d[\d_]*)(?: << (\d+))?\)?"

    def value(match, first):
        return int(match[first].replace("_", "")) << int(match[first + 1] or 0)

    defaults, said = {}, {}
    for found in re.finditer(rf"/// (.+)\n\s+package var (\w+) = {number}", source(
            "Sources/StationRPC/Limits.swift")):
        defaults[found[2]], said[found[2]] = value(found, 3), found[1].rstrip(".").replace("``", "`")
    rows = []
    keys = rf'\("(\w+)", \\\.(\w+), {number}\.\.\.{number}\)'
    text = source("Sources/StationDaemon/Configuration/ConfigurationFile.swift")
    for found in re.finditer(keys, text):
        rows.append((f"`limits.{found[1]}`", f"{defaults[found[2]]:,}",
                     f"{value(found, 3):,} to {value(found, 5):,}", said[found[2]]))
    if len(rows) != len(defaults):
        sys.exit(f"limits: {len(rows)} configuration keys for {len(defaults)} limits")
    return table(("key", "default", "range", "bounds"), rows)


def module(document, name):
    """What `rpc.module` tells."""
    return document["modules"][name]


def life_cycles(document, name):
    """A module's life cycles as state diagrams, from the tables that its code runs."""
    parts = []
    cycles = module(document, name)["life_cycles"]
    for cycle in cycles:
        edges, stays, back = {}, {}, {}
        for step in cycle["steps"]:
            if step["to"] is None:
                back.setdefault(step["action"], []).append(step["from"])
            elif step["to"] == step["from"]:
                stays.setdefault(step["action"], []).append(step["from"])
            else:
                edges.setdefault((step["from"], step["to"]), []).append(step["action"])
        left = {step["from"] for step in cycle["steps"] if step["to"] != step["from"]}
        ends = [to for to in dict.fromkeys(to for _, to in edges) if to not in left]
        lines = ["```mermaid", "stateDiagram-v2", f"  [*] --> {cycle['initial']}"]
        lines += [f"  {origin} --> {to}: {', '.join(actions)}" for (origin, to), actions in edges.items()]
        lines += [f"  {end} --> [*]" for end in ends] + ["```"]
        notes = [f"`{action}` leaves the state as it is; possible in {listed(states)}."
                 for action, states in stays.items()]
        notes += [f"`{action}` leads from {listed(states)} back to the state before."
                  for action, states in back.items()]
        title = f"{cycle['summary']} {cycle['summary_zh']}\n\n" if len(cycles) > 1 else ""
        parts.append(title + "\n".join(lines) + ("\n\n" + "\n".join(f"- {note}" for note in notes) if notes else ""))
    return "\n\n".join(parts)


def listed(states):
    return ", ".join(f"`{state}`" for state in states)


def rules(document, name):
    """A module's rules with their values, which stand in its data file only, and their sources."""
    path = f"etc/{name}/rules.json"
    entries = json.loads(source(path))["rules"] if (ROOT / path).exists() else []
    values = {(entry["id"], entry["version"]): entry.get("values") or {} for entry in entries}
    rows = [(f"`{rule['id']}`", rule["version"], rule["effective"], f"{rule['summary']}<br>{rule['summary_zh']}",
             "<br>".join(f"`{key}`: {written(value)}" for key, value in
                         values.get((rule["id"], rule["version"]), {}).items()), rule["source"])
            for rule in module(document, name)["rules"]]
    return table(("rule", "version", "from", "what it says", "values", "source"), rows)


def written(value):
    return ", ".join(map(str, value)) if isinstance(value, list) else value


def term(value):
    (unit, count), = value.items()
    unit = unit.replace("_", " ")
    return f"{count} {unit[:-1] if count == 1 else unit}"


def catalogue(_):
    """The scenarios with their owners and limits, from the data."""
    data = json.loads(source("etc/support/scenarios.json"))
    rows = []
    for scenario in data["scenarios"]:
        limits = ["<br>".join(term(scenario["limits"][urgency][clock]) for clock in ("response", "support"))
                  for urgency in ("immediate", "urgent", "routine")]
        rows.append((scenario["number"], f"{scenario['name']['en']}<br>{scenario['name']['zh']}",
                     ", ".join(f"`{owner}`" for owner in scenario["owners"]), *limits))
    rungs = "\n".join(f"- {rung['percent']} % of a limit: {', '.join(who.replace('_', ' ') for who in rung['to'])}"
                      for rung in data["rungs"])
    head = ("#", "scenario", "owners", "immediate", "urgent", "routine")
    return (f"Catalogue {data['version']}, in force from {data['effective']}; each cell is the response limit over the "
            f"support limit.\n\n{table(head, rows)}\n\nRungs, for each of the two clocks:\n\n{rungs}\n\n"
            f"Feedback is due {term(data['feedback_limit'])} after completion.")


BLOCKS = {"errors": errors, "limits": limits, "catalogue": catalogue}
# Blocks of one module each: `life-cycle-support`.
MODULE_BLOCKS = {"life-cycle": life_cycles, "rules": rules}


def block(name, document):
    """The text of a generated block."""
    if name in BLOCKS:
        return BLOCKS[name](document)
    kind, _, of = name.rpartition("-")
    if kind not in MODULE_BLOCKS:
        sys.exit(f"no generated block is called '{name}'")
    return MODULE_BLOCKS[kind](document, of)


def generate(document):
    """Every generated page with its text."""
    pages = {DOCS / "reference/methods.md": reference.page(document)}
    for path in sorted(DOCS.rglob("*.md")):
        text = path.read_text()
        if "<!-- generated:" in text and path not in pages:
            pages[path] = BLOCK.sub(lambda m: f"{m[1]}\n{block(m[2], document)}\n\n{m[3]}", text)
    return pages


def main():
    check = sys.argv[1:] == ["--check"]
    if sys.argv[1:] and not check:
        sys.exit(__doc__)
    faults = []
    for path, text in generate(discover()).items():
        if path.exists() and path.read_text() == text:
            continue
        name = path.relative_to(ROOT)
        if check:
            faults.append(f"{name} is not current: run `make docs`")
        else:
            path.write_text(text)
            print(f"wrote {name}")
    for name in man.stale(write=not check):
        if check:
            faults.append(f"{name} is not current: run `make docs`")
        else:
            print(f"wrote {name}")
    if check:
        faults += links.broken(ROOT) + example.faults(ROOT)
    if faults:
        sys.exit("\n".join(faults))
    print("docs are current" if check else "done")


if __name__ == "__main__":
    main()
