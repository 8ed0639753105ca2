"""What a service manager sees: readiness, the watchdog, the stop; and what an administrator does: sockets of three
classes, reloads, and where each value of the configuration comes from.
"""

import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import threading
import time
import unittest

from harness import ISOLATED, STATIOND, STATIONCTL, Daemon, DaemonTestCase, Client, new_directory, run_ctl, wait_until
from test_framing import CONFIG

SOCKETS = CONFIG + """
sockets:
  auditor: {path: {dir}/auditor.sock, mode: "0600"}
  administrator: {path: {dir}/admin.sock, mode: "0600"}
"""
ACCESS = f"""
roles:
  officer: {{methods: ["support.*", "events.subscribe"], scope: own}}
  auditor: {{methods: ["*"], scope: all, class: auditor}}
  administrator: {{methods: ["system.*", "directory.*"], scope: all, class: administrator}}
bindings:
  - {{user: "{os.getuid()}", roles: [officer, auditor, administrator], unit: st-01}}
"""
OPEN = {"scenario": 2, "station": "st-01", "urgency": "routine", "summary": "A crowd at the gate",
        "facts": {"officers_available": 4, "persons_involved": 30}}


class Manager:
    """The service manager's end: takes notifications."""

    def __init__(self, directory):
        self.path = str(directory / "notify")
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind(self.path)
        self.said = []
        self.thread = threading.Thread(target=self.listen, daemon=True)
        self.thread.start()

    def listen(self):
        while True:
            data = self.socket.recv(4096)
            if not data:
                return
            # The daemon may not be told from its state: what it says, and when.
            self.said += [(time.monotonic(), line) for line in data.decode().split("\n")]

    def heard(self, line):
        return [at for at, said in self.said if said.startswith(line)]

    def close(self):
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as own:
            own.sendto(b"", self.path)
        self.thread.join(5)
        self.socket.close()


class ServiceManagerTests(unittest.TestCase):
    def setUp(self):
        if not os.access(STATIOND, os.X_OK):
            self.skipTest(f"no daemon at {STATIOND} (set STATIOND)")
        self.directory = new_directory()
        self.addCleanup(shutil.rmtree, self.directory)

    def daemon(self, watchdog_us=None, **environment):
        manager = Manager(self.directory)
        self.addCleanup(manager.close)
        environment["NOTIFY_SOCKET"] = manager.path
        if watchdog_us:
            environment["WATCHDOG_USEC"] = str(watchdog_us)
        daemon = Daemon(self.directory, config=SOCKETS, access=ACCESS, environment=environment)
        self.addCleanup(daemon.remove)
        return daemon, manager

    def test_ready_is_said_once_when_calls_are_answered(self):
        daemon, manager = self.daemon()
        daemon.spawn()
        wait_until(lambda: manager.heard("READY=1"), "READY")
        daemon.call("system.ping")
        self.assertEqual(len(manager.heard("READY=1")), 1)
        self.assertEqual(len(manager.heard("STATUS=serving")), 1)

    def test_a_daemon_that_cannot_call_itself_is_not_ready(self):
        daemon, manager = self.daemon()
        # A socket is handed over, but its path is gone: no client could connect.
        with socket.socket(socket.AF_UNIX) as listener:
            listener.bind(daemon.socket_path)
            listener.listen()
            os.unlink(daemon.socket_path)
            finished = subprocess.run(
                ["/bin/sh", "-c", f'exec 3<&{listener.fileno()}; LISTEN_PID=$$ exec "$@"', "sh", STATIOND,
                 *daemon.arguments],
                env=dict(daemon.environment, LISTEN_FDS="1", LISTEN_FDNAMES="member"),
                pass_fds=[listener.fileno()], capture_output=True, text=True, timeout=30)
        self.assertEqual(finished.returncode, 1, finished.stderr)
        self.assertIn("a call to the own socket", finished.stderr)
        self.assertFalse(manager.heard("READY=1"))

    def test_the_watchdog_is_fed(self):
        daemon, manager = self.daemon(watchdog_us=400_000)
        daemon.start()
        wait_until(lambda: len(manager.heard("WATCHDOG=1")) >= 10, "signs of life")
        times = manager.heard("WATCHDOG=1")
        self.assertLess(max(later - sooner for sooner, later in zip(times, times[1:])), 0.4)

    def test_a_stop_is_said_and_extended(self):
        daemon, manager = self.daemon()
        daemon.start()
        daemon.call("support.open", OPEN)
        self.assertEqual(daemon.stop(), 0)
        self.assertEqual(len(manager.heard("STOPPING=1")), 1)
        self.assertTrue(manager.heard("EXTEND_TIMEOUT_USEC="))
        self.assertFalse([at for at in manager.heard("WATCHDOG=1") if at > manager.heard("STOPPING=1")[0]])

    def test_who_follows_events_is_told_to_connect_again(self):
        daemon, _ = self.daemon()
        daemon.start()
        follower, half, idle = daemon.connect(), daemon.connect(), daemon.connect()
        for client in (follower, half, idle):
            self.addCleanup(client.close)
            client.call("system.ping")
        follower.call("events.subscribe")
        half.call("events.subscribe")
        half.half_close()
        self.assertEqual(half.rest(), b"")
        daemon.process.send_signal(signal.SIGTERM)
        self.assertEqual(follower.receive(), {"jsonrpc": "2.0", "method": "system.stopping",
                                              "params": {"reconnect_after_ms": 1000}})
        self.assertEqual(follower.rest(), b"")
        # Nothing comes that was not asked for.
        self.assertEqual(idle.rest(), b"")
        self.assertEqual(daemon.wait_end(), 0)

    def test_a_key_from_the_service_manager(self):
        daemon, _ = self.daemon()
        daemon.start()
        daemon.stop()
        credentials = self.directory / "credentials"
        credentials.mkdir()
        shutil.move(self.directory / "state/audit.key", credentials / "audit.key")
        shutil.copy(self.directory / "master.key", credentials / "master.key")
        daemon.spawn()
        self.assertEqual(daemon.wait_end(), 1)
        self.assertIn("put the key back", daemon.log)
        daemon.environment["CREDENTIALS_DIRECTORY"] = str(credentials)
        daemon.start()
        self.assertFalse((self.directory / "state/audit.key").exists())


class SocketClassTests(DaemonTestCase):
    CONFIG = SOCKETS
    ACCESS = ACCESS

    def on(self, name):
        client = Client(self.daemon.directory / f"{name}.sock")
        self.addCleanup(client.close)
        return client

    def roles(self, name):
        return self.on(name).call("system.info")["you"]["roles"]

    def test_each_socket_has_its_mode_and_its_roles(self):
        self.assertEqual(self.roles("stationd"), ["officer"])
        self.assertEqual(self.roles("auditor"), ["auditor"])
        self.assertEqual(self.roles("admin"), ["administrator", "daemon"])
        self.assertEqual((self.daemon.directory / "admin.sock").stat().st_mode & 0o777, 0o600)

    def test_nothing_that_writes_on_the_auditors_socket(self):
        auditor = self.on("auditor")
        self.assertTrue(auditor.call("audit.tail", {"limit": 1})["items"])
        self.assertEqual(auditor.call("support.list")["items"], [])
        for method, params in (("support.open", OPEN), ("directory.import", {"units": []}), ("system.reload", {})):
            with self.subTest(method=method), self.refused("denied"):
                auditor.call(method, params)

    def test_administration_on_its_own_socket_alone(self):
        with self.refused("denied"):
            self.on("stationd").call("system.reload")
        self.assertEqual(self.on("admin").call("system.reload"), {"changed": [], "needs_restart": []})
        self.assertIn("system.reload", [r["method"] for r in self.on("auditor").call("audit.tail")["items"]])


class SignalTests(DaemonTestCase):
    CONFIG = SOCKETS
    ACCESS = ACCESS

    def test_a_hang_up_reloads_with_the_records_of_that_and_what_means_nothing_ends_nothing(self):
        path = self.daemon.directory / "stationd.yaml"
        path.write_text(path.read_text() + "limits: {batch_length: 7}\n")
        for number in (signal.SIGUSR1, signal.SIGUSR2, signal.SIGHUP):
            self.daemon.process.send_signal(number)

        def reloads():
            with Client(self.daemon.directory / "auditor.sock") as client:
                items = client.call("audit.tail", {"limit": 20})["items"]
            return [item["outcome"] for item in reversed(items) if item["method"] == "system.reload"]

        wait_until(lambda: len(reloads()) == 2, "the records of a reload")
        self.assertEqual(reloads(), ["begun", "ok"])
        self.assertIn("limits.batch_length", self.daemon.log)
        self.assertEqual(self.daemon.stop(), 0)


class DescriptorTests(DaemonTestCase):
    """What the process is started with: streams, sockets, and how much it may open."""

    def limited(self, limits):
        if not shutil.which("prlimit"):
            self.skipTest("no prlimit")
        return self.new_daemon(prefix=["prlimit", f"--nofile={limits}"])

    @unittest.skipIf(ISOLATED, "what is waited for then is in the log")
    def test_a_closed_stream_is_no_place_for_the_database(self):
        daemon = self.new_daemon(prefix=["sh", "-c", 'exec "$@" 0<&- 2>&-', "sh"]).start()
        for stream in (0, 2):
            self.assertEqual(os.readlink(f"/proc/{daemon.pid}/fd/{stream}"), "/dev/null")

    def test_all_descriptors_that_are_granted_are_used_and_too_few_are_told_of(self):
        daemon = self.limited("64:4096").start()
        with open(f"/proc/{daemon.pid}/limits", encoding="ascii") as limits:
            line, = (line.split() for line in limits if line.startswith("Max open files"))
        self.assertEqual(line[3:5], ["4096", "4096"])
        self.assertIn("'limits.connections': 1 sockets with 4096 connections need", daemon.log)

    @unittest.skipIf(ISOLATED, "processes of modules need descriptors too")
    def test_without_a_free_one_it_waits_and_says_so_once(self):
        daemon = self.limited("72:72").start()
        with daemon.connect() as client, contextlib.ExitStack() as crowd:
            client.call("system.ping")
            for _ in range(80):
                crowd.enter_context(daemon.connect())
            wait_until(lambda: "clients wait that cannot be accepted" in daemon.log, "a line in the log")
            before, end = self.ticks(daemon), time.monotonic() + 1
            wait_until(lambda: time.monotonic() > end, "a second")
            self.assertLess(self.ticks(daemon) - before, os.sysconf("SC_CLK_TCK") // 4)
            problems = client.call("system.health")["problems"]
            self.assertIn(("sockets", "exhausted"), [(problem["part"], problem["kind"]) for problem in problems])
        self.assertTrue(daemon.call("system.ping"))
        self.assertEqual(daemon.log.count("clients wait that cannot be accepted"), 1)

    @staticmethod
    def ticks(daemon):
        """Processor time of the process, in clock ticks (proc_pid_stat(5))."""
        with open(f"/proc/{daemon.pid}/stat", encoding="ascii") as stat:
            return sum(map(int, stat.read().rsplit(")", 1)[1].split()[11:13]))

    def test_a_socket_that_nobody_can_be_served_on_is_not_taken(self):
        for family, listens in ((socket.AF_INET, True), (socket.AF_UNIX, False)):
            daemon = self.new_daemon()
            with self.subTest(family), socket.socket(family) as listener:
                listener.bind(("127.0.0.1", 0) if family == socket.AF_INET else daemon.socket_path)
                if listens:
                    listener.listen()
                finished = subprocess.run(
                    ["/bin/sh", "-c", f'exec 3<&{listener.fileno()}; LISTEN_PID=$$ exec "$@"', "sh", STATIOND,
                     *daemon.arguments],
                    env=dict(daemon.environment, LISTEN_FDS="1"), pass_fds=[listener.fileno()], capture_output=True,
                    text=True, timeout=30)
            self.assertEqual(finished.returncode, 1, finished.stderr)
            self.assertIn("must be a listening Unix stream socket", finished.stderr)


class ReloadTests(DaemonTestCase):
    CONFIG = SOCKETS
    ACCESS = ACCESS

    def setUp(self):
        self.files = {name: self.daemon.directory / name for name in ("stationd.yaml", "access.yaml")}
        before = {path: path.read_text() for path in self.files.values()}
        self.admin = str(self.daemon.directory / "admin.sock")
        self.addCleanup(lambda: (*[path.write_text(text) for path, text in before.items()], self.reload()))

    def reload(self):
        return run_ctl("--json", "reload", socket_path=self.admin)

    def append(self, name, text):
        self.files[name].write_text(self.files[name].read_text() + text)

    def changed(self):
        finished = self.reload()
        self.assertEqual(finished.returncode, 0, finished.stderr)
        return json.loads(finished.stdout)

    def test_limits(self):
        client = self.connect()
        client.call("system.ping")
        self.append("stationd.yaml", "limits: {batch_length: 1, frame_bytes: 2048, connections_per_uid: 3}\n")
        self.assertEqual([change["key"] for change in self.changed()["changed"]],
                         ["limits.frame_bytes", "limits.batch_length", "limits.connections_per_uid"])
        client.send("[1,2]\n")
        self.assertEqual(client.receive()["error"]["data"]["kind"], "batch_too_long")
        # What a message may be is settled when a connection is made.
        client.send('{"jsonrpc":"2.0","id":9,"method":"rpc.check","params":["%s"]}\n' % ("x" * 3000))
        self.assertEqual(client.receive()["error"]["data"]["kind"], "invalid_params")
        later = self.connect()
        later.send('{"jsonrpc":"2.0","id":9,"method":"rpc.check","params":["%s"]}\n' % ("x" * 3000))
        self.assertEqual(later.receive()["error"]["data"]["kind"], "frame_too_large")
        self.connect().call("system.ping")
        turned_away = self.connect()
        self.assertEqual(turned_away.receive()["error"]["data"]["kind"], "too_many_connections")

    def test_access_rules_on_open_connections(self):
        client = self.connect()
        client.call("support.list")
        self.files["access.yaml"].write_text(ACCESS.replace('"support.*"', '"support.open"'))
        self.assertEqual(self.changed()["changed"], [
            {"key": "access: roles.officer.methods", "from": "support.*, events.subscribe",
             "to": "support.open, events.subscribe"}])
        with self.refused("denied"):
            client.call("support.list")

    def test_calendars(self):
        calendars = self.daemon.directory / "calendar"
        shutil.copytree(os.path.join(os.environ.get("STATIOND_DATA", self.daemon.environment["STATIOND_DATA"]),
                                     "calendar"), calendars)
        text = self.files["stationd.yaml"].read_text()
        start = text.index("calendars:")
        self.files["stationd.yaml"].write_text(
            text[:start] + f"calendars: {calendars}" + text[text.index("\n", start):])
        self.changed()
        path = calendars / "2026.json"
        year = json.loads(path.read_text())
        path.write_text(json.dumps(year | {"version": year["version"] + "-revised"}))
        change = self.changed()["changed"]
        self.assertEqual([item["key"] for item in change], ["calendar data"])
        self.assertTrue(self.connect().call("system.info")["calendar"].endswith("-revised"))

    def test_what_needs_a_restart_is_told_each_time(self):
        self.append("stationd.yaml", "io_threads: 2\n")
        for _ in range(2):
            self.assertEqual(self.changed(), {
                "changed": [], "needs_restart": [{"key": "io_threads", "from": "1", "to": "2"}]})

    def test_a_mistake_changes_nothing(self):
        client = self.connect()
        good = {path: path.read_text() for path in self.files.values()}
        table = [("access.yaml", "rols: {}\n", "stationd.yaml", "limits: {batch_length: 1}\n"),
                 ("stationd.yaml", "limits: {batch_length: 0}\n", "access.yaml", ""),
                 ("stationd.yaml", "limits: {batch_length: 1}\ncalendars: /nowhere\n", "access.yaml", "")]
        for name, mistake, other, beside in table:
            with self.subTest(mistake=mistake):
                self.append(name, mistake)
                self.append(other, beside)
                finished = run_ctl("reload", socket_path=self.admin)
                self.assertEqual(finished.returncode, 1)
                self.assertIn("Nothing was changed: ", finished.stderr)
                client.send("[1,2]\n")
                self.assertEqual(len(client.receive()), 2)
                for path, text in good.items():
                    path.write_text(text)
                self.assertEqual(self.changed(), {"changed": [], "needs_restart": []})

    def test_reloads_at_once_leave_no_mixture(self):
        self.append("stationd.yaml", "limits: {batch_length: 7}\n")
        running = [subprocess.Popen([STATIONCTL, "--socket", self.admin, "--json", "reload"],
                                    stdout=subprocess.PIPE, text=True) for _ in range(8)]
        reports = [json.loads(process.communicate()[0]) for process in running]
        self.assertEqual([change["key"] for report in reports for change in report["changed"]],
                         ["limits.batch_length"])

    def test_config_show(self):
        self.append("stationd.yaml", "limits: {batch_length: 7}\n")
        self.changed()
        line = self.files["stationd.yaml"].read_text().splitlines().index("limits: {batch_length: 7}") + 1
        shown = run_ctl("config", "show", socket_path=self.admin).stdout
        self.assertRegex(shown, rf"(?m)^limits\.batch_length +{self.files['stationd.yaml']}:{line} +7$")
        self.assertRegex(shown, r"(?m)^limits\.depth +default +64$")
        self.assertRegex(shown, rf"(?m)^access: roles\.auditor\.class +{self.files['access.yaml']}:\d+ +auditor$")
        offline = json.loads(subprocess.run([STATIOND, "--show-config", str(self.files["stationd.yaml"])],
                                            capture_output=True, text=True, env=self.daemon.environment).stdout)
        self.assertEqual([item["key"] for item in offline],
                         [item["key"] for item in json.loads(
                             run_ctl("--json", "config", "show", socket_path=self.admin).stdout)["values"]])


if __name__ == "__main__":
    unittest.main()
