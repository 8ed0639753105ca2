#!/usr/bin/env python3
"""Tests of the load generator against servers that answer in ways a good daemon may, and a bad one.

Run: python3 Benchmarks/test_loadgen.py
"""

import json
import socket
import subprocess
import tempfile
import threading
import unittest
from pathlib import Path

from machine import BUILD, build_programs

REQUEST = '{"jsonrpc":"2.0","id":{n},"method":"m"}'


def result(call):
    return b'{"jsonrpc":"2.0","id":%d,"result":{"id":7}}\n' % call


class Loadgen(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        build_programs()

    def against(self, answer, *arguments, whole=False):
        """One connection's server: `answer` turns the ids of the calls at hand into bytes, or chunks.

        With `whole` it gets the calls themselves."""
        with tempfile.TemporaryDirectory() as home, socket.socket(socket.AF_UNIX) as listener:
            path = str(Path(home) / "s")
            listener.bind(path)
            listener.listen()

            def serve():
                client, _ = listener.accept()
                with client:
                    have = b""
                    while chunk := client.recv(65536):
                        *lines, have = (have + chunk).split(b"\n")
                        calls = [json.loads(line) for line in lines]
                        out = answer(calls if whole else [call["id"] for call in calls]) if lines else b""
                        for piece in out if isinstance(out, list) else [out]:
                            client.sendall(piece)

            thread = threading.Thread(target=serve, daemon=True)
            thread.start()
            command = [BUILD / "loadgen", "call", "--socket", path, "--request", REQUEST, "--count", "100",
                       "--inflight", "8", *arguments]
            done = subprocess.run(command, capture_output=True, text=True, timeout=20)
            thread.join(5)
            return done.returncode, done.stdout and json.loads(done.stdout), done.stderr

    def test_answers_in_any_order_and_any_pieces(self):
        first = b'{"result":{"id":7,"error":{}},"jsonrpc":"2.0","id":%d}\n'
        table = {
            "in order": lambda ids: b"".join(map(result, ids)),
            "reversed": lambda ids: b"".join(map(result, reversed(ids))),
            "bytes": lambda ids: [bytes([byte]) for byte in b"".join(map(result, ids))],
            "result first": lambda ids: b"".join(first % call for call in ids),
            "large": lambda ids: b"".join(result(call)[:-2] + b',"x":"' + b"y" * 300_000 + b'"}\n'
                                          for call in ids),
        }
        for name, answer in table.items():
            with self.subTest(name):
                status, said, errors = self.against(answer)
                self.assertEqual((status, said and said["answered"]), (0, 100), errors)

    def test_a_run_with_a_wrong_answer_is_void(self):
        table = {
            "error": lambda ids: b'{"jsonrpc":"2.0","id":%d,"error":{"code":1,"result":{}}}\n' % ids[0],
            "error first": lambda ids: b'{"error":{"code":1},"id":%d}\n' % ids[0],
            "neither": lambda ids: b'{"jsonrpc":"2.0","id":%d}\n' % ids[0],
            "another id": lambda ids: result(ids[0] + 50_000),
            "twice": lambda ids: result(ids[0]) * 2,
            "no id": lambda ids: b'{"jsonrpc":"2.0","result":1}\n',
        }
        for name, answer in table.items():
            for arguments in ([], ["--inflight", "1"]):
                with self.subTest(name, arguments=arguments):
                    status, _, errors = self.against(answer, *arguments)
                    self.assertEqual(status, 1)
                    self.assertIn("void", errors)

    def test_requests_are_filled_in(self):
        """Every card has its check digit and is nobody else's; picks stay within what there is to pick."""
        text = '{"id":{n},"cards":["{card0}","{card9}"],"pick":"{pick}","of":"{run}"}'
        calls = []

        def keep(lines):
            calls.extend(lines)
            return b"".join(result(call["id"]) for call in lines)

        status, _, errors = self.against(keep, "--request", text, "--among", "7", "--run", "SR-", whole=True)
        self.assertEqual(status, 0, errors)
        cards = [card for call in calls for card in call["cards"]]
        self.assertEqual(len(set(cards)), 200)
        for card in cards:
            twice = [sum(divmod(2 * int(digit), 10)) for digit in card[-2::-2]]
            self.assertEqual((len(card), (sum(twice) + sum(map(int, card[-1::-2]))) % 10), (19, 0), card)
        self.assertEqual({call["pick"] for call in calls}, {f"{n:06}" for n in range(1, 8)})
        self.assertEqual({call["of"] for call in calls}, {"SR-"})

    def test_one_call_at_a_time(self):
        status, said, errors = self.against(lambda ids: b"".join(map(result, ids)), "--inflight", "1")
        self.assertEqual((status, said["count"]), (0, 99), errors)


if __name__ == "__main__":
    unittest.main()
