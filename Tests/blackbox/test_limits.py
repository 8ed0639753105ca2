"""Every limit, at it and one past it, and memory that stays bounded."""

import contextlib
import json
import os
import socket
import unittest

from harness import DaemonTestCase, wait_until
from test_framing import ACCESS, CONFIG, answer, check
from test_json import HeaderClient

FRAME, DEPTH, BATCH, ANSWER, FLIGHT, SUBSCRIPTIONS, PER_UID, ALL = 4096, 10, 5, 8192, 4, 2, 12, 16
OPEN = {
    "scenario": 2,
    "station": "st-01",
    "urgency": "routine",
    "summary": "A crowd at the gate",
    "facts": {"officers_available": 4, "persons_involved": 30},
}
NOBODY = 65534


def limited(**limits):
    return CONFIG + "limits:\n" + "".join(f"  {name}: {value}\n" for name, value in limits.items())


def padded(size):
    """A valid call of exactly so many bytes."""
    head, tail = '{"jsonrpc":"2.0","id":1,"method":"rpc.check",', '"params":["system.ping"]}'
    return head + " " * (size - len(head) - len(tail)) + tail


def nested(depth):
    """A valid call whose deepest array is at this depth; the call is 1, its params 2, their params 3."""
    inner = "[" * (depth - 3) + "]" * (depth - 3)
    return (
        '{"jsonrpc":"2.0","id":1,"method":"rpc.check","params":{"method":"system.ping","params":{"x":'
        f"{inner}}}}}}}"
    )


class LimitTests(DaemonTestCase):
    CONFIG = limited(
        frame_bytes=FRAME,
        depth=DEPTH,
        batch_length=BATCH,
        answer_bytes=ANSWER,
        in_flight_per_connection=FLIGHT,
        subscriptions_per_connection=SUBSCRIPTIONS,
        connections_per_uid=PER_UID,
        connections=ALL,
    )
    ACCESS = ACCESS % os.getuid()

    def setUp(self):
        # Connections of the test before are given back when the daemon has seen their end.
        wait_until(self.free, "free connections")

    def free(self):
        with contextlib.suppress(Exception), self.daemon.connect() as client:
            return client.call("system.health")["connections"] <= 1
        return False

    def error_kind(self, client):
        message = client.receive()
        self.assertIsNone(message["id"])
        return message["error"]["data"]["kind"]

    def test_frame_bytes_in_a_line(self):
        client = self.connect()
        client.send(padded(FRAME) + "\n")
        self.assertEqual(client.raw_line(), answer(1))
        client.send(padded(FRAME + 1) + "\n" + check(2) + "\n")
        self.assertEqual(self.error_kind(client), "frame_too_large")
        self.assertEqual(client.raw_line(), answer(2))

    def test_frame_bytes_with_header(self):
        client = HeaderClient(self.daemon.socket_path)
        self.addCleanup(client.close)
        client.send_message(padded(FRAME).encode())
        self.assertEqual(client.message(), answer(1))
        client.send(b"Content-Length: %d\r\n\r\n" % (FRAME + 1))
        self.assertEqual(self.header_error(client), (-32020, "frame_too_large"))
        # Its end is known, so the connection goes on behind it.
        client.send(b"x" * (FRAME + 1))
        client.send_message(check(2).encode())
        self.assertEqual(client.message(), answer(2))
        # This is too much to be skipped.
        client.send(b"Content-Length: %d\r\n\r\n" % (FRAME * 16))
        self.assertEqual(self.header_error(client), (-32020, "frame_too_large"))
        self.assertEqual(client.rest(), b"")

    def header_error(self, client):
        error = json.loads(client.message())["error"]
        return error["code"], error["data"]["kind"]

    def test_frame_bytes_before_any_terminator_closes(self):
        client = self.connect()
        client.send("[" + "1," * FRAME)
        self.assertEqual(json.loads(client.rest())["error"]["data"]["kind"], "frame_too_large")

    def test_depth(self):
        client = self.connect()
        client.send(nested(DEPTH) + "\n")
        self.assertEqual(client.receive()["result"]["error"]["data"]["pointer"], "/x")
        client.send(nested(DEPTH + 1) + "\n" + check(2) + "\n")
        self.assertEqual(self.error_kind(client), "too_deep")
        self.assertEqual(client.raw_line(), answer(2))

    def test_batch_length(self):
        client = self.connect()
        client.send("[" + ",".join(check(n) for n in range(BATCH)) + "]\n")
        self.assertEqual(len(client.receive()), BATCH)
        client.send("[" + ",".join(check(n) for n in range(BATCH + 1)) + "]\n" + check(2) + "\n")
        # The refusal is answered once its record is on disk; the other call overtakes it.
        messages = {message["id"]: message for message in (client.receive(), client.receive())}
        self.assertEqual(messages[None]["error"]["data"]["kind"], "batch_too_long")
        self.assertEqual(messages[2], json.loads(answer(2)))
        with self.daemon.connect() as other:
            record = other.call("audit.tail", {"limit": 1})["items"][0]
            self.assertEqual((record["method"], record["outcome"]), ("(batch)", "batch_too_long"))

    def test_batch_answer_bytes(self):
        """The answers of a batch count together, brackets and commas included."""
        call = '{"jsonrpc":"2.0","id":"%s","method":"directory.unit.list","params":{"limit":4}}'

        def batch(padding):
            return "[" + ",".join(call % ("i" * padding + str(n) if n == 0 else n) for n in range(BATCH)) + "]\n"

        daemon = self.new_daemon(config=limited(answer_bytes=ANSWER), access=self.ACCESS).start()
        with daemon.connect() as client:
            client.send(batch(0))
            room = ANSWER - len(client.raw_line())
            self.assertGreater(room, 0)
            client.send(batch(room))
            line = client.raw_line()
            self.assertEqual(len(line), ANSWER, line[:300])
            self.assertFalse([item for item in json.loads(line) if "error" in item])
            client.send(batch(room + 1))
            answers = json.loads(client.raw_line())
            kinds = [item["error"]["data"]["kind"] if "error" in item else None for item in answers]
            self.assertEqual(sorted(kinds, key=str), [None] * (BATCH - 1) + ["answer_too_large"])
            self.assertIn("now", client.call("system.ping"))

    def test_a_batch_that_is_too_long_never_hides_what_was_written(self):
        """The longest reads give way, each under its own id and with a record."""
        daemon = self.new_daemon(config=limited(answer_bytes=ANSWER), access=self.ACCESS).start()
        read = '{"jsonrpc":"2.0","id":"%s","method":"directory.unit.list","params":{"limit":20}}'
        with daemon.connect() as client:
            client.send("[%s,%s,%s,%s]\n" % (
                json.dumps({"jsonrpc": "2.0", "id": "w", "method": "support.open", "params": OPEN}),
                read % 1, read % 2, read % 3))
            line = client.raw_line()
            self.assertLessEqual(len(line), ANSWER)
            answers = {item["id"]: item for item in json.loads(line)}
            self.assertEqual(set(answers), {"w", "1", "2", "3"})
            self.assertEqual(client.call("support.get", {
                "id": answers["w"]["result"]["id"], "meta": {"purpose": "handling", "reason": "a look"}})["state"], "submitted")
            refused = [key for key, item in answers.items() if "error" in item]
            self.assertTrue(refused)
            for key in refused:
                self.assertEqual(answers[key]["error"]["data"]["kind"], "answer_too_large")
            records = client.call("audit.tail", {"limit": 20})["items"]
            told = [record["request"] for record in records if record["outcome"] == "answer_too_large"]
            self.assertEqual(sorted(told), sorted(refused))

    def test_a_disclosure_that_a_batch_has_no_room_for_has_one_record(self):
        daemon = self.new_daemon(config=limited(answer_bytes=ANSWER), access=self.ACCESS).start()
        with daemon.connect() as client:
            opened = client.call("support.open", OPEN)["id"]
            calls = [{"jsonrpc": "2.0", "id": f"g{n}", "method": "support.get",
                      "params": {"id": opened, "meta": {"purpose": "handling", "reason": "a look"}}} for n in range(12)]
            client.send(json.dumps(calls) + "\n")
            kinds = [item["error"]["data"]["kind"] if "error" in item else None for item in json.loads(client.raw_line())]
            self.assertEqual(set(kinds), {None, "answer_too_large"})
            page, records = {}, []
            while len(records) < len(calls) + 1:
                page = client.call("audit.tail", {"limit": 5} | ({"before": page["next"]} if page else {}))
                records += page["items"]
            told = [(record["request"], record["outcome"]) for record in records if record["method"] == "support.get"]
            self.assertEqual(sorted(told), sorted((call["id"], "ok") for call in calls))

    def test_answer_bytes(self):
        with self.connect() as client:
            self.assertIn("items", client.call("directory.unit.list", {"limit": 1}))
            with self.refused("answer_too_large"):
                client.call("rpc.discover")

    def test_calls_in_flight(self):
        client = self.connect()
        writes = [
            json.dumps({"jsonrpc": "2.0", "id": n, "method": "support.open", "params": OPEN})
            for n in range(FLIGHT * 8)
        ]
        client.send("\n".join(writes[:FLIGHT]) + "\n")
        first = [client.receive() for _ in range(FLIGHT)]
        self.assertTrue(all("result" in message for message in first), first)
        client.send("\n".join(writes) + "\n")
        messages = [client.receive() for _ in writes]
        refused = [m["error"] for m in messages if "error" in m]
        self.assertTrue(refused)
        self.assertEqual({e["data"]["kind"] for e in refused}, {"too_many_in_flight"})
        self.assertEqual({e["code"] for e in refused}, {-32024})
        self.assertTrue(all(e["data"]["retry_after_ms"] > 0 for e in refused))
        self.assertGreaterEqual(len(messages) - len(refused), FLIGHT)
        self.assertEqual({m["id"] for m in messages}, set(range(FLIGHT * 8)))
        self.assertIn("now", client.call("system.ping"))

    def test_notifications_beyond_the_limit_are_refused_in_the_log(self):
        with self.connect() as client:
            before = client.call("audit.checkpoint")["size"]
            notification = json.dumps({"jsonrpc": "2.0", "method": "support.open", "params": OPEN}) + "\n"
            client.send(notification * FLIGHT * 8)
            # Nothing is answered, so the log itself is waited for: one record each.
            wait_until(lambda: self.daemon.call("audit.checkpoint")["size"] - before >= FLIGHT * 8, "all records")
            records = self.daemon.call("audit.tail", {"limit": 10})["items"]
            self.assertEqual({record["method"] for record in records}, {"support.open"})
            self.assertIn("too_many_in_flight", {record["outcome"] for record in records})
            self.assertEqual(client.call("audit.checkpoint")["size"] - before, FLIGHT * 8)

    def test_an_answer_that_is_too_large_has_its_record(self):
        with self.connect() as client:
            with self.refused("answer_too_large"):
                client.call("rpc.discover")
            record = client.call("audit.tail", {"limit": 1})["items"][0]
            self.assertEqual((record["method"], record["outcome"]), ("rpc.discover", "answer_too_large"))

    def test_a_client_that_keeps_exactly_the_limit_under_way_is_never_refused(self):
        for method, params in (("support.open", OPEN), ("directory.unit.get", ["st-01"]), ("no.such", [])):
            with self.subTest(method=method), self.daemon.connect() as client:
                text = json.dumps({"jsonrpc": "2.0", "id": 1, "method": method, "params": params}) + "\n"
                client.send(text * FLIGHT)
                for _ in range(1000):
                    message = client.receive()
                    kind = message.get("error", {}).get("data", {}).get("kind")
                    self.assertNotEqual(kind, "too_many_in_flight")
                    client.send(text)

    def test_subscriptions(self):
        client = self.connect()
        for _ in range(SUBSCRIPTIONS):
            last = client.call("events.subscribe")["subscription"]
        with self.refused("too_many_subscriptions"):
            client.call("events.subscribe")
        client.call("events.unsubscribe", [last])
        client.call("events.subscribe")

    def open(self, count):
        clients = []
        for _ in range(count):
            client = self.connect()
            client.call("system.ping")
            clients.append(client)
        return clients

    def turned_away(self, client):
        message = json.loads(client.rest())
        self.assertEqual(
            (message["id"], message["error"]["code"], message["error"]["data"]["kind"]),
            (None, -32006, "too_many_connections"),
        )

    def test_connections_of_one_uid(self):
        clients = self.open(PER_UID)
        self.turned_away(self.connect())
        clients.pop().close()
        wait_until(lambda: clients[0].call("system.health")["connections"] < PER_UID, "a free place")
        self.open(1)

    @unittest.skipUnless(os.getuid() == 0, "connecting as another user needs root")
    def test_connections_in_all(self):
        self.daemon.directory.chmod(0o755)
        self.open(PER_UID)
        with AsUser(NOBODY) as other:
            others = [other.connect(self.daemon.socket_path) for _ in range(ALL - PER_UID)]
            for fd in others:
                fd.sendall((check(1) + "\n").encode())
                self.assertEqual(fd.recv(4096), answer(1) + b"\n")
            extra = other.connect(self.daemon.socket_path)
            data = b""
            while chunk := extra.recv(4096):
                data += chunk
            self.assertEqual(json.loads(data)["error"]["data"]["kind"], "too_many_connections")
            for fd in others + [extra]:
                fd.close()

    def test_header_block(self):
        client = HeaderClient(self.daemon.socket_path)
        self.addCleanup(client.close)
        body = check(1).encode()
        fixed = b"Content-Length: %d\r\nContent-Pad: " % len(body)
        pad = 4096 - len(fixed) - 4
        client.send(fixed + b"x" * pad + b"\r\n\r\n" + body)
        self.assertEqual(client.message(), answer(1))
        client.send(fixed + b"x" * (pad + 1) + b"\r\n\r\n" + body)
        self.assertEqual(json.loads(client.message())["error"]["code"], -32700)
        self.assertEqual(client.rest(), b"")


class AsUser:
    """Makes sockets connected as another uid: the kernel notes the effective uid at connect."""

    def __init__(self, uid):
        self.uid = uid

    def __enter__(self):
        return self

    def __exit__(self, *_):
        pass

    def connect(self, path):
        fd = socket.socket(socket.AF_UNIX)
        fd.settimeout(20)
        os.seteuid(self.uid)
        try:
            fd.connect(path)
        finally:
            os.seteuid(0)
        return fd


class WriteQueueTests(DaemonTestCase):
    CONFIG = limited(write_queue=2, in_flight_per_connection=4096)
    ACCESS = ACCESS % os.getuid()

    def test_a_full_queue_refuses_and_recovers(self):
        with self.connect() as client:
            kinds = set()
            for _ in range(20):
                calls = [
                    json.dumps({"jsonrpc": "2.0", "id": n, "method": "support.open", "params": OPEN})
                    for n in range(200)
                ]
                client.send("\n".join(calls) + "\n")
                messages = [client.receive() for _ in calls]
                self.assertEqual({m["id"] for m in messages}, set(range(200)))
                kinds |= {m["error"]["data"]["kind"] for m in messages if "error" in m}
                if kinds:
                    break
            self.assertEqual(kinds, {"queue_full"})
            client.call("support.open", OPEN)


class MemoryTests(DaemonTestCase):
    CONFIG = limited(frame_bytes=1 << 20)
    ACCESS = ACCESS % os.getuid()
    ROOM = 64 << 20

    def test_a_reader_that_never_reads(self):
        with self.daemon.connect() as client:
            client.call("rpc.discover")
        before = self.daemon.rss()
        client = self.connect()
        client.settimeout(0.5)
        call = ('{"jsonrpc":"2.0","id":1,"method":"rpc.discover"}\n' * 512).encode()
        sent = 0
        with contextlib.suppress(TimeoutError):
            while sent < 64 << 20:
                sent += client.socket.send(call)
        self.assertLess(sent, 64 << 20, "the daemon took everything in without an answer being read")
        self.assertLess(self.daemon.rss() - before, self.ROOM)
        with self.daemon.connect() as other:
            self.assertIn("now", other.call("system.ping"))
        # It goes on where it stopped once it reads.
        client.settimeout(20)
        self.assertEqual(client.receive()["id"], 1)

    def test_a_reader_of_writes_that_never_reads(self):
        before = self.daemon.rss()
        client = self.connect()
        client.settimeout(0.5)
        call = (
            json.dumps({"jsonrpc": "2.0", "id": 1, "method": "support.open", "params": OPEN}) + "\n"
        ).encode()
        sent = 0
        with contextlib.suppress(TimeoutError):
            while sent < 16 << 20:
                sent += client.socket.send(call * 100)
        self.assertLess(sent, 16 << 20)
        self.assertLess(self.daemon.rss() - before, self.ROOM)

    def test_a_string_that_never_ends(self):
        before = self.daemon.rss()
        for start in (b'"', b'{"jsonrpc":"2.0","id":"', b"[" * 30 + b'"', b"Content-Length: 5\r\nX: "):
            client = self.connect()
            chunk = b"a" * (1 << 16)
            with contextlib.suppress(BrokenPipeError, ConnectionResetError):
                client.send(start)
                for _ in range(640):
                    client.send(chunk)
            self.assertLess(self.daemon.rss() - before, self.ROOM)

    def test_a_string_that_never_ends_on_a_line_client_is_skipped(self):
        before = self.daemon.rss()
        client = self.connect()
        client.send(check(0) + "\n")
        self.assertEqual(client.raw_line(), answer(0))
        client.send(b'{"jsonrpc":"')
        for _ in range(640):
            client.send(b"a" * (1 << 16))
        self.assertLess(self.daemon.rss() - before, self.ROOM)
        client.send("\n" + check(1) + "\n")
        self.assertEqual(client.receive()["error"]["data"]["kind"], "frame_too_large")
        self.assertEqual(client.raw_line(), answer(1))

    def test_many_connections_with_half_a_message_each(self):
        before = self.daemon.rss()
        clients = [self.connect() for _ in range(200)]
        for client in clients:
            client.send('{"jsonrpc":"2.0","id":"' + "x" * 20000)
        self.assertLess(self.daemon.rss() - before, self.ROOM)
        for client in clients:
            client.close()


if __name__ == "__main__":
    unittest.main()
