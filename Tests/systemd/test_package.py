"""The package on a booted Debian 12: install, run as a hardened service, survive, upgrade, remove, purge.

The tests of InstalledTests are one story on one machine, in the order of their names.
"""

import errno
import json
import os
import re
import shutil
import subprocess
import tempfile
import threading
import time
import unittest
from datetime import date, timedelta
from pathlib import Path

from frozen import frozen
from machine import ROOT, Machine, Writer, wait_until
from harness import CallError

UNITS = ["stationd.service", "stationd.socket", "stationd-auditor.socket", "stationd-admin.socket",
         "stationd-checkpoint.service", "stationd-checkpoint.timer", "stationd-witness.service",
         "stationd-backup.service",
         "stationd-backup.timer"]
SOCKETS = ["stationd.socket", "stationd-auditor.socket", "stationd-admin.socket"]
SECRET = "Gate of the market, Li Hua called"
OPEN = {"scenario": 2, "station": "st-01", "urgency": "routine", "summary": SECRET,
        "facts": {"officers_available": 4, "persons_involved": 30}}
CONFIG = """origin: test.example/audit
access: access.yaml
directory: /usr/share/stationd/directory.example.json
drain_seconds: 30
"""
ACCESS = """
roles:
  officer: {methods: ["support.*", "events.subscribe"], scope: own}
  statistician: {methods: ["dailyfigures.*", "support.figures"], scope: all}
  auditor: {methods: ["audit.*"], scope: all, class: auditor}
  # A mistake that the socket's class catches.
  bold_auditor: {methods: ["*"], scope: all, class: auditor}
  administrator: {methods: ["directory.*", "system.*", "plugin.*", "audit.checkpoint"], scope: all,
                  class: administrator}
bindings:
  - {user: member, roles: [officer, statistician], unit: st-01}
  - {user: watcher, roles: [auditor, bold_auditor, administrator], unit: st-01}
  - {user: keeper, roles: [administrator]}
  - {user: root, roles: [administrator, auditor]}
"""
# What a run measured, for the page that it writes.
MEASURED = {}
KIT = "/usr/share/stationd/Plugins"
# One module of the daemon's own in a process of its own, and a plugin in Python as the package brings it.
PROCESSES = """modules: {support: {isolation: process}}
plugins:
  dailyfigures:
    program: %(kit)s/examples/dailyfigures/dailyfigures.py
    environment: {PYTHONPATH: %(kit)s/python}
    config: {folder: /srv/figures}
    grants: {calls: {support.figures: [/total, /groups]}}
""" % {"kit": KIT}


def packages():
    """The package, newest first."""
    found = sorted(ROOT.glob("stationd_*_amd64.deb"), key=os.path.getmtime)
    if not found:
        raise unittest.SkipTest("no package: make deb")
    return found[-1]


def field(package, name):
    return subprocess.run(["dpkg-deb", "-f", str(package), name], capture_output=True, text=True,
                          check=True).stdout.strip()


def newer(package, directory):
    """The same package with a higher version."""
    tree = Path(directory) / "tree"
    subprocess.run(["dpkg-deb", "-R", str(package), str(tree)], check=True)
    control = tree / "DEBIAN/control"
    text = re.sub(r"^Version: (.*)$", r"Version: \1+next", control.read_text(), flags=re.M)
    control.write_text(text)
    path = Path(directory) / "newer.deb"
    subprocess.run(["dpkg-deb", "-Znone", "--root-owner-group", "-b", str(tree), str(path)], check=True,
                   stdout=subprocess.DEVNULL)
    shutil.rmtree(tree)
    return path


def opened_day(request):
    """The local day that a request is of."""
    return request["opened_at"][:10]


class PackageTests(unittest.TestCase):
    """What can be seen of the package without installing it."""

    @classmethod
    def setUpClass(cls):
        cls.package = packages()

    def test_size(self):
        size = self.package.stat().st_size
        MEASURED["the package"] = f"{size / 1e6:.1f} MB"
        self.assertLess(size, 30_000_000)

    def test_lintian(self):
        finished = subprocess.run(
            ["lintian", "--allow-root", "--fail-on", "error,warning,info", "--display-info", "--tag-display-limit",
             "0", str(self.package)], capture_output=True, text=True)
        self.assertEqual((finished.returncode, finished.stdout), (0, ""), finished.stderr)

    def test_depends_on_shared_libraries_alone(self):
        names = {item.split()[0] for item in field(self.package, "Depends").split(",")}
        names -= {"libc6", "libgcc-s1", "libstdc++6", "libsqlite3-0", "libssl3", "libexpat1",
                  "systemd"}
        self.assertEqual(names, set())

    def test_configuration_files(self):
        with tempfile.TemporaryDirectory() as directory:
            subprocess.run(["dpkg-deb", "-e", str(self.package), directory], check=True)
            self.assertEqual(sorted((Path(directory) / "conffiles").read_text().split()),
                             ["/etc/stationd/access.yaml", "/etc/stationd/stationd.yaml"])

    def test_the_programs_have_the_version_of_the_package(self):
        version = field(self.package, "Version")
        with tempfile.TemporaryDirectory() as directory:
            subprocess.run(["dpkg-deb", "-x", str(self.package), directory], check=True)
            said = subprocess.run([f"{directory}/usr/bin/stationd", "--version"], capture_output=True, text=True)
            self.assertEqual(said.stdout.strip(), version)

    def test_programs_are_stripped(self):
        with tempfile.TemporaryDirectory() as directory:
            subprocess.run(["dpkg-deb", "-x", str(self.package), directory], check=True)
            for name in ("stationd", "stationctl"):
                said = subprocess.run(["file", "-b", f"{directory}/usr/bin/{name}"], capture_output=True, text=True)
                if said.returncode == 0:
                    self.assertRegex(said.stdout, r"\bstripped")


@unittest.skipUnless(os.getuid() == 0, "booting a machine needs root")
class InstalledTests(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.package = packages()
        cls.machine = Machine()
        cls.addClassCleanup(cls.machine.remove)
        cls.machine.boot()
        shutil.copy(cls.package, cls.machine.root / "root/stationd.deb")

    def setUp(self):
        if getattr(type(self), "broken", False):
            self.skipTest("an earlier step failed")

    def run(self, result=None):
        before = len(result.failures) + len(result.errors) if result else 0
        finished = super().run(result)
        if result and len(result.failures) + len(result.errors) > before:
            print(self.machine.journal("-u", "stationd.service", "-n", "60", "-o", "short-monotonic"))
            type(self).broken = True
        return finished

    # ---- What the steps share

    def client(self, name="stationd", user="member"):
        client = self.machine.connect(name, user)
        self.addCleanup(client.close)
        return client

    def refused(self, kind, client, method, params=None, **meta):
        with self.assertRaises(CallError, msg=method) as caught:
            client.call(method, params, **meta)
        self.assertEqual(caught.exception.kind, kind, caught.exception)
        return caught.exception

    def active(self):
        return self.machine.show("stationd.service", "ActiveState")

    def wait_active(self):
        wait_until(lambda: self.active() == "active", "an active service", 30)

    def ids(self):
        """The ids of all requests that the store has."""
        client, found, more = self.client(), [], {}
        while True:
            page = client.call("support.list", {"limit": 200, **more})
            found += [item["id"] for item in page["items"]]
            if not page.get("next"):
                return found
            more = {"cursor": page["next"]}

    # ---- The story

    def test_01_install(self):
        self.machine.run("dpkg", "-i", "/root/stationd.deb")
        self.assertEqual(self.active(), "active")
        self.assertEqual(self.machine.show("stationd.service", "StatusText"), "serving")
        for unit in ("stationd.socket", "stationd-auditor.socket", "stationd-admin.socket",
                     "stationd-checkpoint.timer"):
            self.assertEqual(self.machine.show(unit, "ActiveState"), "active", unit)
            self.assertEqual(self.machine.show(unit, "UnitFileState"), "enabled", unit)
        self.assertEqual(self.machine.show("stationd.service", "UnitFileState"), "enabled")

    def test_02_user_and_modes(self):
        main = self.machine.show("stationd.service", "MainPID")
        self.assertEqual(self.machine.out("ps", "-o", "user=", "-p", main), "stationd")
        seen = {path: self.machine.out("stat", "-c", "%U:%G %a", path) for path in (
            "/run/stationd/stationd.sock", "/run/stationd/auditor.sock", "/run/stationd/admin.sock",
            "/var/lib/stationd", "/var/lib/stationd/audit.key", "/var/backups/stationd", "/etc/stationd/access.yaml")}
        self.assertEqual(seen, {
            "/run/stationd/stationd.sock": "stationd:stationd 660",
            "/run/stationd/auditor.sock": "stationd:stationd-audit 660",
            "/run/stationd/admin.sock": "stationd:stationd-admin 660",
            "/var/lib/stationd": "stationd:stationd 700", "/var/lib/stationd/audit.key": "stationd:stationd 600",
            "/var/backups/stationd": "stationd:stationd 700", "/etc/stationd/access.yaml": "root:root 644"})
        self.assertEqual(self.machine.out("stat", "-c", "%U:%G %a", "/etc/credstore/stationd.master.key"),
                         "root:root 600")
        files = set(self.machine.out("dpkg", "-L", "stationd").splitlines())
        self.assertLessEqual({
            "/usr/share/man/man8/stationd.8.gz", "/usr/share/man/man1/stationctl.1.gz",
            "/usr/share/man/man5/stationd.yaml.5.gz", "/usr/share/man/man5/access.yaml.5.gz",
            "/usr/share/bash-completion/completions/stationctl.bash",
            "/usr/share/zsh/vendor-completions/_stationctl",
            "/usr/share/fish/vendor_completions.d/stationctl.fish",
            f"{KIT}/python/stationd_plugin/plugin.py", f"{KIT}/examples/mailnotify/mailnotify.py"}, files)
        self.assertEqual([path for path in files if "__pycache__" in path or path.endswith(".gitignore")], [])
        self.assertIn("auditor", json.loads(
            self.machine.out("stationctl", "--socket", "auditor", "--json", "call", "system.info"))["you"]["roles"])

    def test_03_gates(self):
        verified = self.machine.run("systemd-analyze", "verify", "--man=no", *UNITS, check=False)
        self.assertEqual((verified.returncode, verified.stdout + verified.stderr), (0, ""))
        for unit, limit in (("stationd.service", 10), ("stationd-checkpoint.service", 10), ("stationd-backup.service", 10),
                            ("stationd-witness.service", 16)):
            # The threshold is in tenths.
            gate = self.machine.run("systemd-analyze", "security", "--no-pager", f"--threshold={limit}", unit,
                                    check=False)
            self.assertEqual(gate.returncode, 0, gate.stdout[-300:])
            exposure = re.search(r"exposure level for \S+: ([\d.]+)", gate.stdout)
            MEASURED[f"`systemd-analyze security {unit}`"] = f"{exposure[1]} of 10"

    def test_04_an_organisation_of_ones_own(self):
        machine = self.machine
        for user, groups in (("member", "stationd"), ("watcher", "stationd,stationd-audit"),
                             ("keeper", "stationd,stationd-admin"), ("stranger", "")):
            machine.run("useradd", "--no-create-home", *(["-G", groups] if groups else []), user)
        machine.run("systemctl", "stop", "stationd.service")
        machine.run("sh", "-c", "rm -rf /var/lib/stationd/*")
        machine.write("/etc/stationd/stationd.yaml", CONFIG)
        machine.write("/etc/stationd/access.yaml", ACCESS)
        machine.run("stationd", "--check-config", "/etc/stationd/stationd.yaml")
        machine.write("/etc/systemd/system/stationd.service.d/test.conf",
                      "[Service]\nWatchdogSec=3\nTimeoutAbortSec=3\nRestartSec=100ms\n")
        machine.run("systemctl", "daemon-reload")

    def test_05_a_call_starts_the_service(self):
        self.assertEqual(self.active(), "inactive")
        result = self.client().call("support.open", OPEN)
        self.assertTrue(result["id"].startswith("SR-"))
        self.wait_active()

    def test_06_members_auditors_administrators_and_no_one(self):
        member = self.client()
        self.assertEqual(member.call("system.info")["you"]["roles"], ["officer", "statistician"])
        self.refused("denied", member, "audit.tail")
        self.refused("denied", member, "system.reload")

        # On the members' socket the other roles do not count, nor does the officer's on the others.
        self.assertEqual(self.client(user="watcher").call("system.info")["you"]["roles"], [])
        self.refused("denied", self.client(user="watcher"), "audit.tail")
        auditor = self.client("auditor", "watcher")
        self.assertTrue(auditor.call("audit.tail", {"limit": 1})["items"])
        # A role that would allow all of it cannot write on the auditors' socket.
        self.refused("denied", auditor, "support.open", OPEN)
        self.refused("denied", auditor, "system.reload")

        keeper = self.client("admin", "keeper")
        self.assertTrue(keeper.call("system.config")["values"])
        self.assertEqual(keeper.call("system.reload"), {"changed": [], "needs_restart": []})
        self.refused("denied", keeper, "support.list")

        for name, user in (("auditor", "member"), ("admin", "member"), ("admin", "watcher"), ("auditor", "keeper"),
                           ("stationd", "stranger"), ("auditor", "stranger"), ("admin", "stranger")):
            with self.subTest(socket=name, user=user), self.assertRaises(OSError) as caught:
                self.client(name, user)
            self.assertEqual(caught.exception.errno, errno.EACCES)

    def test_07_journal(self):
        uid = self.machine.out("id", "-u", "member")

        def found(*matches):
            return self.machine.records("-u", "stationd.service", f"PRINCIPAL=uid:{uid}", *matches)

        opened = wait_until(lambda: found("METHOD=support.open", "OUTCOME=ok"), "a record of the call")[0]
        self.assertGreater(int(opened["DURATION_US"]), 0)
        self.assertEqual((opened["PRIORITY"], opened["PRINCIPAL_UNIT"]), ("6", "st-01"))
        self.assertEqual(opened["_TRANSPORT"], "journal")
        denied = wait_until(lambda: found("METHOD=audit.tail", "OUTCOME=denied"), "a record of the denial")[0]
        self.assertEqual(denied["PRIORITY"], "5")
        self.assertNotIn("Li Hua", self.machine.journal("-u", "stationd.service", "-o", "json"))

    def test_08_reload(self):
        machine, member = self.machine, self.client()
        member.call("support.list")
        follower = self.client()
        follower.call("events.subscribe", {"since": 0})
        main = machine.show("stationd.service", "MainPID")
        machine.write("/etc/stationd/access.yaml", ACCESS.replace('"support.*", "events.subscribe"', '"support.open"'))
        machine.write("/etc/stationd/stationd.yaml", CONFIG + "limits: {batch_length: 2}\nio_threads: 2\n")
        machine.run("systemctl", "reload", "stationd.service")
        # What was taken away is gone on open connections too.
        self.refused("denied", member, "support.list")
        self.assertEqual(machine.show("stationd.service", "MainPID"), main)
        said = machine.out("stationctl", "--socket", "admin", "config", "show")
        self.assertRegex(said, r"(?m)^limits\.batch_length +/etc/stationd/stationd\.yaml:5 +2$")
        self.assertRegex(said, r"(?m)^limits\.depth +default +64$")
        report = json.loads(machine.out("stationctl", "--json", "reload"))
        self.assertEqual(report["changed"], [])
        self.assertEqual(report["needs_restart"], [{"key": "io_threads", "from": "1", "to": "2"}])

        machine.write("/etc/stationd/access.yaml", ACCESS)
        machine.write("/etc/stationd/stationd.yaml", CONFIG)
        said = machine.out("stationctl", "reload")
        self.assertIn("limits.batch_length: 2 -> 100", said)
        self.assertIn("access: roles.officer.methods: support.open -> support.*, events.subscribe", said)
        member.call("support.list")

    def test_09_a_reload_that_fails_changes_nothing(self):
        machine, member = self.machine, self.client()
        for path, text in (("/etc/stationd/access.yaml", ACCESS.replace("scope: own", "scop: own")),
                           ("/etc/stationd/stationd.yaml", CONFIG + "limits: {batch_length: 0}\n")):
            good = machine.read(path)
            machine.write(path, text)
            # A change beside the mistake is not taken over either.
            machine.write("/etc/stationd/other.yaml", "")
            failed = machine.run("systemctl", "reload", "stationd.service", check=False)
            self.assertNotEqual(failed.returncode, 0)
            self.assertEqual(self.active(), "active")
            said = machine.run("stationctl", "reload", check=False)
            self.assertEqual(said.returncode, 1)
            self.assertRegex(said.stderr, re.escape(path) + r":\d+: ")
            member.call("support.list")
            machine.write(path, good)
        machine.run("systemctl", "reload", "stationd.service")

    def test_10_watchdog(self):
        machine = self.machine
        for thread in ("writer", "NIO-ELT"):
            restarts = int(machine.show("stationd.service", "NRestarts"))
            begun = time.monotonic()
            with frozen(machine.pid("stationd.service"), thread):
                wait_until(lambda: int(machine.show("stationd.service", "NRestarts")) > restarts,
                           f"a restart while {thread} hangs", 30)
            self.wait_active()
            self.client().call("support.list")
            part = {"writer": "the writer", "NIO-ELT": "the event loop"}[thread]
            MEASURED[f"from the freezing of {part} to the next answer (`WatchdogSec=3`)"] = (
                f"{time.monotonic() - begun:.1f} s")
        said = machine.journal("-u", "stationd.service")
        self.assertIn("Watchdog timeout", said)
        for part in ("writer", "sockets"):
            self.assertIn(f"no sign of life: part={part}", said)

    def test_11_stop_answers_what_is_under_way(self):
        machine = self.machine
        client, idle = self.client(), self.client()
        idle.call("system.ping")
        client.call("system.ping")
        machine.write("/etc/systemd/system/stationd.service.d/test.conf",
                      "[Service]\nWatchdogSec=0\nTimeoutStopSec=2\n")
        machine.run("systemctl", "daemon-reload")
        machine.run("systemctl", "restart", "stationd.service")
        client, follower = self.client(), self.client()
        follower.call("events.subscribe", {"kinds": ["approval.decided"]})
        with frozen(machine.pid("stationd.service"), "writer"):
            begun = [client.begin("support.open", OPEN) for _ in range(20)]
            client.call("system.ping")
            machine.run("systemctl", "stop", "--no-block", "stationd.service")
            wait_until(lambda: machine.show("stationd.service", "StatusText") == "answering what is under way",
                       "the drain")
            # It has asked for more time (EXTEND_TIMEOUT_USEC), and is not killed after TimeoutStopSec=.
            began = time.monotonic()
            wait_until(lambda: time.monotonic() - began > 4, "twice the time-out", 10)
            self.assertEqual(self.active(), "deactivating")
        opened = [client.finish(number)["id"] for number in begun]
        self.assertEqual(client.rest(), b"")
        self.assertEqual(follower.notification()["method"], "system.stopping")
        wait_until(lambda: self.active() == "inactive", "the end")
        self.assertEqual(machine.show("stationd.service", "Result"), "success")
        self.assertLessEqual(set(opened), set(self.ids()))
        self.wait_active()

    def test_12_checkpoints(self):
        self.machine.run("systemctl", "start", "stationd-checkpoint.service")
        line = self.machine.read("/var/log/stationd/checkpoints.jsonl").splitlines()[-1]
        self.assertIn("test.example/audit", json.loads(line)["checkpoint"])
        self.assertEqual(self.machine.out("stat", "-c", "%U", "/var/log/stationd/checkpoints.jsonl"), "root")

    def test_13_the_timer_makes_backups(self):
        machine = self.machine
        for unit in ("stationd-backup.timer", "stationd-checkpoint.timer"):
            self.assertEqual(machine.show(unit, "UnitFileState"), "enabled", unit)
        machine.write("/etc/systemd/system/stationd-backup.timer.d/test.conf",
                      "[Timer]\nOnCalendar=\nOnActiveSec=1s\nAccuracySec=100ms\nRandomizedDelaySec=0\n")
        machine.run("systemctl", "daemon-reload")
        machine.run("systemctl", "restart", "stationd-backup.timer")
        folder = machine.root / "var/backups/stationd"
        made = wait_until(lambda: [path for path in folder.iterdir() if path.suffix != ".unfinished"], "a backup", 30)
        wait_until(lambda: machine.show("stationd-backup.service", "ActiveState") == "inactive", "its end")
        self.assertEqual(machine.show("stationd-backup.service", "Result"), "success")
        self.assertEqual([path.name for path in made], [path.name for path in folder.iterdir()])
        inside = f"/var/backups/stationd/{made[0].name}"
        self.assertEqual(machine.out("stat", "-c", "%U:%G %a", inside), "stationd:stationd 700")
        key = self.client("auditor", "watcher").call("audit.checkpoint")["verifier_key"]
        machine.run("stationctl", "audit", "verify", "--state", inside, "--key", key)
        # What root may start by hand, a member may not.
        refused = machine.run("setpriv", "--reuid=member", "--regid=member", "--init-groups", "stationctl", "backup",
                              "--to", "/var/backups/stationd", check=False)
        self.assertNotEqual(refused.returncode, 0)
        self.assertEqual(len(list(folder.iterdir())), 1)

    def test_14_health_and_doctor(self):
        machine = self.machine
        health = machine.run("stationctl", "health", check=False)
        self.assertRegex(health.stdout, r"^STATIOND (OK|WARNING)")
        self.assertIn(health.returncode, (0, 1))
        doctor = machine.run("stationctl", "doctor", "--json", check=False)
        findings = {item["check"]: item for item in json.loads(doctor.stdout)["findings"]}
        self.assertEqual([item for item in findings.values() if item["level"] == "fail"], [])
        for part in ("daemon", "settings", "space", "log", "backup", "files", "master key"):
            self.assertEqual(findings[part]["level"], "ok", findings[part])
        self.assertIn('stationd_build_info{version="', machine.out("stationctl", "metrics"))

        # A daemon that cannot start is told apart from one that is merely stopped, and why.
        good = machine.read("/etc/stationd/stationd.yaml")
        machine.run("systemctl", "stop", *SOCKETS, "stationd.service")
        machine.write("/etc/stationd/stationd.yaml", CONFIG + "drian_seconds: 1\n")
        self.assertEqual(machine.run("stationctl", "health", check=False).returncode, 2)
        doctor = machine.run("stationctl", "doctor", check=False)
        self.assertEqual(doctor.returncode, 2)
        self.assertIn("/etc/stationd/stationd.yaml:5: ", doctor.stdout)
        machine.write("/etc/stationd/stationd.yaml", good)
        machine.run("systemctl", "start", *SOCKETS, "stationd.service")

    def test_15_a_module_and_a_plugin_in_processes_of_their_own(self):
        machine = self.machine
        machine.write("/etc/stationd/stationd.yaml", CONFIG + PROCESSES)
        machine.run("install", "-d", "-o", "stationd", "-g", "stationd", "/srv/figures")
        machine.write("/etc/systemd/system/stationd.service.d/figures.conf",
                      "[Service]\nReadWritePaths=/srv/figures\n")
        machine.run("systemctl", "daemon-reload")
        machine.run("systemctl", "restart", "stationd.service")

        def plugins():
            answer = json.loads(machine.out("stationctl", "--socket", "admin", "--json", "plugin", "list"))
            return {item["name"]: item for item in answer["items"]}

        wait_until(lambda: {name: item["state"] for name, item in plugins().items()}
                   == {"support": "ready", "dailyfigures": "ready"}, "both in processes of their own", 30)
        listed = plugins()
        main = machine.show("stationd.service", "MainPID")
        for name, item in listed.items():
            pid = str(item["pid"])
            # A child of the daemon, in its unit and its sandbox.
            self.assertEqual(machine.out("ps", "-o", "ppid=,user=", "-p", pid).split(), [main, "stationd"], name)
            self.assertIn("stationd.service", machine.out("cat", f"/proc/{pid}/cgroup"))
            status = machine.out("cat", f"/proc/{pid}/status")
            self.assertRegex(status, r"(?m)^NoNewPrivs:\s1$")
            self.assertRegex(status, r"(?m)^Seccomp:\s2$")
            self.assertRegex(status, r"(?m)^CapBnd:\s0+$")
            self.assertEqual(machine.run("nsenter", "--target", pid, "--mount", "--", "touch", "/etc/mark",
                                         check=False).returncode, 1)

        member = self.client()
        opened = member.call("support.open", OPEN)["id"]
        self.assertEqual(member.call("support.get", {"id": opened}, purpose="handling",
                                     reason="to answer it")["state"], "submitted")
        today = date.fromisoformat(opened_day(member.call("support.list", {"limit": 1})["items"][0]))
        # A day is reported when it has ended.
        day = (today - timedelta(days=1)).isoformat()
        made = member.call("dailyfigures.make", {"day": day})
        self.assertIn("total", machine.read(made["csv"]))

        # The sandbox lets nobody become another user: a plugin that is to is not started, and the old one serves on.
        machine.write("/etc/stationd/stationd.yaml", CONFIG + PROCESSES + "    user: member\n")
        refused = machine.run("stationctl", "--socket", "admin", "plugin", "reload", "dailyfigures", check=False)
        self.assertEqual(refused.returncode, 1)
        self.assertIn("cannot be started (user)", refused.stderr)
        machine.write("/etc/stationd/stationd.yaml", CONFIG + PROCESSES)
        member.call("dailyfigures.make", {"day": day})

        # Each is replaced when it dies, and the daemon goes on.
        for name, item in listed.items():
            machine.run("kill", "-KILL", item["pid"])
            wait_until(lambda: plugins()[name]["state"] == "ready" and plugins()[name]["pid"] != item["pid"],
                       f"a new process of {name}", 30)
        self.assertEqual(machine.show("stationd.service", "MainPID"), main)
        self.assertIn(opened, self.ids())
        member.call("dailyfigures.make", {"day": day})

        # They end with the daemon.
        left = [plugins()[name]["pid"] for name in listed]
        machine.run("systemctl", "stop", *SOCKETS, "stationd.service")
        self.assertEqual(machine.show("stationd.service", "Result"), "success")
        for pid in left:
            machine.run("test", "!", "-e", f"/proc/{pid}")
        machine.write("/etc/stationd/stationd.yaml", CONFIG)
        machine.run("systemctl", "start", *SOCKETS, "stationd.service")

    def test_16_a_plugin_is_begun_from_what_is_installed(self):
        machine = self.machine
        machine.run("sh", "-c", "cd /root && stationctl plugin new hello --lang python")
        machine.run("sh", "-c", "cd /root/hello && python3 -m unittest")
        machine.run("sh", "-c", "cd /root/hello && stationctl plugin check ./plugin.py")

    def test_17_a_key_of_the_service_manager(self):
        machine = self.machine
        before = self.client("auditor", "watcher").call("audit.checkpoint")["verifier_key"]
        machine.run("install", "-D", "-m", "600", "/var/lib/stationd/audit.key", "/etc/credstore/stationd.audit.key")
        machine.run("mv", "/var/lib/stationd/audit.key", "/root/audit.key")
        machine.run("systemctl", "restart", "stationd.service")
        after = self.client("auditor", "watcher").call("audit.checkpoint")["verifier_key"]
        self.assertEqual(before, after)
        machine.run("test", "!", "-e", "/var/lib/stationd/audit.key")

    def test_20_upgrade_while_a_client_writes(self):
        machine = self.machine
        writer = Writer(machine, "member", OPEN)
        thread = threading.Thread(target=writer.work)
        thread.start()
        try:
            wait_until(lambda: len(writer.acknowledged) > 20 or writer.failure, "the first calls")
            with tempfile.TemporaryDirectory() as directory:
                shutil.copy(newer(self.package, directory), machine.root / "root/newer.deb")
            main = machine.show("stationd.service", "MainPID")
            sockets = machine.out("stat", "-c", "%i", "/run/stationd/stationd.sock")
            machine.run("dpkg", "-i", "/root/newer.deb")
            seen = len(writer.acknowledged)
            wait_until(lambda: len(writer.acknowledged) > seen + 20 or writer.failure, "calls after the upgrade")
        finally:
            writer.stops = True
            thread.join(60)
        self.assertIsNone(writer.failure)
        self.assertIn("+next", machine.out("dpkg-query", "-W", "-f", "${Version}", "stationd"))
        self.assertNotEqual(machine.show("stationd.service", "MainPID"), main)
        # Whoever connects meanwhile waits: the socket was there all the time.
        self.assertEqual(machine.out("stat", "-c", "%i", "/run/stationd/stationd.sock"), sockets)
        self.assertGreaterEqual(writer.reconnections, 2)
        ids = self.ids()
        self.assertEqual(len(ids), len(set(ids)))
        self.assertLessEqual(set(writer.acknowledged.values()), set(ids))
        self.assertEqual(len(set(writer.acknowledged.values())), len(writer.acknowledged))
        type(self).kept = ids
        MEASURED["acknowledged calls around the upgrade, all there"] = len(writer.acknowledged)
        MEASURED["longest wait of a client that writes through the upgrade"] = f"{writer.longest_wait:.1f} s"

    def test_21_remove_keeps_the_state(self):
        machine = self.machine
        machine.run("dpkg", "--remove", "stationd")
        machine.run("test", "-s", "/var/lib/stationd/stationd.db")
        machine.run("test", "!", "-e", "/usr/bin/stationd")
        machine.run("test", "!", "-e", "/run/stationd/stationd.sock")
        machine.run("test", "-e", "/etc/stationd/stationd.yaml")

    def test_22_reinstall_on_kept_state(self):
        self.machine.run("dpkg", "-i", "/root/stationd.deb")
        self.wait_active()
        self.assertEqual(sorted(self.ids()), sorted(self.kept))
        self.machine.run("stationctl", "--socket", "auditor", "audit", "verify")

    def test_23_purge(self):
        machine = self.machine
        machine.run("dpkg", "--purge", "stationd")
        for path in ("/var/lib/stationd", "/etc/stationd/stationd.yaml", "/etc/stationd/access.yaml",
                     "/var/log/stationd", "/usr/share/stationd", "/usr/lib/sysusers.d/stationd.conf"):
            machine.run("test", "!", "-e", path)
        listed = machine.run("systemctl", "list-unit-files", "--no-legend", "stationd*", check=False).stdout
        self.assertEqual(listed, "")
        for key in ("master", "audit"):
            machine.run("test", "!", "-e", f"/etc/credstore/stationd.{key}.key")
        # Backups are for people to remove.
        self.assertTrue(list((machine.root / "var/backups/stationd").iterdir()))


if __name__ == "__main__":
    unittest.main()
