"""The sockets of one class, however many use them and whatever they ask for, keep nobody on another's waiting."""

import os
import time
import unittest

from harness import CallError, Client, DaemonTestCase, wait_until
from test_service import SOCKETS

CONFIG = SOCKETS + "limits: {connections: 6, connections_per_uid: 6}\n"
ACCESS = f"""
roles:
  officer: {{methods: ["support.*"], scope: all}}
  auditor: {{methods: ["audit.*"], scope: all, class: auditor}}
  administrator: {{methods: ["system.*"], scope: all, class: administrator}}
bindings:
  - {{user: "{os.getuid()}", roles: [officer, auditor, administrator], unit: st-01}}
"""
OPEN = {"scenario": 1, "station": "st-01", "urgency": "routine", "summary": "one of many"}
REQUESTS = 200
IN_FLIGHT = 32


class ClassTests(DaemonTestCase):
    CONFIG = CONFIG
    ACCESS = ACCESS

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        wait_until((cls.daemon.directory / "admin.sock").exists, "all sockets")
        with cls.daemon.connect() as client:
            for _ in range(0, REQUESTS, 50):
                for number in [client.begin("support.open", OPEN) for _ in range(50)]:
                    client.finish(number)

    def on(self, name):
        client = Client(self.daemon.directory / f"{name}.sock")
        self.addCleanup(client.close)
        return client

    def members(self):
        clients = [self.on("stationd") for _ in range(6)]
        for client in clients:
            client.call("system.ping")
        return clients

    def test_a_full_class_turns_nobody_of_another_away(self):
        self.members()
        seventh = self.on("stationd")
        self.assertEqual(seventh.receive()["error"]["data"]["kind"], "too_many_connections")
        self.on("auditor").call("audit.tail", {"limit": 1})
        self.assertEqual(self.on("admin").call("system.info")["you"]["roles"], ["administrator", "daemon"])

    def ratio(self, members, name, method, params):
        """How long another class waits for one answer, of the time in which the members get all of theirs."""
        other = self.on(name)
        other.call("system.ping")
        begun = time.perf_counter()
        numbers = [(client, client.begin("support.list", {"limit": REQUESTS}))
                   for _ in range(IN_FLIGHT) for client in members]
        asked = time.perf_counter()
        other.call(method, params)
        waited = time.perf_counter() - asked
        for client, number in numbers:
            client.finish(number)
        other.close()
        return waited / (time.perf_counter() - begun)

    def test_a_class_does_not_wait_for_what_another_asked_for(self):
        members = self.members()
        for name, method, params in (("auditor", "audit.tail", {"limit": 1}), ("admin", "system.reload", {})):
            with self.subTest(name):
                # In one line it would be nearly 1. The best of some, since the machine has other things to do, too.
                self.assertLess(min(self.ratio(members, name, method, params) for _ in range(3)), 0.3)

    def test_a_full_queue_is_full_for_its_class(self):
        daemon = self.new_daemon(config=SOCKETS + "limits: {write_queue: 8}\n", access=ACCESS)
        with daemon.start():
            # It comes last.
            wait_until((daemon.directory / "admin.sock").exists, "all sockets")
            members = [Client(daemon.directory / "stationd.sock") for _ in range(4)]
            other = Client(daemon.directory / "admin.sock")
            for client in (*members, other):
                self.addCleanup(client.close)
            kinds, refused = set(), 0
            for _ in range(20):
                numbers = [(client, client.begin("support.open", OPEN)) for _ in range(IN_FLIGHT) for client in members]
                # A denial is a record: it waits for the writer too.
                with self.refused("denied"):
                    other.call("support.open", OPEN)
                for client, number in numbers:
                    try:
                        client.finish(number)
                    except CallError as error:
                        refused += 1
                        kinds.add(error.kind)
            self.assertEqual(kinds, {"queue_full"})
            self.assertGreater(refused, 0)


if __name__ == "__main__":
    unittest.main()
