"""Who may call what: real other users, default deny, scopes, acting for an officer, purpose and reason, and
what the audit log says about it.
"""

import json
import os
import unittest

from harness import DATA, DaemonTestCase
from test_framing import CONFIG
from users import UserClient, UserTestCase

STATION, OTHER_STATION, DESK, AUDITOR, FRONT, STRANGER = 60001, 60002, 60003, 60004, 60005, 65534
GROUP, GROUP_MEMBER = 61000, 60006
ACCESS = f"""
roles:
  officer: {{methods: ["support.*", "directory.unit.*", "events.subscribe"], scope: own}}
  desk: {{methods: ["support.*", "events.subscribe"], scope: supported}}
  auditor: {{methods: ["audit.*"], scope: all}}
  viewer: {{methods: ["support.list"], scope: all}}
bindings:
  - {{user: ["{STATION}"], roles: [officer], unit: st-01}}
  - {{user: ["{OTHER_STATION}"], roles: [officer], unit: st-02}}
  - {{user: ["{DESK}"], roles: [desk], unit: command-centre, supports: [st-01]}}
  - {{user: ["{AUDITOR}"], roles: [auditor]}}
  - {{user: ["{FRONT}"], roles: [officer], unit: st-01, may_act_for: true}}
  - {{group: ["{GROUP}"], roles: [viewer]}}
"""
OPEN = {
    "scenario": 2,
    "station": "st-01",
    "urgency": "routine",
    "summary": "A crowd at the gate",
    "facts": {"officers_available": 4, "persons_involved": 30},
}
WHY = {"purpose": "handling", "reason": "own case"}


class AccessTests(UserTestCase):
    CONFIG = CONFIG
    ACCESS = ACCESS

    def setUp(self):
        self.auditor = self.user(AUDITOR)
        self.station = self.user(STATION)
        self.size = self.log_size()

    def log_size(self):
        return self.auditor.call("audit.checkpoint")["size"]

    def new_records(self):
        """Records since the test began, oldest first."""
        items = self.auditor.call("audit.tail", {"limit": 500})["items"]
        return [item for item in reversed(items) if item["seq"] >= self.size]

    def one_record(self, outcome, uid, method):
        [record] = self.new_records()
        self.assertEqual((record["outcome"], record["by"]["uid"], record["method"]), (outcome, uid, method))
        return record

    def test_the_peer_is_known_by_the_kernel(self):
        you = self.station.call("system.info")["you"]
        self.assertEqual(
            (you["uid"], you["gid"], you["roles"], you["unit"]), (STATION, STATION, ["officer"], "st-01")
        )

    def test_default_is_deny_and_exactly_one_record_says_so(self):
        stranger = self.user(STRANGER)
        with self.refused("denied"):
            stranger.call("support.open", OPEN)
        record = self.one_record("denied", STRANGER, "support.open")
        self.assertEqual(record["by"]["roles"], [])
        self.assertNotIn("written", record)

    def test_a_stranger_gets_every_method_with_a_role_denied(self):
        stranger = self.user(STRANGER)
        for method in stranger.call("rpc.discover")["methods"]:
            if method["x-permission"] != "role":
                continue
            with self.subTest(method["name"]), self.refused("denied"):
                stranger.call(method["name"])

    def test_a_stranger_still_gets_what_everyone_may_have(self):
        stranger = self.user(STRANGER)
        self.assertIn("now", stranger.call("system.ping"))
        self.assertEqual(stranger.call("system.info")["you"]["roles"], [])
        self.assertFalse(stranger.call("rpc.check", {"method": "support.open", "params": OPEN})["ok"])
        self.assertEqual(self.new_records(), [])

    def test_root_has_nothing_that_it_was_not_given(self):
        with self.connect() as root, self.refused("denied"):
            root.call("support.list")

    def test_a_denied_caller_learns_nothing_about_params(self):
        stranger = self.user(STRANGER)
        with self.refused("denied"):
            stranger.call("support.open", {"nonsense": 1})
        with self.refused("denied"):
            stranger.call("support.get", {"id": "SR-2026-000001"})

    def test_a_role_reaches_only_its_methods(self):
        for client, method in (
            (self.station, "audit.tail"),
            (self.station, "directory.import"),
            (self.station, "directory.duty.set"),
            (self.auditor, "support.list"),
            (self.auditor, "directory.unit.list"),
        ):
            with self.subTest(method=method), self.refused("denied"):
                client.call(method)
        self.assertEqual([r["outcome"] for r in self.new_records()], ["denied"] * 5)

    def test_dev_methods_do_not_exist_outside_development(self):
        with self.refused("method_not_found"):
            self.station.call("dev.clock.set", {"now": None})

    def test_own_scope(self):
        other = self.user(OTHER_STATION)
        theirs = other.call("support.open", dict(OPEN, station="st-02"))
        mine = self.station.call("support.open", OPEN)
        with self.refused("denied"):
            self.station.call("support.open", dict(OPEN, station="st-02"))
        with self.refused("denied"):
            self.station.call("support.get", {"id": theirs["id"]}, **WHY)
        with self.refused("denied"):
            self.station.call("support.withdraw", {"id": theirs["id"], "reason": "x"})
        with self.refused("denied"):
            self.station.call("support.list", {"station": "st-02"})
        listed = {item["station"] for item in self.station.call("support.list", {"limit": 500})["items"]}
        self.assertEqual(listed, {"st-01"})
        self.assertEqual(self.station.call("support.get", {"id": mine["id"]}, **WHY)["id"], mine["id"])
        outcomes = [(r["by"]["unit"], r["method"], r["outcome"]) for r in self.new_records()]
        self.assertEqual(
            outcomes,
            [
                ("st-02", "support.open", "ok"),
                ("st-01", "support.open", "ok"),
                ("st-01", "support.open", "denied"),
                ("st-01", "support.get", "denied"),
                ("st-01", "support.withdraw", "denied"),
                ("st-01", "support.list", "denied"),
                ("st-01", "support.get", "ok"),
            ],
        )

    def test_another_units_request_cannot_be_told_from_one_that_is_not_there_by_its_content(self):
        other = self.user(OTHER_STATION)
        theirs = other.call("support.open", dict(OPEN, station="st-02", summary="secret words"))
        with self.assertRaises(Exception) as caught:
            self.station.call("support.get", {"id": theirs["id"]}, **WHY)
        self.assertNotIn("secret words", str(caught.exception))

    def test_supported_scope(self):
        desk = self.user(DESK)
        mine = self.station.call("support.open", OPEN)
        self.assertEqual(mine["department"], "command-centre")
        found = desk.call("support.get", {"id": mine["id"]}, **WHY)
        self.assertEqual(found["station"], "st-01")
        desk.call("support.acknowledge", {"id": mine["id"]})

    def test_a_supplementary_group_counts(self):
        member = self.user(GROUP_MEMBER, [GROUP])
        self.assertEqual(member.call("system.info")["you"]["roles"], ["viewer"])
        self.assertIn("items", member.call("support.list"))
        with self.refused("denied"):
            member.call("support.open", OPEN)
        not_member = self.user(GROUP_MEMBER, [GROUP + 1])
        with self.refused("denied"):
            not_member.call("support.list")

    def test_a_primary_group_counts(self):
        member = self.user(GROUP)
        self.assertIn("items", member.call("support.list"))

    def test_identity_is_taken_at_accept(self):
        self.assertEqual(self.user(STATION).call("system.info")["you"]["uid"], STATION)
        # This process is root, the socket stays that of the user who connected it.
        self.assertEqual(os.getuid(), 0)

    def test_acting_for_an_officer(self):
        front = self.user(FRONT)
        opened = front.call("support.open", OPEN, actor="P-0042")
        record = self.one_record("ok", FRONT, "support.open")
        self.assertEqual((record["by"]["actor"], record["by"]["roles"]), ("P-0042", ["officer"]))
        whole = front.call("support.get", {"id": opened["id"]}, actor="P-0042", **WHY)
        self.assertIn("P-0042", whole["opened_by"])

    def test_acting_for_an_officer_without_the_right(self):
        with self.refused("denied", "/meta/actor"):
            self.station.call("support.open", OPEN, actor="P-0042")
        record = self.one_record("denied", STATION, "support.open")
        self.assertNotIn("actor", record["by"])
        with self.refused("denied", "/meta/actor"):
            self.station.call("support.list", actor="P-0042")

    def test_disclosure_needs_purpose_and_reason(self):
        opened = self.station.call("support.open", OPEN)
        for meta, pointer in (
            ({}, "/meta/purpose"),
            ({"reason": "r"}, "/meta/purpose"),
            ({"purpose": "handling"}, "/meta/reason"),
        ):
            with self.subTest(meta=meta), self.refused("purpose_required", pointer):
                self.station.call("support.get", {"id": opened["id"]}, **meta)
        outcomes = [record["outcome"] for record in self.new_records()]
        self.assertEqual(outcomes, ["ok"] + ["purpose_required"] * 3)

    def test_a_disclosure_is_on_record_when_its_answer_arrives(self):
        opened = self.station.call("support.open", OPEN)
        self.size = self.log_size()
        for count in range(1, 6):
            self.station.call("support.get", {"id": opened["id"]}, **WHY)
            records = self.new_records()
            self.assertEqual(len(records), count)
            self.assertEqual((records[-1]["outcome"], records[-1]["purpose"]), ("ok", "handling"))
            [[collection, identifier, version, commitment]] = records[-1]["read"]
            self.assertEqual((collection, identifier, version), ("support.request", opened["id"], 1))
            self.assertTrue(commitment)

    def test_the_leaf_holds_no_personal_data(self):
        opened = self.station.call(
            "support.open",
            dict(OPEN, summary="Zhang San beat Li Si", contact={"name": "王五", "phone": "13912345678"}),
        )
        self.station.call("support.get", {"id": opened["id"]}, purpose="handling", reason="about 王五")
        with self.refused("invalid_params"):
            self.station.call("support.open", dict(OPEN, contact={"name": "王五", "phone": 13912345678}))
        with self.refused("method_not_found"):
            self.station.call("王五.13912345678")
        self.station.send_json(
            {"jsonrpc": "2.0", "id": "王五 13912345678", "method": "support.open", "params": OPEN}
        )
        self.station.answer("王五 13912345678")
        self.station.send_json(
            {"jsonrpc": "2.0", "id": "110101199003074557", "method": "support.open", "params": OPEN})
        self.station.answer("110101199003074557")
        text = json.dumps(self.new_records(), ensure_ascii=False)
        for word in ("Zhang", "王五", "13912345678", "beat", "110101199003074557"):
            self.assertNotIn(word, text)

    def test_every_failure_leaves_exactly_one_record(self):
        table = [
            ("support.open", {}, "invalid_params"),
            ("support.get", {"id": "SR-2026-999999"}, "purpose_required"),
            ("no.such", None, "method_not_found"),
            ("audit.tail", {"limit": 0}, "denied"),
            ("support.acknowledge", {"id": "SR-2026-999999"}, "not_found"),
            ("system.ping", {"x": 1}, "invalid_params"),
        ]
        for count, (method, params, kind) in enumerate(table, 1):
            with self.subTest(method=method), self.refused(kind):
                self.station.call(method, params)
            records = self.new_records()
            self.assertEqual(
                (len(records), records[-1]["method"], records[-1]["outcome"]), (count, method, kind)
            )

    def test_reads_that_disclose_nothing_leave_no_record(self):
        self.station.call("system.ping")
        self.station.call("support.list")
        self.station.call("rpc.discover")
        self.assertEqual(self.new_records(), [])

    def test_events_stay_within_the_scope(self):
        other = self.user(OTHER_STATION)
        self.station.call("events.subscribe", {"since": 0})
        other.call("support.open", dict(OPEN, station="st-02"))
        mine = self.station.call("support.open", OPEN)
        seen = []
        while True:
            for event in self.station.notification()["params"]["events"]:
                seen.append(event["payload"])
            if any(payload.get("request") == mine["id"] for payload in seen):
                break
        for payload in seen:
            self.assertNotEqual(payload.get("station"), "st-02")


@unittest.skipUnless(os.getuid() == 0, "connecting as other users needs root")
class SocketModeTests(DaemonTestCase):
    CONFIG = CONFIG.replace('"0666"', '"0600"')
    ACCESS = ACCESS

    def test_the_mode_keeps_others_out(self):
        self.daemon.directory.chmod(0o755)
        self.assertEqual(os.stat(self.daemon.socket_path).st_mode & 0o777, 0o600)
        with self.assertRaises(OSError):
            UserClient(self.daemon.socket_path, STATION).close()


class DataTests(unittest.TestCase):
    def test_the_units_of_this_suite_are_in_the_example(self):
        with open(f"{DATA}/directory.example.json", encoding="utf-8") as file:
            units = {unit["id"] for unit in json.load(file)["units"]}
        self.assertLessEqual({"st-01", "st-02", "command-centre"}, units)


if __name__ == "__main__":
    unittest.main()
