"""How messages are told apart: every client style, every split, and what follows an error."""

import json
import subprocess
import time
import unittest

from harness import TICK, DaemonTestCase
from test_json import HeaderClient

CONFIG = """
state: {dir}/state
socket: {dir}/stationd.sock
socket_mode: "0666"
origin: stationd.test/audit
access: access.yaml
calendars: {data}/calendar
directory: {data}/directory.example.json
modules: {support: {scenarios: {data}/support/scenarios.json}}
"""
ACCESS = """
roles: {all: {methods: ["*"], scope: all}}
bindings: [{user: ["0", "%d"], roles: [all]}]
"""


def check(number):
    """A call whose answer is known to the byte."""
    return f'{{"jsonrpc":"2.0","id":{number},"method":"rpc.check","params":["system.ping"]}}'


def answer(number):
    return f'{{"jsonrpc":"2.0","id":{number},"result":{{"ok":true}}}}'.encode()


class FramingTests(DaemonTestCase):
    def exactly(self, client, expected):
        """The next bytes are these, and nothing more is waiting."""
        data = bytearray()
        while len(data) < len(expected):
            chunk = client.socket.recv(len(expected) - len(data))
            if not chunk:
                break
            data += chunk
        self.assertEqual(bytes(data), expected)
        client.settimeout(0.02)
        with self.assertRaises(TimeoutError):
            client.socket.recv(1)
        client.settimeout(20)

    def test_a_value_without_terminator_is_answered_with_a_blank_line(self):
        client = self.connect()
        for number in range(3):
            client.send(check(number))
            self.exactly(client, answer(number) + b"\n\n")

    def test_a_value_with_a_line_feed_is_answered_with_one(self):
        for end in ("\n", "\r\n", " \n", "\t\r\n"):
            client = self.connect()
            for number in range(3):
                client.send(check(number) + end)
                self.exactly(client, answer(number) + b"\n")

    def test_a_line_feed_before_the_first_value_counts(self):
        client = self.connect()
        client.send("\n" + check(1))
        self.exactly(client, answer(1) + b"\n")

    def test_a_pretty_printed_value_without_terminator(self):
        client = self.connect()
        client.send(json.dumps(json.loads(check(1)), indent=2))
        self.exactly(client, answer(1) + b"\n\n")

    def test_a_pretty_printed_value_with_a_line_feed(self):
        client = self.connect()
        client.send(json.dumps(json.loads(check(1)), indent=4).replace("\n", "\r\n") + "\r\n")
        self.exactly(client, answer(1) + b"\n")

    def test_values_one_after_another(self):
        for between, end in (
            ("", b"\n\n"),
            (" ", b"\n\n"),
            ("\t \r", b"\n\n"),
            ("\n", b"\n"),
            ("\n\n", b"\n"),
        ):
            with self.subTest(between=between):
                client = self.connect()
                client.send(between.join(check(n) for n in range(5)) + between)
                client.half_close()
                lines = [line for line in client.rest().split(b"\n") if line]
                self.assertEqual(sorted(lines), sorted(answer(n) for n in range(5)))

    def test_nul(self):
        client = self.connect()
        for number in range(3):
            client.send(check(number) + "\0")
            self.exactly(client, answer(number) + b"\0")
        client.send(check(7) + "\0" + check(8) + "\0")
        data = b""
        while data.count(b"\0") < 2:
            data += client.socket.recv(4096)
        self.assertEqual(sorted(data.split(b"\0")), sorted([answer(7), answer(8), b""]))

    def test_nul_behind_a_value_as_long_as_the_receive_buffer(self):
        for length in (2046, 2047, 2048, 2049, 4096, 8192):
            with self.subTest(length=length):
                client = self.connect()
                call = check(1)
                client.send(" " * (length - len(call)) + call + "\0")
                self.exactly(client, answer(1) + b"\0")

    def test_content_length(self):
        for head in (
            "Content-Length: {n}\r\n\r\n",
            "content-length:{n}\r\n\r\n",
            "Content-Type: application/vscode-jsonrpc; charset=utf-8\r\nContent-Length: {n}\r\n\r\n",
            "Content-Length: {n}\r\nContent-Type: application/json\r\n\r\n",
        ):
            with self.subTest(head=head):
                client = self.connect()
                for number in range(3):
                    client.send(head.replace("{n}", str(len(check(number)))) + check(number))
                    expected = answer(number)
                    self.exactly(client, b"Content-Length: %d\r\n\r\n" % len(expected) + expected)

    def test_content_length_counts_bytes(self):
        client = HeaderClient(self.daemon.socket_path)
        self.addCleanup(client.close)
        client.send_message(
            '{"jsonrpc":"2.0","id":"警察","method":"rpc.check","params":["system.ping"]}'.encode()
        )
        self.assertEqual(json.loads(client.message())["id"], "警察")

    def test_every_split_of_every_style_gives_the_same(self):
        body = check(1)
        pretty = json.dumps(json.loads(body), indent=1)
        styles = [
            (body + "\n", answer(1) + b"\n"),
            (body + "\0", answer(1) + b"\0"),
            (body, answer(1) + b"\n\n"),
            (pretty, answer(1) + b"\n\n"),
            (
                f"Content-Length: {len(body)}\r\n\r\n{body}",
                b"Content-Length: %d\r\n\r\n" % len(answer(1)) + answer(1),
            ),
        ]
        for text, expected in styles:
            data = text.encode()
            for place in range(1, len(data), 1 if len(data) < 120 else 3):
                # A terminator alone in its own packet may come after the answer was framed without it.
                if place == len(data) - 1 and text[-1] in "\n\0":
                    continue
                with self.subTest(text=text[:20], place=place), self.connect() as client:
                    client.send(data[:place])
                    time.sleep(0.0005)
                    client.send(data[place:])
                    got = client.socket.recv(4096)
                    while len(got) < len(expected):
                        got += client.socket.recv(4096)
                    self.assertEqual(got, expected)

    def test_byte_by_byte(self):
        client = self.connect()
        client.call("system.ping")
        for byte in (check(1) + "\n").encode():
            client.send(bytes([byte]))
        self.assertEqual(client.raw_line(), answer(1))

    def test_split_inside_a_multibyte_character(self):
        client = self.connect()
        data = '{"jsonrpc":"2.0","id":"\U0001f600","method":"rpc.check","params":["system.ping"]}\n'.encode()
        place = data.index(b"\xf0") + 2
        client.send(data[:place])
        time.sleep(TICK)
        client.send(data[place:])
        self.assertEqual(client.receive()["id"], "\U0001f600")

    def test_after_a_parse_error_a_line_client_goes_on(self):
        for bad in ("{]", "}", "nul", '{"a":1,}', "[1 2]", '"\\x"', "\x01", "+1", '{"jsonrpc"', "'a'"):
            with self.subTest(bad=bad):
                client = self.connect()
                client.send(check(0) + "\n")
                self.assertEqual(client.raw_line(), answer(0))
                client.send(bad + "}" * 3 + "\n" + check(1) + "\n")
                self.assertEqual(client.receive()["error"]["code"], -32700)
                self.assertEqual(client.raw_line(), answer(1))

    def test_after_a_parse_error_on_the_first_line_a_line_client_goes_on(self):
        client = self.connect()
        client.send("{]}\n" + check(1) + "\n")
        self.assertEqual(client.receive()["error"]["code"], -32700)
        self.assertEqual(client.raw_line(), answer(1))

    def test_one_bad_line_gives_one_error(self):
        client = self.connect()
        client.send(check(0) + "\n" + "}}}} {{{ ]]] ::: , , ,\n" + check(1) + "\n")
        client.half_close()
        answers = [json.loads(line) for line in client.rest().splitlines()]
        self.assertEqual(sum("error" in a for a in answers), 1)
        self.assertEqual(len(answers), 3)

    def test_after_a_parse_error_a_nul_client_goes_on(self):
        client = self.connect()
        client.send(check(0) + "\0")
        self.exactly(client, answer(0) + b"\0")
        client.send("{]\0" + check(1) + "\0")
        data = b""
        while data.count(b"\0") < 2:
            data += client.socket.recv(4096)
        error, good, _ = data.split(b"\0")
        self.assertEqual(json.loads(error)["error"]["code"], -32700)
        self.assertEqual(good, answer(1))

    def test_after_a_parse_error_a_header_client_goes_on(self):
        client = HeaderClient(self.daemon.socket_path)
        self.addCleanup(client.close)
        client.send_message(b"{]")
        client.send_message(check(1).encode())
        self.assertEqual(json.loads(client.message())["error"]["code"], -32700)
        self.assertEqual(client.message(), answer(1))

    def test_a_stream_that_cannot_be_resynchronized_is_closed_after_the_error(self):
        client = self.connect()
        client.send("{]" + check(1))
        error = json.loads(client.rest())
        self.assertEqual(error["error"]["code"], -32700)

    def test_bad_headers_close_the_connection_after_the_error(self):
        for head in (
            "Content-Length: x\r\n\r\n",
            "Content-Length: -1\r\n\r\n",
            "Content-Length: +5\r\n\r\n{}   ",
            "Content-Length: 5\r\nContent-Length: 5\r\n\r\n{}   ",
            "Content-Length: 0x5\r\n\r\n",
            "Content-Length:\r\n\r\n",
            "Content-Type: a\r\n\r\n",
            "Content-Length 5\r\n\r\n",
            "Content-Length: 99999999999999999999999\r\n\r\n",
            "Content-" + "x" * 8192,
        ):
            with self.subTest(head=head[:40]):
                client = self.connect()
                client.send(head)
                data = client.rest()
                body = data.partition(b"\r\n\r\n")[2] or data
                error = json.loads(body)["error"]["data"]
                self.assertIn(error["kind"], ("parse_error", "frame_too_large"))
                if error["kind"] == "parse_error":
                    self.assertEqual(error["message_zh"], "报文头无效")

    def test_a_message_cut_off_by_the_end_is_a_parse_error(self):
        for text in ('{"jsonrpc":"2.0","id":1', "[", '"abc', "Content-Length: 10\r\n\r\n{}", "Content-Len"):
            with self.subTest(text=text):
                client = self.connect()
                client.send(text)
                client.half_close()
                data = client.rest()
                body = data.partition(b"\r\n\r\n")[2] or data
                self.assertEqual(json.loads(body)["error"]["code"], -32700)

    def test_white_space_alone_is_nothing(self):
        client = self.connect()
        client.send(" \r\n\t\n" * 1000)
        client.half_close()
        self.assertEqual(client.rest(), b"")

    def test_shell_with_socat(self):
        for text in (check(1) + "\n", check(1), json.dumps(json.loads(check(1)), indent=2) + "\n"):
            finished = subprocess.run(
                ["socat", "-t5", "-", f"UNIX-CONNECT:{self.daemon.socket_path}"],
                input=text.encode(),
                capture_output=True,
                timeout=20,
            )
            self.assertEqual(finished.stdout.strip(), answer(1))

    def test_socat_gets_every_answer_after_its_half_close(self):
        calls = "".join(
            json.dumps(
                {
                    "jsonrpc": "2.0",
                    "id": n,
                    "method": "support.open",
                    "params": {
                        "scenario": 2,
                        "station": "st-01",
                        "urgency": "routine",
                        "summary": "x",
                        "facts": {"officers_available": 4, "persons_involved": 30},
                    },
                }
            )
            + "\n"
            for n in range(60)
        )
        finished = subprocess.run(
            ["socat", "-t5", "-", f"UNIX-CONNECT:{self.daemon.socket_path}"],
            input=calls.encode(),
            capture_output=True,
            timeout=20,
        )
        answers = [json.loads(line) for line in finished.stdout.splitlines()]
        self.assertEqual(sorted(a["id"] for a in answers), list(range(60)))
        self.assertTrue(all("result" in a for a in answers))


class PinnedFramingTests(DaemonTestCase):
    """A socket that the configuration pins to one framing."""

    def serve(self, framing):
        import os

        daemon = self.new_daemon(config=CONFIG + f"framing: {framing}\n", access=ACCESS % os.getuid())
        return daemon.start()

    def receive(self, daemon, data, count):
        client = daemon.connect()
        self.addCleanup(client.close)
        client.send(data)
        client.half_close()
        return client.rest()

    def test_line(self):
        daemon = self.serve("line")
        self.assertEqual(self.receive(daemon, check(1), 1), answer(1) + b"\n")
        self.assertEqual(self.receive(daemon, check(1) + "\n", 1), answer(1) + b"\n")
        got = self.receive(daemon, "{]\n" + check(1) + "\n", 2).splitlines()
        self.assertEqual(json.loads(got[0])["error"]["code"], -32700)
        self.assertEqual(got[1], answer(1))
        got = self.receive(daemon, "Content-Length: 3\n" + check(2) + "\n", 2).splitlines()
        self.assertEqual(json.loads(got[0])["error"]["code"], -32700)
        self.assertEqual(got[1], answer(2))
        # A NUL ends nothing here.
        got = self.receive(daemon, check(1) + "\0" + check(2) + "\n" + check(3) + "\n", 3).splitlines()
        self.assertIn(answer(3), got)
        self.assertEqual(sum(b'"error"' in line for line in got), 1)

    def test_nul(self):
        daemon = self.serve("nul")
        self.assertEqual(self.receive(daemon, check(1), 1), answer(1) + b"\0")
        self.assertEqual(self.receive(daemon, check(1) + "\n", 1), answer(1) + b"\0")
        error, good, _ = self.receive(daemon, "{]\n\0" + check(1) + "\0", 2).split(b"\0")
        self.assertEqual(json.loads(error)["error"]["code"], -32700)
        self.assertEqual(good, answer(1))

    def test_content_length(self):
        daemon = self.serve("content-length")
        framed = f"Content-Length: {len(check(1))}\r\n\r\n{check(1)}"
        expected = b"Content-Length: %d\r\n\r\n" % len(answer(1)) + answer(1)
        self.assertEqual(self.receive(daemon, framed, 1), expected)
        head, _, body = self.receive(daemon, check(1) + "\n", 1).partition(b"\r\n\r\n")
        self.assertTrue(head.startswith(b"Content-Length: "))
        self.assertEqual(json.loads(body)["error"]["code"], -32700)


if __name__ == "__main__":
    unittest.main()
