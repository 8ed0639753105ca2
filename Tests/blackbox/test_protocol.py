"""JSON-RPC 2.0: every example of the specification's page on methods that exist, ids, batches, meta,
idempotency, versions, cursors, deadlines and cancelling.
"""

import json
import threading
import unittest

from harness import CallError, DaemonTestCase

PARSE_ERROR = (-32700, "parse_error")
INVALID_REQUEST = (-32600, "invalid_request")
METHOD_NOT_FOUND = (-32601, "method_not_found")
OPEN = {"scenario": 2, "station": "st-01", "urgency": "routine", "summary": "A crowd at the gate",
        "facts": {"officers_available": 4, "persons_involved": 30}}


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
        [answer] = self.lines('{"jsonrpc": "2.0", "method": "rpc.check", "params": ["system.ping", {}], "id": 1}')
        self.check_result(answer, {"ok": True}, 1)
        [answer] = self.lines('{"jsonrpc": "2.0", "method": "rpc.check", "params": ["no.such"], "id": 2}')
        self.assertFalse(answer["result"]["ok"])
        self.assertEqual(answer["result"]["error"]["code"], -32601)

    def test_call_with_named_parameters_in_any_order(self):
        for number, params in ((3, '{"method": "system.ping", "params": {}}'),
                               (4, '{"params": {}, "method": "system.ping"}')):
            [answer] = self.lines(
                f'{{"jsonrpc": "2.0", "method": "rpc.check", "params": {params}, "id": {number}}}')
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
        client.send('[\n  {"jsonrpc": "2.0", "method": "sum", "params": [1,2,4], "id": "1"},\n'
                    '  {"jsonrpc": "2.0", "method"\n]\n')
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
        [answer] = self.lines(json.dumps([
            {"jsonrpc": "2.0", "method": "rpc.check", "params": ["system.ping"], "id": "1"},
            {"jsonrpc": "2.0", "method": "rpc.check", "params": ["system.info"]},
            {"jsonrpc": "2.0", "method": "rpc.check", "params": ["system.info", {}], "id": "2"},
            {"foo": "boo"},
            {"jsonrpc": "2.0", "method": "foo.get", "params": {"name": "myself"}, "id": "5"},
            {"jsonrpc": "2.0", "method": "system.health", "id": "9"},
        ]))
        self.assertEqual(len(answer), 5)
        by_id = {member["id"]: member for member in answer}
        self.assertEqual(set(by_id), {"1", "2", "5", "9", None})
        self.check_result(by_id["1"], {"ok": True}, "1")
        self.check_result(by_id["2"], {"ok": True}, "2")
        self.check_error(by_id[None], INVALID_REQUEST)
        self.check_error(by_id["5"], METHOD_NOT_FOUND, "5")
        self.assertTrue(by_id["9"]["result"]["ok"])

    def test_batch_of_notifications_only(self):
        self.lines('[{"jsonrpc": "2.0", "method": "system.ping"},'
                   '{"jsonrpc": "2.0", "method": "rpc.check", "params": ["system.ping"]}]', 0)


class RequestObjectTests(Exchange):
    IDS = ["1", "0", "-1", "9007199254740993", "-9007199254740993", "123456789012345678901234567890", "1.0",
           "1.50", "1e2", "1E+2", "0.1", "1e400", '""', '"a"', '"1"', "null", '"\u4e2d\u6587"', '"\U0001f600"']

    def raw(self, text):
        client = self.connect()
        client.send(text + "\n")
        return client.raw_line().decode()

    def test_ids_come_back_byte_for_byte(self):
        for number in self.IDS:
            with self.subTest(id=number):
                line = self.raw(f'{{"jsonrpc":"2.0","id":{number},"method":"rpc.check","params":["system.ping"]}}')
                self.assertEqual(line, f'{{"jsonrpc":"2.0","id":{number},"result":{{"ok":true}}}}')
                line = self.raw(f'{{"jsonrpc":"2.0","id":{number},"method":"nothing"}}')
                self.assertTrue(line.startswith(f'{{"jsonrpc":"2.0","id":{number},"error":{{'), line)
                line = self.raw(f'[{{"jsonrpc":"2.0","id":{number},"method":"rpc.check","params":["system.ping"]}}]')
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
        for text in ("1", "-0.5", '"text"', "true", "null", "{}", "[[]]", '{"jsonrpc":"2.0"}',
                     '{"method":"system.ping","id":1}', '{"jsonrpc":2.0,"method":"system.ping","id":1}',
                     '{"jsonrpc":"1.0","method":"system.ping","id":1}',
                     '{"jsonrpc":"2.0","method":null,"id":1}', '{"jsonrpc":"2.0","id":1}',
                     '{"jsonrpc":"2.0","method":"system.ping","params":1,"id":1}',
                     '{"jsonrpc":"2.0","method":"system.ping","params":null,"id":1}',
                     '{"jsonrpc":"2.0","method":"system.ping","params":"x","id":1}'):
            with self.subTest(text=text):
                [answer] = self.lines(text)
                if isinstance(answer, list):
                    [answer] = answer
                self.assertIn(answer["id"], (None, 1))
                self.check_error(answer, INVALID_REQUEST, answer["id"])

    def test_responses_are_never_answered(self):
        for text in ('{"jsonrpc":"2.0","id":1,"result":1}', '{"jsonrpc":"2.0","id":1,"result":null}',
                     '{"jsonrpc":"2.0","id":null,"error":{"code":-32700,"message":"Parse error"}}',
                     '[{"jsonrpc":"2.0","id":1,"result":1}]',
                     '[{"jsonrpc":"2.0","id":1,"result":1},{"jsonrpc":"2.0","id":2,"error":{"code":1,"message":""}}]'):
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
        for method in ("System.ping", "system.ping ", "system", "system.", ".ping", "", "system.ping.x",
                       "rpc.discover\\u0000", "中", "x" * 5000):
            with self.subTest(method=method[:20]):
                [answer] = self.lines(f'{{"jsonrpc":"2.0","id":1,"method":"{method}"}}')
                self.check_error(answer, METHOD_NOT_FOUND, 1)

    def test_errors_carry_both_languages_and_no_internals(self):
        for method, params in (("no.such", None), ("rpc.check", {}), ("support.get", {"id": "x"}),
                               ("support.open", {"scenario": "2"})):
            with self.assertRaises(CallError) as caught:
                self.daemon.call(method, params)
            text = str(caught.exception)
            self.assertTrue(caught.exception.kind)
            for word in ("swift", "sqlite", "SELECT", "/work", ".swift"):
                self.assertNotIn(word, text)


class ParameterTests(Exchange):
    def test_unknown_parameters_are_named_by_pointer(self):
        table = [("system.ping", {"x": 1}, "/x"), ("system.ping", {"a/b~c": 1}, "/a~1b~0c"),
                 ("support.open", dict(OPEN, wrong=1), "/wrong"),
                 ("support.open", dict(OPEN, facts={"nonsense": 1}), "/facts/nonsense"),
                 ("support.open", dict(OPEN, contact={"name": "a", "mail": "b"}), "/contact/mail")]
        for method, params, pointer in table:
            with self.subTest(pointer=pointer), self.refused("invalid_params", pointer):
                self.daemon.call(method, params)

    def test_wrong_values_are_named_by_pointer(self):
        table = [(dict(OPEN, scenario="2"), "/scenario"), (dict(OPEN, scenario=2.5), "/scenario"),
                 (dict(OPEN, scenario=23), "/scenario"), (dict(OPEN, urgency="soon"), "/urgency"),
                 (dict(OPEN, summary=""), "/summary"), (dict(OPEN, summary="x" * 2001), "/summary"),
                 (dict(OPEN, contact={"phone": 1}), "/contact/phone")]
        for params, pointer in table:
            with self.subTest(pointer=pointer), self.refused("invalid_params", pointer):
                self.daemon.call("support.open", params)

    def test_missing_parameters_are_refused(self):
        for name in ("scenario", "station", "urgency", "summary"):
            params = {key: value for key, value in OPEN.items() if key != name}
            with self.subTest(name=name), self.refused("invalid_params"):
                self.daemon.call("support.open", params)

    def test_lengths_count_characters_not_bytes(self):
        self.assertTrue(self.daemon.call("rpc.check", {
            "method": "support.open", "params": dict(OPEN, summary="警" * 2000)})["ok"])
        self.assertFalse(self.daemon.call("rpc.check", {
            "method": "support.open", "params": dict(OPEN, summary="警" * 2001)})["ok"])

    def test_positional_parameters(self):
        with self.connect() as client:
            self.assertEqual(client.call("directory.unit.get", ["st-01"])["id"], "st-01")
            with self.refused("invalid_params", "/1"):
                client.call("directory.unit.get", ["st-01", 2])
            with self.refused("invalid_params"):
                client.call("support.open", [2, "st-01", "routine", "x"])
            self.assertIn("now", client.call("system.ping", []))
            with self.refused("invalid_params"):
                client.call("system.ping", [1])

    def test_meta_is_reserved_and_strict(self):
        with self.connect() as client:
            self.assertIn("now", client.call("system.ping", {"meta": {}}))
            table = [({"unknown": 1}, "/meta/unknown"), ({"deadline_ms": 0}, "/meta/deadline_ms"),
                     ({"deadline_ms": "5"}, "/meta/deadline_ms"), ({"deadline_ms": 1.5}, "/meta/deadline_ms"),
                     ({"idempotency_key": ""}, "/meta/idempotency_key"),
                     ({"idempotency_key": "x" * 129}, "/meta/idempotency_key"),
                     ({"purpose": "curiosity"}, "/meta/purpose"), ({"reason": ""}, "/meta/reason"), (1, "/meta"),
                     (None, "/meta"), ([], "/meta")]
            for meta, pointer in table:
                with self.subTest(meta=meta), self.refused("invalid_params", pointer):
                    client.call("system.ping", {"meta": meta})

    def test_check_runs_nothing(self):
        with self.connect() as client:
            before = client.call("audit.checkpoint")["size"]
            self.assertEqual(client.call("rpc.check", {"method": "support.open", "params": OPEN}), {"ok": True})
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
            records = [item for item in client.call("audit.tail", {"limit": 50})["items"] if item["seq"] >= before]
            outcomes = sorted((item["method"], item["outcome"]) for item in records)
            self.assertEqual(outcomes, sorted([
                ("support.open", "ok"), ("support.open", "ok"), ("support.open", "invalid_params"),
                ("no.such", "method_not_found")]))


class IdempotencyTests(Exchange):
    def test_a_replay_returns_the_first_result_and_has_one_effect(self):
        with self.connect() as client:
            first = client.call("support.open", OPEN, idempotency_key="replay-1")
            again = client.call("support.open", OPEN, idempotency_key="replay-1")
            other = client.call("support.open", OPEN, idempotency_key="replay-2")
            self.assertEqual(first, again)
            self.assertNotEqual(first["id"], other["id"])

    def test_a_replay_after_other_changes_and_a_restart_returns_the_first_result(self):
        daemon = self.new_daemon().start()
        first = daemon.call("support.open", OPEN, idempotency_key="k")
        daemon.call("support.acknowledge", {"id": first["id"], "version": first["version"]})
        self.assertEqual(daemon.call("support.open", OPEN, idempotency_key="k"), first)
        daemon.kill()
        daemon.start()
        self.assertEqual(daemon.call("support.open", OPEN, idempotency_key="k"), first)

    def test_member_order_and_white_space_do_not_make_another_payload(self):
        with self.connect() as client:
            first = client.call("support.open", OPEN, idempotency_key="order")
            turned = dict(reversed(OPEN.items()))
            self.assertEqual(client.call("support.open", turned, idempotency_key="order"), first)

    def test_another_payload_or_method_under_the_same_key_is_refused(self):
        with self.connect() as client:
            first = client.call("support.open", OPEN, idempotency_key="mismatch")
            with self.refused("idempotency_mismatch"):
                client.call("support.open", dict(OPEN, summary="else"), idempotency_key="mismatch")
            with self.refused("idempotency_mismatch"):
                client.call("support.acknowledge", {"id": first["id"]}, idempotency_key="mismatch")

    def test_a_refused_call_does_not_use_the_key_up(self):
        with self.connect() as client:
            with self.refused("invalid_params"):
                client.call("support.open", dict(OPEN, urgency="soon"), idempotency_key="retry")
            client.call("support.open", OPEN, idempotency_key="retry")

    def test_keys_of_different_persons_are_different(self):
        with self.connect() as client:
            mine = client.call("support.open", OPEN, idempotency_key="person", actor="A-1")
            theirs = client.call("support.open", OPEN, idempotency_key="person", actor="B-2")
            self.assertNotEqual(mine["id"], theirs["id"])

    def test_concurrent_calls_with_one_key_have_one_effect(self):
        results, gate = [], threading.Barrier(12)

        def run():
            with self.daemon.connect() as client:
                gate.wait()
                for _ in range(5):
                    results.append(client.call("support.open", OPEN, idempotency_key="crowd")["id"])

        threads = [threading.Thread(target=run) for _ in range(12)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual((len(results), len(set(results))), (60, 1))


class VersionTests(Exchange):
    def test_a_wrong_version_is_a_conflict(self):
        with self.connect() as client:
            opened = client.call("support.open", OPEN)
            for version in (opened["version"] + 1, 99):
                with self.refused("conflict"):
                    client.call("support.acknowledge", {"id": opened["id"], "version": version})
            client.call("support.acknowledge", {"id": opened["id"], "version": opened["version"]})
            with self.refused("conflict"):
                client.call("support.start", {"id": opened["id"], "version": opened["version"]})

    def test_of_concurrent_changes_to_one_version_exactly_one_wins(self):
        unit = self.daemon.call("directory.unit.put", {
            "id": "desk-x", "kind": "desk", "name": {"en": "T", "zh": "岗"}, "parent": "bureau"})
        outcomes, gate = [], threading.Barrier(8)

        def run(number):
            with self.daemon.connect() as client:
                gate.wait()
                try:
                    client.call("directory.unit.put", {
                        "id": "desk-x", "kind": "desk", "name": {"en": f"T{number}", "zh": "岗"},
                        "parent": "bureau", "version": unit["version"]})
                    outcomes.append("ok")
                except CallError as error:
                    outcomes.append(error.kind)

        threads = [threading.Thread(target=run, args=(n,)) for n in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(sorted(outcomes), ["conflict"] * 7 + ["ok"])


class CursorTests(Exchange):
    def walk(self, client, method, params, between=lambda: None):
        items, cursor = [], None
        while True:
            page = client.call(method, dict(params, **({"cursor": cursor} if cursor else {})))
            self.assertLessEqual(len(page["items"]), params["limit"])
            items += page["items"]
            cursor = page.get("next")
            if cursor is None:
                return items
            between()

    def test_pages_join_to_the_whole_list_in_both_orders(self):
        with self.connect() as client:
            whole = client.call("directory.unit.list", {"limit": 500})["items"]
            for order in ("asc", "desc"):
                for limit in (1, 2, 7, len(whole) - 1, len(whole), len(whole) + 1):
                    pages = self.walk(client, "directory.unit.list", {"limit": limit, "order": order})
                    expected = whole if order == "asc" else whole[::-1]
                    self.assertEqual([u["id"] for u in pages], [u["id"] for u in expected], (order, limit))

    def test_a_walk_under_writes_loses_and_doubles_nothing(self):
        daemon = self.new_daemon().start()
        with daemon.connect() as client, daemon.connect() as writer:
            numbers = [writer.begin("support.open", OPEN) for _ in range(50)]
            before = {writer.finish(number)["id"] for number in numbers}

            def write():
                for number in [writer.begin("support.open", OPEN) for _ in range(3)]:
                    writer.finish(number)

            for order in ("asc", "desc"):
                items = self.walk(client, "support.list", {"limit": 5, "order": order}, write) \
                    if order == "desc" else self.walk(client, "support.list", {"limit": 25, "order": order}, write)
                ids = [item["id"] for item in items]
                self.assertEqual(len(ids), len(set(ids)))
                self.assertLessEqual(before, set(ids))
                self.assertEqual(ids, sorted(ids, reverse=order == "desc"))

    def test_a_walk_over_a_filter_under_changes_keeps_what_stays(self):
        daemon = self.new_daemon().start()
        with daemon.connect() as client:
            numbers = [client.begin("support.open", OPEN) for _ in range(30)]
            opened = [client.finish(number)["id"] for number in numbers]
            leaving = iter(opened[20:])

            def close_one():
                name = next(leaving, None)
                if name:
                    client.call("support.withdraw", {"id": name, "reason": "mistake"})

            items = self.walk(client, "support.list", {"limit": 4, "open": True}, close_one)
            ids = [item["id"] for item in items]
            self.assertEqual(len(ids), len(set(ids)))
            self.assertLessEqual(set(opened[:20]), set(ids))

    def test_a_made_up_cursor_is_refused(self):
        for cursor in ("x", "1:2:3", "é", "9" * 500, "' OR 1=1 --"):
            with self.subTest(cursor=cursor[:10]):
                try:
                    page = self.daemon.call("support.list", {"cursor": cursor})
                    self.assertIn("items", page)
                except CallError as error:
                    self.assertEqual((error.kind, error.pointer), ("invalid_params", "/cursor"))


class DeadlineAndCancelTests(Exchange):
    def busy(self, client, count=60):
        """Fills the writer's queue from this connection."""
        return [client.begin("support.open", OPEN) for _ in range(count)]

    def test_a_call_that_cannot_start_in_time_is_not_run(self):
        with self.connect() as client:
            passed = 0
            for round in range(50):
                fill = self.busy(client)
                late = client.begin("support.open", dict(OPEN, summary="late"), deadline_ms=1)
                try:
                    client.finish(late)
                except CallError as error:
                    self.assertEqual(error.kind, "deadline_passed")
                    passed += 1
                for number in fill:
                    client.finish(number)
                if passed:
                    break
            self.assertGreater(passed, 0, "no call was ever late")
            self.assertEqual(client.call("system.ping", deadline_ms=60000).keys(), {"now"})

    def test_a_waiting_call_can_be_cancelled(self):
        with self.connect() as client:
            cancelled = 0
            for round in range(50):
                fill = self.busy(client)
                victim = client.begin("support.open", dict(OPEN, summary="cancel me"))
                told = client.call("rpc.cancel", {"id": victim})["cancelled"]
                try:
                    client.finish(victim)
                except CallError as error:
                    self.assertEqual(error.kind, "cancelled")
                    self.assertTrue(told)
                    cancelled += 1
                for number in fill:
                    client.finish(number)
                if cancelled:
                    break
            self.assertGreater(cancelled, 0, "no call was ever cancelled")

    def test_cancelling_what_is_not_there_says_so(self):
        with self.connect() as client:
            for number in (12345, "none", None, 1.5):
                self.assertEqual(client.call("rpc.cancel", {"id": number}), {"cancelled": False})
            done = client.begin("system.ping")
            client.finish(done)
            self.assertEqual(client.call("rpc.cancel", [done]), {"cancelled": False})

    def test_calls_of_another_connection_cannot_be_cancelled(self):
        with self.connect() as client, self.connect() as stranger:
            fill = self.busy(client)
            self.assertEqual(stranger.call("rpc.cancel", {"id": fill[-1]}), {"cancelled": False})
            for number in fill:
                client.finish(number)


if __name__ == "__main__":
    unittest.main()
