"""What a call may ask for beside its params: one effect for one key, a version, a page, a deadline, an end."""

import threading
import unittest

from harness import CallError, DaemonTestCase

OPEN = {
    "scenario": 2,
    "station": "st-01",
    "urgency": "routine",
    "summary": "A crowd at the gate",
    "facts": {"officers_available": 4, "persons_involved": 30},
}


class IdempotencyTests(DaemonTestCase):
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

    def test_a_key_stands_for_its_call_for_30_days(self):
        daemon = self.new_daemon().start()

        def open_on(day):
            daemon.call("dev.clock.set", {"now": f"2026-{day}T09:00:00.123456+08:00"})
            return daemon.call("support.open", OPEN, idempotency_key="k")["id"]

        first = open_on("03-02")
        self.assertEqual(open_on("04-01"), first)
        second = open_on("04-02")
        self.assertNotEqual(second, first)
        self.assertEqual(open_on("04-03"), second)

    def test_what_keeps_no_keys_takes_none(self):
        for method, params in (("system.reload", {}), ("dev.clock.set", {"now": None})):
            with self.subTest(method), self.refused("invalid_params", "/meta/idempotency_key"):
                self.daemon.call(method, params, idempotency_key="k")

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


class VersionTests(DaemonTestCase):
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
        unit = self.daemon.call(
            "directory.unit.put",
            {"id": "desk-x", "kind": "desk", "name": {"en": "T", "zh": "岗"}, "parent": "bureau"},
        )
        outcomes, gate = [], threading.Barrier(8)

        def run(number):
            with self.daemon.connect() as client:
                gate.wait()
                try:
                    client.call(
                        "directory.unit.put",
                        {
                            "id": "desk-x",
                            "kind": "desk",
                            "name": {"en": f"T{number}", "zh": "岗"},
                            "parent": "bureau",
                            "version": unit["version"],
                        },
                    )
                    outcomes.append("ok")
                except CallError as error:
                    outcomes.append(error.kind)

        threads = [threading.Thread(target=run, args=(n,)) for n in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(sorted(outcomes), ["conflict"] * 7 + ["ok"])


class CursorTests(DaemonTestCase):
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
                items = (
                    self.walk(client, "support.list", {"limit": 5, "order": order}, write)
                    if order == "desc"
                    else self.walk(client, "support.list", {"limit": 25, "order": order}, write)
                )
                ids = [item["id"] for item in items]
                self.assertEqual(len(ids), len(set(ids)))
                self.assertLessEqual(before, set(ids))
                # In the order of the list as it is now. Numbers may be in another order where the module runs in a
                # process of its own: they are given out before the calls are committed.
                whole = self.walk(client, "support.list", {"limit": 200, "order": order})
                self.assertEqual(ids, [item["id"] for item in whole if item["id"] in set(ids)])

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
        lists = {"support.list": {}, "directory.unit.list": {}, "plugin.list": {},
                 "retention.preview": {"until": "2036-12-31T23:59:59+08:00"}}
        for method, params in lists.items():
            for cursor in ("x", "bogus", "1:2:3", "é", "9" * 500, "' OR 1=1 --"):
                with self.subTest(method, cursor=cursor[:10]), self.refused("invalid_params", "/cursor"):
                    self.daemon.call(method, dict(params, cursor=cursor))


class DeadlineAndCancelTests(DaemonTestCase):
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
