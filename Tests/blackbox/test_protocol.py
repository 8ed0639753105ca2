"""JSON-RPC 2.0: every example of the specification's page on methods that exist, ids, batches, params."""

import json
import unittest

from harness import CallError, DaemonTestCase, wait_until

PARSE_ERROR = (-32700, "parse_error")
INVALID_REQUEST = (-32600, "invalid_request")
METHOD_NOT_FOUND = (-32601, "method_not_found")
OPEN = {
    "scenario": 2,
    "station": "st-01",
    "urgency": "routine",
    "summary": "A crowd at the gate",
    "facts": {"officers_available": 4, "persons_involved": 30},
}


class Exchange(DaemonTestCase):
    """Sends bytes as a line and compares whole answers."""

    def lines(self, text, count=1):
        """What comes back on a fresh connection that then ends: exactly `count` lines."""
        client = self.connect()
        client.send(text + "\n")
        client.half_close()
        data = client.rest()
        lines = data.decode().splitlines()
        self.assertEqual(len(lines), count, data)
        self.assertTrue(not data or data.endswith(b"\n"))
        return [json.loads(line) for line in lines]

    def check_error(self, answer, expected, number=None):
        self.assertEqual(set(answer), {"jsonrpc", "id", "error"})
        self.assertEqual(answer["jsonrpc"], "2.0")
        self.assertEqual(answer["id"], number)
        self.assertEqual((answer["error"]["code"], answer["error"]["data"]["kind"]), expected)
        self.assertIsInstance(answer["error"]["message"], str)

    def check_result(self, answer, expected, number):
        self.assertEqual(answer, {"jsonrpc": "2.0", "id": number, "result": expected})


class SpecificationExamplesTests(Exchange):
    """Section 7 of the specification, in its order. `subtract` is `rpc.check`, the rest as noted."""

    def test_call_with_positional_parameters(self):
        [answer] = self.lines(
            '{"jsonrpc": "2.0", "method": "rpc.check", "params": ["system.ping", {}], "id": 1}'
        )
        self.check_result(answer, {"ok": True}, 1)
        [answer] = self.lines('{"jsonrpc": "2.0", "method": "rpc.check", "params": ["no.such"], "id": 2}')
        self.assertFalse(answer["result"]["ok"])
        self.assertEqual(answer["result"]["error"]["code"], -32601)

    def test_call_with_named_parameters_in_any_order(self):
        for number, params in (
            (3, '{"method": "system.ping", "params": {}}'),
            (4, '{"params": {}, "method": "system.ping"}'),
        ):
            [answer] = self.lines(
                f'{{"jsonrpc": "2.0", "method": "rpc.check", "params": {params}, "id": {number}}}'
            )
            self.check_result(answer, {"ok": True}, number)

    def test_a_notification_gets_no_answer(self):
        self.lines('{"jsonrpc": "2.0", "method": "rpc.check", "params": ["system.ping"]}', 0)
        self.lines('{"jsonrpc": "2.0", "method": "foobar"}', 0)
        self.lines('{"jsonrpc": "2.0", "method": "rpc.check", "params": {"wrong": 1}}', 0)

    def test_non_existent_method(self):
        [answer] = self.lines('{"jsonrpc": "2.0", "method": "foobar", "id": "1"}')
        self.check_error(answer, METHOD_NOT_FOUND, "1")
        self.assertEqual(answer["error"]["message"], "Method not found")

    def test_invalid_json(self):
        [answer] = self.lines('{"jsonrpc": "2.0", "method": "foobar, "params": "bar", "baz]')
        self.check_error(answer, PARSE_ERROR)
        self.assertEqual(answer["error"]["message"], "Parse error")

    def test_invalid_request_object(self):
        [answer] = self.lines('{"jsonrpc": "2.0", "method": 1, "params": "bar"}')
        self.check_error(answer, INVALID_REQUEST)
        self.assertEqual(answer["error"]["message"], "Invalid Request")

    def test_batch_of_invalid_json(self):
        client = self.connect()
        client.send(
            '[\n  {"jsonrpc": "2.0", "method": "sum", "params": [1,2,4], "id": "1"},\n'
            '  {"jsonrpc": "2.0", "method"\n]\n'
        )
        client.half_close()
        answers = [json.loads(line) for line in client.rest().decode().splitlines() if line]
        self.check_error(answers[0], PARSE_ERROR)
        self.assertEqual(len(answers), 1)

    def test_empty_array(self):
        [answer] = self.lines("[]")
        self.check_error(answer, INVALID_REQUEST)

    def test_batch_of_one_invalid_member(self):
        [answer] = self.lines("[1]")
        self.assertEqual(len(answer), 1)
        self.check_error(answer[0], INVALID_REQUEST)

    def test_batch_of_invalid_members(self):
        [answer] = self.lines("[1,2,3]")
        self.assertEqual(len(answer), 3)
        for member in answer:
            self.check_error(member, INVALID_REQUEST)

    def test_mixed_batch(self):
        [answer] = self.lines(
            json.dumps(
                [
                    {"jsonrpc": "2.0", "method": "rpc.check", "params": ["system.ping"], "id": "1"},
                    {"jsonrpc": "2.0", "method": "rpc.check", "params": ["system.info"]},
                    {"jsonrpc": "2.0", "method": "rpc.check", "params": ["system.info", {}], "id": "2"},
                    {"foo": "boo"},
                    {"jsonrpc": "2.0", "method": "foo.get", "params": {"name": "myself"}, "id": "5"},
                    {"jsonrpc": "2.0", "method": "system.health", "id": "9"},
                ]
            )
        )
        self.assertEqual(len(answer), 5)
        by_id = {member["id"]: member for member in answer}
        self.assertEqual(set(by_id), {"1", "2", "5", "9", None})
        self.check_result(by_id["1"], {"ok": True}, "1")
        self.check_result(by_id["2"], {"ok": True}, "2")
        self.check_error(by_id[None], INVALID_REQUEST)
        self.check_error(by_id["5"], METHOD_NOT_FOUND, "5")
        self.assertTrue(by_id["9"]["result"]["ok"])

    def test_batch_of_notifications_only(self):
        self.lines(
            '[{"jsonrpc": "2.0", "method": "system.ping"},'
            '{"jsonrpc": "2.0", "method": "rpc.check", "params": ["system.ping"]}]',
            0,
        )


class RequestObjectTests(Exchange):
    IDS = [
        "1",
        "0",
        "-1",
        "9007199254740993",
        "-9007199254740993",
        "123456789012345678901234567890",
        "1.0",
        "1.50",
        "1e2",
        "1E+2",
        "0.1",
        "1e400",
        '""',
        '"a"',
        '"1"',
        "null",
        '"\u4e2d\u6587"',
        '"\U0001f600"',
    ]

    def raw(self, text):
        client = self.connect()
        client.send(text + "\n")
        return client.raw_line().decode()

    def test_ids_come_back_byte_for_byte(self):
        for number in self.IDS:
            with self.subTest(id=number):
                line = self.raw(
                    f'{{"jsonrpc":"2.0","id":{number},"method":"rpc.check","params":["system.ping"]}}'
                )
                self.assertEqual(line, f'{{"jsonrpc":"2.0","id":{number},"result":{{"ok":true}}}}')
                line = self.raw(f'{{"jsonrpc":"2.0","id":{number},"method":"nothing"}}')
                self.assertTrue(line.startswith(f'{{"jsonrpc":"2.0","id":{number},"error":{{'), line)
                line = self.raw(
                    f'[{{"jsonrpc":"2.0","id":{number},"method":"rpc.check","params":["system.ping"]}}]'
                )
                self.assertEqual(line, f'[{{"jsonrpc":"2.0","id":{number},"result":{{"ok":true}}}}]')

    def test_escaped_ids_come_back_as_the_same_text(self):
        for number in ('"\\u0000"', '"\\ud83d\\ude00"', '"a\\"b\\\\c\\/d"', '"\\n\\t"'):
            with self.subTest(id=number):
                line = self.raw(f'{{"jsonrpc":"2.0","id":{number},"method":"system.ping"}}')
                self.assertEqual(json.loads(line)["id"], json.loads(number))

    def test_null_id_is_answered(self):
        [answer] = self.lines('{"jsonrpc":"2.0","id":null,"method":"rpc.check","params":["system.ping"]}')
        self.check_result(answer, {"ok": True}, None)

    def test_ids_of_other_types_are_invalid_requests(self):
        for number in ("{}", "[]", '{"a":1}', "[1]", "true", "false"):
            with self.subTest(id=number):
                [answer] = self.lines(f'{{"jsonrpc":"2.0","id":{number},"method":"system.ping"}}')
                self.check_error(answer, INVALID_REQUEST)
                [answer] = self.lines(f'[{{"jsonrpc":"2.0","id":{number},"method":"system.ping"}}]')
                self.check_error(answer[0], INVALID_REQUEST)

    def test_what_is_no_request_is_an_invalid_request(self):
        for text in (
            "1",
            "-0.5",
            '"text"',
            "true",
            "null",
            "{}",
            "[[]]",
            '{"jsonrpc":"2.0"}',
            '{"method":"system.ping","id":1}',
            '{"jsonrpc":2.0,"method":"system.ping","id":1}',
            '{"jsonrpc":"1.0","method":"system.ping","id":1}',
            '{"jsonrpc":"2.0","method":null,"id":1}',
            '{"jsonrpc":"2.0","id":1}',
            '{"jsonrpc":"2.0","method":"system.ping","params":1,"id":1}',
            '{"jsonrpc":"2.0","method":"system.ping","params":null,"id":1}',
            '{"jsonrpc":"2.0","method":"system.ping","params":"x","id":1}',
        ):
            with self.subTest(text=text):
                [answer] = self.lines(text)
                if isinstance(answer, list):
                    [answer] = answer
                self.assertIn(answer["id"], (None, 1))
                self.check_error(answer, INVALID_REQUEST, answer["id"])

    def test_responses_are_never_answered(self):
        for text in (
            '{"jsonrpc":"2.0","id":1,"result":1}',
            '{"jsonrpc":"2.0","id":1,"result":null}',
            '{"jsonrpc":"2.0","id":null,"error":{"code":-32700,"message":"Parse error"}}',
            '[{"jsonrpc":"2.0","id":1,"result":1}]',
            '[{"jsonrpc":"2.0","id":1,"result":1},{"jsonrpc":"2.0","id":2,"error":{"code":1,"message":""}}]',
        ):
            with self.subTest(text=text):
                self.lines(text, 0)

    def test_nothing_arrives_that_was_not_asked_for(self):
        watcher = self.connect()
        watcher.call("system.ping")
        self.daemon.call("support.open", OPEN)
        watcher.send('{"jsonrpc":"2.0","id":"last","method":"system.ping"}\n')
        self.assertEqual(watcher.receive()["id"], "last")

    def test_answers_can_overtake_but_none_is_missing(self):
        client = self.connect()
        numbers = [client.begin("directory.unit.list" if n % 2 else "system.ping") for n in range(40)]
        for number in reversed(numbers):
            client.finish(number)

    def test_methods_names_are_exact(self):
        for method in (
            "System.ping",
            "system.ping ",
            "system",
            "system.",
            ".ping",
            "",
            "system.ping.x",
            "rpc.discover\\u0000",
            "中",
            "x" * 5000,
        ):
            with self.subTest(method=method[:20]):
                [answer] = self.lines(f'{{"jsonrpc":"2.0","id":1,"method":"{method}"}}')
                self.check_error(answer, METHOD_NOT_FOUND, 1)

    def test_errors_carry_both_languages_and_no_internals(self):
        for method, params in (
            ("no.such", None),
            ("rpc.check", {}),
            ("support.get", {"id": "x"}),
            ("support.open", {"scenario": "2"}),
        ):
            with self.assertRaises(CallError) as caught:
                self.daemon.call(method, params)
            text = str(caught.exception)
            self.assertTrue(caught.exception.kind)
            for word in ("swift", "sqlite", "SELECT", "/work", ".swift"):
                self.assertNotIn(word, text)


class ParameterTests(Exchange):
    def test_unknown_parameters_are_named_by_pointer(self):
        table = [
            ("system.ping", {"x": 1}, "/x"),
            ("system.ping", {"a/b~c": 1}, "/a~1b~0c"),
            ("support.open", dict(OPEN, wrong=1), "/wrong"),
            ("support.open", dict(OPEN, facts={"nonsense": 1}), "/facts/nonsense"),
            ("support.open", dict(OPEN, contact={"name": "a", "mail": "b"}), "/contact/mail"),
        ]
        for method, params, pointer in table:
            with self.subTest(pointer=pointer), self.refused("invalid_params", pointer):
                self.daemon.call(method, params)

    def test_wrong_values_are_named_by_pointer(self):
        table = [
            (dict(OPEN, scenario="2"), "/scenario"),
            (dict(OPEN, scenario=2.5), "/scenario"),
            (dict(OPEN, scenario=23), "/scenario"),
            (dict(OPEN, urgency="soon"), "/urgency"),
            (dict(OPEN, summary=""), "/summary"),
            (dict(OPEN, summary="x" * 2001), "/summary"),
            (dict(OPEN, contact={"phone": 1}), "/contact/phone"),
        ]
        for params, pointer in table:
            with self.subTest(pointer=pointer), self.refused("invalid_params", pointer):
                self.daemon.call("support.open", params)

    def test_missing_parameters_are_refused(self):
        for name in ("scenario", "station", "urgency", "summary"):
            params = {key: value for key, value in OPEN.items() if key != name}
            with self.subTest(name=name), self.refused("invalid_params"):
                self.daemon.call("support.open", params)

    def test_lengths_count_characters_not_bytes(self):
        self.assertTrue(
            self.daemon.call(
                "rpc.check", {"method": "support.open", "params": dict(OPEN, summary="警" * 2000)}
            )["ok"]
        )
        self.assertFalse(
            self.daemon.call(
                "rpc.check", {"method": "support.open", "params": dict(OPEN, summary="警" * 2001)}
            )["ok"]
        )

    def test_positional_parameters(self):
        with self.connect() as client:
            self.assertEqual(client.call("directory.unit.get", ["st-01"])["id"], "st-01")
            # What has no place of its own follows, and meta is one of them.
            opened = client.call("support.open", OPEN)["id"]
            why = {"purpose": "handling", "reason": "by position"}
            self.assertEqual(client.call("support.get", [opened, why])["id"], opened)
            self.assertEqual(client.call("support.withdraw", [opened, "a mistake"])["state"], "withdrawn")
            for params, pointer in (
                (["st-01", 2], "/1"), (["st-01", {"x": 1}], "/1/x"), (["st-01", {}, 3], "/2"), ([7], "/0"), ([], "/0"),
            ):
                with self.subTest(params=params), self.refused("invalid_params", pointer):
                    client.call("directory.unit.get", params)
                answer = client.call("rpc.check", ["directory.unit.get", params])
                self.assertEqual(answer["error"]["data"]["pointer"], pointer)
            with self.refused("not_found", "/0"):
                client.call("directory.unit.get", ["no-unit"])
            with self.refused("invalid_params"):
                client.call("support.open", [2, "st-01", "routine", "x"])
            self.assertIn("now", client.call("system.ping", []))
            with self.refused("invalid_params"):
                client.call("system.ping", [1])

    def test_meta_is_reserved_and_strict(self):
        with self.connect() as client:
            self.assertIn("now", client.call("system.ping", {"meta": {}}))
            table = [
                ({"unknown": 1}, "/meta/unknown"),
                ({"deadline_ms": 0}, "/meta/deadline_ms"),
                ({"deadline_ms": "5"}, "/meta/deadline_ms"),
                ({"deadline_ms": 1.5}, "/meta/deadline_ms"),
                ({"idempotency_key": ""}, "/meta/idempotency_key"),
                ({"idempotency_key": "x" * 129}, "/meta/idempotency_key"),
                ({"purpose": "curiosity"}, "/meta/purpose"),
                ({"reason": ""}, "/meta/reason"),
                ({"reason": " \t"}, "/meta/reason"),
                ({"actor": " "}, "/meta/actor"),
                ({"actor": "P1\nP2"}, "/meta/actor"),
                ({"actor": "11010519491231002X"}, "/meta/actor"),
                ({"trace_id": "a\u0007"}, "/meta/trace_id"),
                ({"trace_id": "of 110101199003074557"}, "/meta/trace_id"),
                (1, "/meta"),
                (None, "/meta"),
                ([], "/meta"),
            ]
            for meta, pointer in table:
                with self.subTest(meta=meta), self.refused("invalid_params", pointer):
                    client.call("system.ping", {"meta": meta})

    def test_check_runs_nothing(self):
        with self.connect() as client:
            before = client.call("audit.checkpoint")["size"]
            self.assertEqual(
                client.call("rpc.check", {"method": "support.open", "params": OPEN}), {"ok": True}
            )
            answer = client.call("rpc.check", {"method": "support.open", "params": {"scenario": "x"}})
            self.assertFalse(answer["ok"])
            self.assertEqual(answer["error"]["data"]["kind"], "invalid_params")
            self.assertEqual(client.call("audit.checkpoint")["size"], before)


class NotificationTests(Exchange):
    def test_notifications_are_executed_and_audited(self):
        with self.connect() as client:
            before = client.call("audit.checkpoint")["size"]
            client.notify("support.open", dict(OPEN, summary="by notification"))
            client.notify("support.open", {})
            client.notify("no.such")
            client.call("support.open", OPEN)
            # A notification has no answer to wait for.
            wait_until(lambda: client.call("audit.checkpoint")["size"] >= before + 4, "four records")
            records = [
                item for item in client.call("audit.tail", {"limit": 50})["items"] if item["seq"] >= before
            ]
            outcomes = sorted((item["method"], item["outcome"]) for item in records)
            self.assertEqual(
                outcomes,
                sorted(
                    [
                        ("support.open", "ok"),
                        ("support.open", "ok"),
                        ("support.open", "invalid_params"),
                        ("no.such", "method_not_found"),
                    ]
                ),
            )


if __name__ == "__main__":
    unittest.main()
