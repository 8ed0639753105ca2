"""events.subscribe: replay then follow, in order, none lost and none doubled."""

import os
import threading
import time
import unittest

from harness import LONG, CallError, Client, DaemonTestCase, wait_until
from test_framing import CONFIG

OPEN = {
    "scenario": 2,
    "station": "st-01",
    "urgency": "routine",
    "summary": "A crowd at the gate",
    "facts": {"officers_available": 4, "persons_involved": 30},
}


def collect(client, subscription, enough):
    """Events of one subscription in the order of arrival, until `enough(events)`."""
    events = []
    while not enough(events):
        params = client.notification()["params"]
        if params["subscription"] == subscription:
            events += params["events"]
    return events


class EventTests(DaemonTestCase):
    def write(self, count, client=None):
        own = client or self.connect()
        opened = []
        for start in range(0, count, 50):
            numbers = [own.begin("support.open", OPEN) for _ in range(min(50, count - start))]
            opened += [own.finish(number)["id"] for number in numbers]
        # In the order of the events; a module in a process of its own keeps none of the calls'.
        return sorted(opened)

    def newest(self):
        with self.daemon.connect() as client:
            return client.call("events.subscribe")["since"]

    def opened_in(self, events):
        return [event["payload"]["request"] for event in events if event["kind"] == "support.opened"]

    def check_order(self, events, since=None):
        numbers = [event["seq"] for event in events]
        self.assertEqual(numbers, sorted(set(numbers)))
        if since is not None:
            self.assertEqual(numbers, list(range(since + 1, since + 1 + len(numbers))))

    def test_an_event_has_number_time_kind_and_payload(self):
        client = self.connect()
        subscription = client.call("events.subscribe")
        [name] = self.write(1)
        event = collect(client, subscription["subscription"], len)[0]
        self.assertEqual(set(event), {"seq", "at", "kind", "payload"})
        self.assertEqual((event["kind"], event["payload"]["request"]), ("support.opened", name))
        self.assertRegex(event["at"], r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+08:00$")

    def test_notifications_name_method_and_subscription(self):
        client = self.connect()
        subscription = client.call("events.subscribe")["subscription"]
        self.write(1)
        message = client.notification()
        self.assertEqual(set(message), {"jsonrpc", "method", "params"})
        self.assertEqual(
            (message["method"], message["params"]["subscription"]), ("events.event", subscription)
        )

    def test_without_since_only_what_follows(self):
        self.write(3)
        client = self.connect()
        subscription = client.call("events.subscribe")["subscription"]
        wanted = self.write(3)
        events = collect(client, subscription, lambda seen: len(self.opened_in(seen)) >= 3)
        self.assertEqual(self.opened_in(events), wanted)

    def test_replay_from_any_number(self):
        since = self.newest()
        wanted = self.write(20)
        client = self.connect()
        whole = None
        for skip in (0, 1, 7, 19):
            subscription = client.call("events.subscribe", {"since": since + skip})["subscription"]
            events = collect(client, subscription, lambda seen: wanted[-1] in self.opened_in(seen))
            self.check_order(events, since + skip)
            whole = whole or events
            self.assertEqual(events, whole[skip:])
            client.call("events.unsubscribe", [subscription])

    def test_replay_then_follow_while_four_clients_write(self):
        count = 2000 if LONG else 250
        since = self.newest()
        self.write(100)
        written, gate = [], threading.Barrier(5)

        def run():
            with self.daemon.connect() as client:
                gate.wait()
                written.extend(self.write(count, client))

        writers = [threading.Thread(target=run) for _ in range(4)]
        for thread in writers:
            thread.start()
        gate.wait()
        readers, results = [], {}

        def follow(name, start):
            with self.daemon.connect() as client:
                subscription = client.call("events.subscribe", {"since": start})["subscription"]
                results[name] = (
                    start,
                    collect(client, subscription, lambda seen: len(self.opened_in(seen)) >= expected(start)),
                )

        def expected(start):
            return 4 * count + 100 - (start - since)

        for number in range(4):
            # Routine requests of this kind make one event each.
            readers.append(threading.Thread(target=follow, args=(number, since + number * 20)))
            readers[-1].start()
            time.sleep(0.01)
        for thread in writers + readers:
            thread.join()
        self.assertEqual(len(results), 4)
        for start, events in results.values():
            self.check_order(events, start)
            self.assertEqual(set(written) - set(self.opened_in(events)), set())

    def test_an_event_is_there_when_its_answer_is(self):
        client = self.connect()
        for _ in range(30):
            since = self.newest()
            [name] = self.write(1)
            subscription = client.call("events.subscribe", {"since": since})["subscription"]
            events = collect(client, subscription, len)
            self.assertEqual(self.opened_in(events), [name])
            client.call("events.unsubscribe", [subscription])

    def test_a_slow_reader_loses_nothing(self):
        since = self.newest()
        slow = self.connect(timeout=60)
        subscription = slow.call("events.subscribe", {"since": since})["subscription"]
        before = self.daemon.rss()
        wanted = self.write(10000 if LONG else 3000)
        self.assertLess(self.daemon.rss() - before, 96 << 20)
        events = collect(slow, subscription, lambda seen: wanted[-1] in self.opened_in(seen))
        self.check_order(events, since)
        self.assertEqual(self.opened_in(events), wanted)

    def test_a_slow_reader_does_not_hold_others_up(self):
        slow, quick = self.connect(), self.connect()
        slow.call("events.subscribe")
        subscription = quick.call("events.subscribe")["subscription"]
        wanted = self.write(1500)
        events = collect(quick, subscription, lambda seen: wanted[-1] in self.opened_in(seen))
        self.assertEqual(self.opened_in(events), wanted)

    def test_a_place_that_is_still_to_come_or_a_kind_that_nobody_tells_is_refused(self):
        with self.daemon.connect() as client:
            newest = client.call("events.subscribe")["since"]
            client.call("events.subscribe", {"since": newest, "kinds": ["support.changed"]})
            for params, pointer in (({"since": newest + 1}, "/since"), ({"kinds": ["support.opened", "nope"]}, "/kinds/1"),
                                    ({"kinds": ["support.nope"]}, "/kinds/0"), ({"kinds": ["support"]}, "/kinds/0")):
                with self.subTest(params), self.assertRaises(CallError) as caught:
                    client.call("events.subscribe", params)
                self.assertEqual((caught.exception.kind, caught.exception.pointer), ("invalid_params", pointer))

    def test_kinds_choose(self):
        client = self.connect()
        only = client.call("events.subscribe", {"kinds": ["support.changed"]})["subscription"]
        names = self.write(5)
        self.daemon.call("support.acknowledge", {"id": names[2]})
        events = collect(client, only, len)
        self.assertEqual(
            [(e["kind"], e["payload"]["request"]) for e in events], [("support.changed", names[2])]
        )

    def test_two_subscriptions_of_one_connection_each_get_all(self):
        since = self.newest()
        client = self.connect()
        first = client.call("events.subscribe", {"since": since})["subscription"]
        second = client.call("events.subscribe", {"since": since})["subscription"]
        self.assertNotEqual(first, second)
        wanted = self.write(30)
        seen = {first: [], second: []}
        while any(len(self.opened_in(events)) < 30 for events in seen.values()):
            params = client.notification()["params"]
            seen[params["subscription"]] += params["events"]
        for events in seen.values():
            self.check_order(events, since)
            self.assertEqual(self.opened_in(events), wanted)

    def test_unsubscribe_ends_it(self):
        client = self.connect()
        subscription = client.call("events.subscribe")["subscription"]
        self.write(1)
        collect(client, subscription, len)
        client.call("events.unsubscribe", {"subscription": subscription})
        client.notifications.clear()
        self.write(20)
        client.call("system.ping")
        self.write(1)
        client.call("system.ping")
        self.assertEqual(client.notifications, [])
        with self.refused("not_found", "/subscription"):
            client.call("events.unsubscribe", {"subscription": subscription})

    def test_a_subscription_of_another_connection_cannot_be_ended(self):
        mine, theirs = self.connect(), self.connect()
        first = mine.call("events.subscribe")["subscription"]
        with self.refused("not_found"):
            theirs.call("events.unsubscribe", [first])
        self.write(1)
        collect(mine, first, len)

    def test_a_failed_or_replayed_write_makes_no_event(self):
        client = self.connect()
        subscription = client.call("events.subscribe")["subscription"]
        with self.refused("invalid_params"):
            self.daemon.call("support.open", dict(OPEN, urgency="soon"))
        first = self.daemon.call("support.open", OPEN, idempotency_key="event-once")
        self.daemon.call("support.open", OPEN, idempotency_key="event-once")
        [last] = self.write(1)
        events = collect(client, subscription, lambda seen: last in self.opened_in(seen))
        self.assertEqual(self.opened_in(events), [first["id"], last])

    def test_a_notification_that_subscribes_gets_events_but_no_answer(self):
        client = self.connect()
        client.notify("events.subscribe")
        client.call("system.ping")
        self.write(1)
        self.assertEqual(client.notification()["method"], "events.event")

    def test_a_follower_whose_right_is_gone_hears_the_end_of_its_connection(self):
        rules = """
roles:
  member: {methods: [%s], scope: all}
  chief: {methods: [system.reload], scope: all, class: administrator}
bindings: [{user: "%d", roles: [member, chief]}]
"""
        config = CONFIG + "sockets: {administrator: {path: {dir}/admin.sock}}\n"
        daemon = self.new_daemon(config=config)
        access = daemon.directory / "access.yaml"

        def allow(methods):
            access.write_text(rules % (methods, os.getuid()))
            if daemon.process is not None:
                with Client(daemon.directory / "admin.sock") as admin:
                    admin.call("system.reload")

        allow("support.open, events.subscribe")
        daemon.start()
        wait_until((daemon.directory / "admin.sock").exists, "all sockets")
        with daemon.connect() as follower:
            since = follower.call("events.subscribe")["since"]
            allow("support.open")
            opened = daemon.call("support.open", OPEN)["id"]
            self.assertEqual(follower.rest(), b"")
        allow("support.open, events.subscribe")
        with daemon.connect() as follower:
            subscription = follower.call("events.subscribe", {"since": since})["subscription"]
            self.assertEqual(self.opened_in(collect(follower, subscription, len)), [opened])

    def test_resume_from_the_last_number_after_a_restart(self):
        daemon = self.new_daemon().start()
        with daemon.connect() as client:
            subscription = client.call("events.subscribe", {"since": 0})["subscription"]
            first = self.write(40, client)
            seen = collect(client, subscription, lambda events: first[14] in self.opened_in(events))
        seen = seen[:15]
        daemon.kill()
        daemon.start()
        with daemon.connect() as client:
            subscription = client.call("events.subscribe", {"since": seen[-1]["seq"]})["subscription"]
            second = self.write(40, client)
            seen += collect(client, subscription, lambda events: second[-1] in self.opened_in(events))
        self.check_order(seen)
        self.assertEqual(self.opened_in(seen), first + second)

    def test_subscribers_that_go_away_leave_nothing(self):
        base = self.daemon.descriptors()
        for _ in range(200):
            with self.daemon.connect() as client:
                client.send('{"jsonrpc":"2.0","id":1,"method":"events.subscribe","params":{"since":0}}\n')
        self.write(50)
        wait_until(lambda: self.daemon.descriptors() <= base + 4, "closed descriptors")


if __name__ == "__main__":
    unittest.main()
