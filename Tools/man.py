#!/usr/bin/env python3
"""Generates the manual pages in man/ and the completion scripts in completions/, and checks that they are current.

Usage: python3 Tools/man.py            writes them
       python3 Tools/man.py --check    writes nothing; ends with status 1 if anything would change

Options and commands come from the programs ($STATIOND and $STATIONCTL, default .build/release), the keys of the
configuration with what they take from the reader (`stationd --show-config`), what they are for from the comments of
etc/. A key that the reader knows and etc/ does not explain is an error, and so is one that the reader does not know.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import roff
from roff import Page

ROOT = Path(__file__).resolve().parent.parent
ETC = ROOT / "etc"
COMPLETIONS = {"bash": "stationctl.bash", "zsh": "_stationctl", "fish": "stationctl.fish"}
# A key line of a commented YAML file: `key:`, `#key:`, `#  key:`.
KEY = re.compile(r"^(#?)((?:  )*)([a-z_]+):(?: |$)")
COMMENT = re.compile(r"^#?((?:  )*)# ?(.*)$")


def run(name, *arguments):
    """What a program prints, in English."""
    program = os.environ.get(name.upper(), str(ROOT / ".build/release" / name))
    finished = subprocess.run([program, *arguments], capture_output=True, text=True,
                              env=dict(os.environ, LC_ALL="C.UTF-8", LANG="C.UTF-8", LANGUAGE=""))
    if finished.returncode != 0:
        sys.exit(f"{name} {' '.join(arguments)}: {finished.stderr}")
    return finished.stdout


def explanations(path):
    """What the comments before each key of a commented YAML file say, by the key's full name."""
    said, stack, words = {}, [], []
    for line in path.read_text().splitlines():
        key = KEY.match(line)
        comment = COMMENT.match(line)
        if key:
            depth = len(key[2]) // 2
            stack = stack[:depth] + [key[3]]
            said[".".join(stack)] = " ".join(words)
            trailing = line.partition(" # ")[2].strip()
            if trailing:
                said[".".join(stack)] = trailing
            words = []
        elif comment:
            words.append(comment[2].strip())
        else:
            words = []
    return said


def settings():
    """The reader's keys of stationd.yaml and of access.yaml, with what they take and their defaults."""
    # With a plugin: the keys of one are told where there is one.
    with tempfile.TemporaryDirectory() as folder:
        shutil.copy(ETC / "access.yaml", folder)
        file = Path(folder, "stationd.yaml")
        file.write_text((ETC / "stationd.yaml").read_text() + "\nplugins: {name: {program: /bin/true}}\n")
        values = json.loads(run("stationd", "--show-config", str(file)))
    main = [value for value in values if not value["key"].startswith("access: ")]
    rules = {}
    for value in values:
        if value["key"].startswith("access: "):
            # roles.NAME.KEY and bindings[N].KEY: one entry for all of them.
            key = re.sub(r"^access: (roles)\.[^.]+|^access: (bindings)\[\d+\]", r"\1\2", value["key"])
            rules.setdefault(key, value)
    return main, rules


def name_of(option):
    return ", ".join(roff.bold(("--" if name["kind"] == "long" else "-") + name["name"]) for name in option["names"])


def options(page, arguments):
    for argument in arguments:
        if not argument.get("shouldDisplay", True):
            continue
        value = roff.italic(argument.get("valueName") or "value")
        if argument["kind"] == "positional":
            page.item(value, argument.get("abstract", ""))
        elif argument["kind"] == "flag":
            page.item(name_of(argument), argument.get("abstract", ""))
        else:
            page.item(f"{name_of(argument)} {value}", argument.get("abstract", ""))


def help_of(program):
    return json.loads(run(program, "--experimental-dump-help"))["command"]


def paragraphs(page, text):
    for block in text.split("\n\n"):
        page.paragraph(roff.escape(" ".join(block.split())))


def stationd():
    command = help_of("stationd")
    page = Page("STATIOND", 8, "stationd", "serve a station's modules over Unix sockets, with an audited store")
    page.section("SYNOPSIS")
    for option in command["arguments"]:
        if option["kind"] == "option":
            page.paragraph(f"{roff.bold('stationd')} {name_of(option)} {roff.italic(option['valueName'])}")
    page.section("DESCRIPTION")
    page.paragraph(roff.escape(command["abstract"]))
    page.paragraph(roff.escape(
        "Under systemd the sockets come from stationd.socket (members), stationd-auditor.socket and "
        "stationd-admin.socket; the name that each unit gives its descriptor (FileDescriptorName=member, auditor, "
        "administrator) is the socket's class, which caps what can be done on it. The daemon says that it is ready "
        "when a call that it made to itself on each of them has been answered, and feeds the watchdog only while both "
        "its event loops and its writer go on."))
    page.section("OPTIONS")
    options(page, command["arguments"])
    page.section("SIGNALS")
    page.item(roff.bold("SIGTERM, SIGINT"),
              "Accept no more, answer what is under way (drain_seconds), tell those who follow events to connect again "
              "(the notification system.stopping), write the record of the stop, and end.")
    page.item(roff.bold("SIGHUP"), "What system.reload by the daemon's own user does, with the same records.")
    page.item(roff.bold("SIGUSR1, SIGUSR2"), "Ignored.")
    page.section("EXIT STATUS")
    page.item("0", "It was stopped.")
    page.item("1", "It refused to start and said why; starting it again would not help.")
    page.item("64", "The command line is wrong.")
    page.item("70", "The disk failed while writing; the next start finds out what is on it.")
    page.item("75", "The disk is full: it starts when there is room.")
    page.section("CREDENTIALS")
    page.item(roff.bold("audit.key"),
              "The log's signing key, from /etc/credstore/stationd.audit.key; else it is in the state directory.")
    page.item(roff.bold("master.key"),
              "The key that personal data is encrypted under, from /etc/credstore/stationd.master.key.")
    files(page)
    page.section("JOURNAL")
    page.paragraph(roff.escape(
        "Each call leaves a record with the fields METHOD, PRINCIPAL (uid:N), PRINCIPAL_UNIT, OUTCOME (ok, or the "
        "error's kind) and DURATION_US; log_calls says which. For example, what was refused:"))
    page.code("journalctl -u stationd OUTCOME=denied")
    page.see("stationctl(1), stationd.yaml(5), access.yaml(5), systemd.socket(5)")
    return page


def files(page):
    page.section("FILES")
    page.item(roff.escape("/etc/stationd/stationd.yaml"), "The configuration, stationd.yaml(5).")
    page.item(roff.escape("/etc/stationd/access.yaml"), "Who may call what, access.yaml(5).")
    page.item(roff.escape("/run/stationd/stationd.sock, auditor.sock, admin.sock"), "The sockets.")
    page.item(roff.escape("/var/lib/stationd"), "The state: database, log anchor, keys.")
    page.item(roff.escape("/var/log/stationd/checkpoints.jsonl"),
              "Signed checkpoints of the log, one an hour, where the daemon's user cannot change them.")
    page.item(roff.escape("/etc/stationd/witnesses"),
              "Witnesses that cosign the log, a file of C2SP tlog-policy; not there unless there are any.")
    page.item(roff.escape("/var/log/stationd-witness"),
              "The checkpoint that each of them cosigned last.")
    page.item(roff.escape("/usr/share/stationd"), "Calendars, catalogues and examples.")


def command_options(command, common):
    return [argument for argument in command.get("arguments", [])
            if argument.get("shouldDisplay", True) and json.dumps(argument["names"] if "names" in argument else
                                                                   argument["valueName"]) not in common]


def stationctl():
    root = help_of("stationctl")
    page = Page("STATIONCTL", 1, "stationctl", "talk to stationd")
    page.section("SYNOPSIS")
    page.paragraph(f"{roff.bold('stationctl')} {roff.italic('command')} [{roff.italic('option')} …]")
    page.paragraph(f"{roff.bold('stationctl')} {roff.italic('module method')} [{roff.bold('--option')} "
                   f"{roff.italic('value')} …]")
    page.section("DESCRIPTION")
    paragraphs(page, root["discussion"])
    page.section("OPTIONS")
    options(page, root["arguments"])
    common = {json.dumps(argument["names"]) for argument in root["arguments"] if "names" in argument}
    page.section("COMMANDS")
    for command in root["subcommands"]:
        for deep in [command] + command.get("subcommands", []):
            if not deep.get("shouldDisplay", True) or deep["commandName"] in ("help", "__complete"):
                continue
            if deep is command and command.get("subcommands"):
                continue
            names = ["stationctl"] + ([command["commandName"]] if deep is not command else []) + [deep["commandName"]]
            page.subsection(" ".join(names))
            page.paragraph(roff.escape(deep.get("abstract", "")))
            if deep.get("discussion"):
                paragraphs(page, deep["discussion"])
            options(page, command_options(deep, common))
    page.section("ENVIRONMENT")
    page.item(roff.bold("STATIOND_SOCKET"), "The socket, where --socket is not given.")
    page.item(roff.bold("NO_COLOR"), "Set and not empty: no colours.")
    page.item(roff.bold("LANG") + ", " + roff.bold("LANGUAGE"), "The language, where --lang is not given: as gettext"
              " takes it, with LC_ALL and LC_MESSAGES. Chinese is written in UTF-8 only.")
    files(page)
    page.see("stationd(8), stationd.yaml(5), access.yaml(5)")
    return page


def stationd_yaml(main):
    said = explanations(ETC / "stationd.yaml")
    page = Page("STATIOND.YAML", 5, "stationd.yaml", "configuration of stationd")
    page.section("DESCRIPTION")
    page.paragraph(roff.escape(
        "A YAML file. Relative paths are relative to it. A key that is not known, or a value that does not fit, is an "
        "error with file, line and the nearest known key, and the daemon does not start (or reload). "
        "'stationd --check-config FILE' checks a file; 'stationctl config show' shows every value of the running "
        "daemon and where it came from. What is marked 'reloaded' is brought into force by 'systemctl reload "
        "stationd'; all else at the next start."))
    page.section("KEYS")
    order = list(said)

    def explained(key):
        """The key, or the nearest group around it, that the file explains."""
        while key and not said.get(key):
            key = key.rpartition(".")[0]
        return key

    for value in sorted(main, key=lambda value: order.index(explained(value["key"])) if explained(value["key"]) else 0):
        key = value["key"]
        text = said.get(explained(key), "")
        if not text:
            sys.exit(f"etc/stationd.yaml does not explain {key!r}")
        standard = value["value"] if value["source"] == "default" else ""
        standard = re.sub(r"^/.*/etc/", "/usr/share/stationd/", standard)
        notes = [value["takes"]] + ([f"default {standard}"] if standard else [])
        notes += ["reloaded"] if value["reloads"] else []
        page.item(roff.bold(key), f"({'; '.join(notes)})\n{text}")
    known = {value["key"] for value in main}
    groups = {key[:place] for key in known for place, sign in enumerate(key) if sign == "."}
    for key in said:
        if key not in known and key not in groups:
            sys.exit(f"etc/stationd.yaml explains {key!r}, which the reader does not know")
    page.see("stationd(8), stationctl(1), access.yaml(5)")
    return page


def access_yaml(rules):
    page = Page("ACCESS.YAML", 5, "access.yaml", "who may call what in stationd")
    page.section("DESCRIPTION")
    code = []
    for line in (ETC / "access.yaml").read_text().splitlines() + [""]:
        if line.startswith("#   ") or not line.startswith("#"):
            code.append(line[2:] if line.startswith("#   ") else line)
            continue
        block = "\n".join(code).strip("\n")
        page.code(block)
        if code and not block:
            page.line("")
        code = []
        page.line(roff.escape(line[1:].strip()))
    page.code("\n".join(code).strip("\n"))
    page.section("KEYS")
    for key, value in rules.items():
        standard = value["value"] if value["source"] == "default" else ""
        page.item(roff.bold(key), f"{value['takes']}" + (f"; default {standard}" if standard else ""))
    page.paragraph(roff.escape(
        "A change is brought into force by 'systemctl reload stationd', on open connections too."))
    page.see("stationd(8), stationctl(1), stationd.yaml(5)")
    return page


def generate():
    """Every generated file with its text."""
    main, rules = settings()
    pages = [stationd(), stationctl(), stationd_yaml(main), access_yaml(rules)]
    texts = {ROOT / "man" / page.file: page.text for page in pages}
    for shell, name in COMPLETIONS.items():
        texts[ROOT / "completions" / name] = run("stationctl", "completion", shell)
    return texts


def stale(write):
    """The names of the files that are not current; with `write` they are written."""
    names = []
    for path, text in generate().items():
        if path.exists() and path.read_text() == text:
            continue
        names.append(str(path.relative_to(ROOT)))
        if write:
            path.parent.mkdir(exist_ok=True)
            path.write_text(text)
    return names


if __name__ == "__main__":
    if sys.argv[1:] not in ([], ["--check"]):
        sys.exit(__doc__)
    found = stale(write=not sys.argv[1:])
    if sys.argv[1:] and found:
        sys.exit("\n".join(f"{name} is not current: run `make docs`" for name in found))
    print("\n".join(f"wrote {name}" for name in found) or "manual pages and completions are current")
