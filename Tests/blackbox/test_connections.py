"""Connections that come and go: half-closes, abrupt ends with calls pending, and nothing left behind."""

import json
import shutil
import socket
import subprocess
import tempfile
import threading
import unittest
from pathlib import Path

from harness import DaemonTestCase, open_requests, wait_until

HERE = Path(__file__).resolve().parent
HANGUPS = 100_000
OPEN = {
    "scenario": 2,
    "station": "st-01",
    "urgency": "routine",
    "summary": "A crowd at the gate",
    "facts": {"officers_available": 4, "persons_involved": 30},
}


class ConnectionTests(DaemonTestCase):
    def connections(self):
        with self.daemon.connect() as client:
            return client.call("system.health")["connections"]

    def test_every_answer_leaves_before_a_half_closed_connection_is_closed(self):
        client = self.connect()
        for number in range(60):
            client.send_json({"jsonrpc": "2.0", "id": number, "method": "support.open", "params": OPEN})
        client.half_close()
        answers = [json.loads(line) for line in client.rest().splitlines()]
        self.assertEqual(sorted(answer["id"] for answer in answers), list(range(60)))

    def test_a_half_closed_connection_without_calls_is_closed(self):
        client = self.connect()
        client.half_close()
        self.assertEqual(client.rest(), b"")

    def test_a_half_closed_connection_with_notifications_only_is_closed_silently(self):
        client = self.connect()
        client.notify("support.open", OPEN)
        client.half_close()
        self.assertEqual(client.rest(), b"")

    def test_a_notification_is_done_although_its_sender_is_gone(self):
        with self.daemon.connect() as client:
            before = len(open_requests(self.daemon))
            size = client.call("audit.checkpoint")["size"]
            line = json.dumps({"jsonrpc": "2.0", "method": "support.open", "params": OPEN})
            for text in (line + "\n", f"[{line},{line}]\n", line) * 20:
                with self.daemon.connect() as sender:
                    sender.send(text)
            wait_until(lambda: client.call("audit.checkpoint")["size"] >= size + 80, "a record of each")
            records = client.call("audit.tail", {"limit": 80})["items"]
            self.assertEqual({record["outcome"] for record in records}, {"ok"})
            self.assertEqual(len(open_requests(self.daemon)), before + 80)

    def test_a_subscriber_that_half_closes_is_closed(self):
        client = self.connect()
        client.call("events.subscribe")
        client.half_close()
        client.rest()

    def test_a_started_write_of_a_client_that_went_away_is_whole_or_absent(self):
        with self.daemon.connect() as client:
            before = client.call("audit.checkpoint")["size"]
        for number in range(100):
            with self.daemon.connect() as client:
                client.send_json(
                    {
                        "jsonrpc": "2.0",
                        "id": number,
                        "method": "support.open",
                        "params": dict(OPEN, summary=f"gone {number}"),
                    }
                )
        wait_until(lambda: self.connections() <= 1, "the end of the connections")
        with self.daemon.connect() as client:
            wait_until(lambda: client.call("system.health")["waiting"] == 0, "an empty queue")
            client.call("support.open", OPEN)  # Behind all of them in the queue.
            records, end = [], None
            while end is None or end > before:
                page = client.call(
                    "audit.tail", {"limit": 500, **({"before": end} if end is not None else {})}
                )
                records += page["items"]
                end = page.get("next", 0)
            records = [r for r in records if r["seq"] >= before]
            done = [r for r in records if r["outcome"] == "ok" and r["method"] == "support.open"]
            self.assertTrue(all(r["outcome"] in ("ok", "cancelled") for r in records), records[:3])
            for record in done:
                identifier = record["written"][0][1]
                found = client.call("support.get", {"id": identifier}, purpose="audit", reason="test")
                self.assertEqual(found["id"], identifier)

    def test_thousand_connections_at_once(self):
        clients = [self.connect() for _ in range(1000)]
        for number, client in enumerate(clients):
            client.send_json({"jsonrpc": "2.0", "id": number, "method": "system.ping"})
        for number, client in enumerate(clients):
            self.assertEqual(client.receive()["id"], number)
        base = self.daemon.descriptors()
        for client in clients:
            client.close()
        wait_until(lambda: self.daemon.descriptors() < base - 990, "closed descriptors")

    def test_idle_connections_cost_nothing_and_stay(self):
        client = self.connect()
        client.call("system.ping")
        before = Path(f"/proc/{self.daemon.pid}/stat").read_text().split()[13:15]
        threading.Event().wait(0.3)
        after = Path(f"/proc/{self.daemon.pid}/stat").read_text().split()[13:15]
        self.assertLess(sum(map(int, after)) - sum(map(int, before)), 10, "clock ticks of an idle daemon")
        self.assertIn("now", client.call("system.ping"))

    def test_out_of_band_and_odd_sockets_do_no_harm(self):
        for _ in range(50):
            with socket.socket(socket.AF_UNIX) as peer:
                peer.connect(self.daemon.socket_path)
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as peer, self.assertRaises(OSError):
            peer.connect(self.daemon.socket_path)
        # File descriptors sent along are not taken.
        with socket.socket(socket.AF_UNIX) as peer:
            peer.connect(self.daemon.socket_path)
            base = self.daemon.descriptors()
            text = b'{"jsonrpc":"2.0","id":1,"method":"system.ping"}\n'
            for _ in range(20):
                socket.send_fds(peer, [text], [0, 1, 2])
            received = b""
            while received.count(b"\n") < 20:
                received += peer.recv(1 << 16)
            self.assertLessEqual(self.daemon.descriptors(), base + 2)


@unittest.skipUnless(shutil.which("gcc"), "needs gcc")
class HangUpTests(DaemonTestCase):
    """Calls pending while the client hangs up, very often: descriptors and memory come back."""

    PROCESSES = 2

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        home = Path(tempfile.mkdtemp(prefix="st-hangup-"))
        cls.addClassCleanup(shutil.rmtree, home)
        cls.program = home / "hangup"
        subprocess.run(
            ["gcc", "-O2", "-Wall", "-Wextra", "-Werror", "-std=gnu11", "-o", cls.program, HERE / "hangup.c"],
            check=True,
            timeout=60,
        )

    def hang_up(self, count, seed):
        share = count // self.PROCESSES
        running = [
            subprocess.Popen(
                [self.program, self.daemon.socket_path, str(share), str(seed + n)],
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
            )
            for n in range(self.PROCESSES)
        ]
        for process in running:
            out, errors = process.communicate(timeout=300)
            self.assertEqual((process.returncode, out.strip()), (0, str(share)), errors)

    def settled(self):
        def quiet():
            with self.daemon.connect() as client:
                health = client.call("system.health")
                return health["connections"] <= 1 and health["waiting"] == 0

        wait_until(quiet, "the end of every connection", 60)

    def fill_the_page_cache(self):
        """SQLite keeps up to 32 MiB of the pages it wrote: they are there before anything is measured."""
        line = b'{"jsonrpc":"2.0","id":1,"method":"no.such"}\n'
        with self.daemon.connect() as client:
            for _ in range(4000):
                client.send(line * 50)
                for _ in range(50):
                    client.raw_line()

    def test_descriptors_and_memory_come_back(self):
        self.fill_the_page_cache()
        self.hang_up(HANGUPS // 4, 1)
        self.settled()
        descriptors, memory = self.daemon.descriptors(), self.daemon.rss()
        self.hang_up(HANGUPS, 100)
        self.settled()
        wait_until(lambda: self.daemon.descriptors() <= descriptors, "closed descriptors")
        # What may differ is where the allocator was when it was asked.
        self.assertLess(self.daemon.rss() - memory, 8 << 20)
        with self.connect() as client:
            health = client.call("system.health")
            self.assertTrue(health["ok"], health)
            client.call("support.open", OPEN)
        self.assertIsNone(self.daemon.process.poll())
        self.assertNotIn("error", self.daemon.log.lower().replace("standard error", ""))


if __name__ == "__main__":
    unittest.main()
