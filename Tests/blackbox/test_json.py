"""Strict JSON on the live socket: whole messages in the manner of JSONTestSuite."""

import json
import re
import unittest

from harness import Client, DaemonTestCase
from json_cases import ACCEPTED, REJECTED

PING = b'{"jsonrpc":"2.0","id":"next","method":"rpc.check","params":["system.ping"]}'


def no_twins(pairs):
    if len(dict(pairs)) != len(pairs):
        raise ValueError("a key twice")
    return dict(pairs)


def no_constant(name):
    raise ValueError(name)


class HeaderClient(Client):
    """Content-Length framing: each message is whole whatever is in it."""

    def send_message(self, body):
        self.send(b"Content-Length: %d\r\n\r\n" % len(body) + body)

    def message(self):
        while b"\r\n\r\n" not in self.buffer:
            self.fill()
        head, _, _ = bytes(self.buffer).partition(b"\r\n\r\n")
        name, _, length = head.partition(b": ")
        assert name == b"Content-Length", head
        end = len(head) + 4 + int(length)
        while len(self.buffer) < end:
            self.fill()
        body = bytes(self.buffer[len(head) + 4 : end])
        del self.buffer[:end]
        return body

    def fill(self):
        chunk = self.socket.recv(1 << 16)
        if not chunk:
            raise EOFError("closed by the daemon")
        self.buffer += chunk


class StrictJSONTests(DaemonTestCase):
    def test_there_are_enough_cases(self):
        self.assertGreaterEqual(len(ACCEPTED), 95)
        self.assertGreaterEqual(len(REJECTED), 188)

    def headers(self):
        client = HeaderClient(self.daemon.socket_path)
        self.addCleanup(client.close)
        return client

    def check_still_served(self, client):
        client.send_message(PING)
        self.assertEqual(json.loads(client.message())["id"], "next")

    def test_texts_that_are_valid_are_read_inside_params(self):
        client = self.headers()
        for name, text in ACCEPTED:
            with self.subTest(name):
                client.send_message(
                    b'{"jsonrpc":"2.0","id":1,"method":"rpc.check",'
                    b'"params":{"method":"system.ping","params":{"x":'
                    + text
                    + b"}}}"
                )
                answer = json.loads(client.message())
                # `x` is unknown: the text has been read, and the check says what is wrong with the call.
                self.assertEqual(answer["result"]["error"]["data"]["pointer"], "/x")

    def test_texts_that_are_valid_alone_are_requests_or_not_but_never_parse_errors(self):
        client = self.headers()
        for name, text in ACCEPTED:
            with self.subTest(name):
                client.send_message(text)
                self.check_not_parse_error(client)

    def check_not_parse_error(self, client):
        client.send_message(PING)
        while True:
            answer = json.loads(client.message())
            if isinstance(answer, dict) and answer["id"] == "next":
                return
            for member in answer if isinstance(answer, list) else [answer]:
                self.assertEqual(member["error"]["code"], -32600)

    def test_texts_that_are_invalid_are_parse_errors_and_the_connection_goes_on(self):
        client = self.headers()
        for name, text in REJECTED:
            with self.subTest(name):
                client.send_message(text)
                answer = json.loads(client.message())
                self.assertEqual(
                    (answer["id"], answer["error"]["code"], answer["error"]["data"]["kind"]),
                    (None, -32700, "parse_error"),
                )
                self.check_still_served(client)

    def test_texts_that_are_invalid_are_invalid_inside_params_too(self):
        client = self.headers()
        for name, text in REJECTED:
            with self.subTest(name):
                message = (
                    b'{"jsonrpc":"2.0","id":1,"method":"rpc.check","params":{"method":"system.ping","params":'
                    b'{"x":' + text + b"}}}"
                )
                try:
                    json.loads(message.decode())
                    continue  # Some are valid when something stands around them, or only Python minds.
                except ValueError:
                    pass
                client.send_message(message)
                answer = json.loads(client.message())
                self.assertEqual(answer["error"]["code"], -32700)

    def test_a_stream_of_invalid_text_ends_in_a_parse_error(self):
        for name, text in REJECTED:
            if self.is_sequence(text):
                continue
            with self.subTest(name):
                with self.connect() as client:
                    client.send(PING + b"\n")
                    self.assertEqual(client.receive()["id"], "next")
                    client.send(text)
                    client.half_close()
                    answers = [json.loads(part) for part in re.split(b"[\\n\0]", client.rest()) if part]
                    codes = [answer["error"]["code"] for answer in self.flatten(answers)]
                    self.assertIn(-32700, codes)
                    # What stands before the fault may be values of their own, which are no requests.
                    self.assertLessEqual(set(codes), {-32700, -32600})

    @staticmethod
    def is_sequence(text):
        """Whether the text is valid JSON values one after another, or none: on a stream that is no fault."""
        space = " \t\r\n\0"  # A NUL after a value ends it.
        try:
            rest = text.decode().lstrip(space)
            while rest:
                _, end = json.JSONDecoder(object_pairs_hook=no_twins, parse_constant=no_constant).raw_decode(
                    rest
                )
                rest = rest[end:].lstrip(space)
            return True
        except (ValueError, RecursionError):
            return False

    @staticmethod
    def flatten(answers):
        for answer in answers:
            yield from answer if isinstance(answer, list) else [answer]

    def test_numbers_and_strings_keep_their_value_on_the_way_through_the_store(self):
        texts = ["\u0000\u0001", "\u007f\u0080\uffff", "\U0001f600\U0010ffff", '"\\/\b\f\n\r\t', "é e\u0301"]
        with self.connect() as client:
            for text in texts:
                opened = client.call(
                    "support.open",
                    {
                        "scenario": 2,
                        "station": "st-01",
                        "urgency": "routine",
                        "summary": text,
                        "facts": {"officers_available": 4, "persons_involved": 30},
                    },
                )
                found = client.call("support.get", {"id": opened["id"]}, purpose="handling", reason="test")
                self.assertEqual(found["summary"], text)

    def test_lone_surrogates_and_duplicate_keys_of_the_envelope(self):
        client = self.headers()
        for message in (
            b'{"jsonrpc":"2.0","id":"\\ud800","method":"system.ping"}',
            b'{"jsonrpc":"2.0","id":1,"id":1,"method":"system.ping"}',
            b'{"jsonrpc":"2.0","id":1,"\\u0069d":2,"method":"system.ping"}',
            b'\xef\xbb\xbf{"jsonrpc":"2.0","id":1,"method":"system.ping"}',
            '{"jsonrpc":"2.0","id":1,"method":"system.ping"}'.encode("utf-16"),
        ):
            with self.subTest(message):
                client.send_message(message)
                self.assertEqual(json.loads(client.message())["error"]["code"], -32700)
                self.check_still_served(client)


if __name__ == "__main__":
    unittest.main()
