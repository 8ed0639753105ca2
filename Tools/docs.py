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
            client.sendall(b'{"jsonrpc":"2.0","id":1,"method":"rpc.discover"}\n')
            return json.loads(client.makefile("rb").readline())["result"]


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


def life_cycle(_):
    """The table of LifeCycle.swift as a state diagram."""
    folder = "Plugins/SupportRequests"
    words = {}
    for name in ("State", "Action"):
        for line in re.findall(r"^\s+case (.+)$", source(f"{folder}/{name}.swift"), re.M):
            for case in line.split(", "):
                word, _, code = case.partition(" = ")
                words[word] = code.strip('"') or word
    text = source(f"{folder}/LifeCycle.swift")
    groups = {name: re.findall(r"\.(\w+)", items)
              for name, items in re.findall(r"private static let (\w+): \[State\] = \[(.*?)\]", text)}
    edges, same = {}, {}
    rows = re.findall(r"^\s+[=+] rows\((.+), \.(\w+), \.(same|former|state\(\.(\w+)\))\)$",
                      text.replace("] =\n", "] =\n  = ").replace("  =     rows", "  = rows"), re.M)
    if len(rows) != len(re.findall(r"\brows\(", text)) - 1:
        sys.exit("the table of LifeCycle.swift has a row that Tools/docs.py does not understand")
    for states, action, target, to in rows:
        origins = [state for part in states.split(" + ")
                   for state in (groups.get(part) or re.findall(r"\.(\w+)", part))]
        for origin in origins:
            if target == "same":
                same.setdefault(action, []).append(origin)
            elif target == "former":
                for former in groups["inWork"]:
                    edges.setdefault((origin, former), []).append(action)
            else:
                edges.setdefault((origin, to), []).append(action)
    lines = ["```mermaid", "stateDiagram-v2", "  [*] --> submitted: open"]
    for (origin, to), actions in edges.items():
        lines.append(f"  {words[origin]} --> {words[to]}: {', '.join(words[action] for action in actions)}")
    lines += ["  closed --> [*]", "  withdrawn --> [*]", "```", ""]
    for action, origins in same.items():
        lines.append(f"`{words[action]}` leaves the state as it is; possible in "
                     f"{', '.join('`' + words[state] + '`' for state in origins)}.")
    lines.append("`provide_info` leads back to the state in which the information was asked for.")
    return "\n".join(lines)


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


BLOCKS = {"errors": errors, "limits": limits, "life-cycle": life_cycle, "catalogue": catalogue}


def generate(document):
    """Every generated page with its text."""
    pages = {DOCS / "reference/methods.md": reference.page(document)}
    for path in sorted(DOCS.rglob("*.md")):
        text = path.read_text()
        if "<!-- generated:" in text and path not in pages:
            pages[path] = BLOCK.sub(lambda m: f"{m[1]}\n{BLOCKS[m[2]](document)}\n\n{m[3]}", text)
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
