"""Personal data: encrypted on disk, masked to whoever is not to see it in full, erased without a trace, under a
master key that can be changed while calls go on.
"""

import json
import os
import shutil
import sqlite3
import subprocess
import threading
import unittest
from pathlib import Path

from harness import STATIOND, CallError, DaemonTestCase, luhn, new_directory, wait_until
from test_framing import CONFIG
from test_sync import held_sync
from users import Users

STATIONCTL = os.environ.get("STATIONCTL") or str(Path(STATIOND).with_name("stationctl"))
SUMMARY, PLACE = "Canary-summary-7731", "Canary-place-7731"
NAME, PHONE = "Canary-Wang", "13900007731"
CANARIES = [text.encode() for text in (SUMMARY, PLACE, NAME, PHONE)]
OPEN = {
    "scenario": 2,
    "station": "st-01",
    "urgency": "routine",
    "summary": SUMMARY,
    "place": PLACE,
    "contact": {"name": NAME, "phone": PHONE},
    "facts": {"officers_available": 4, "persons_involved": 30},
}
WHY = {"purpose": "handling", "reason": "own case"}
FULL, MASKED, FRONT = 60001, 60002, 60003
ACCESS = f"""
roles:
  full: {{methods: ["support.*"], scope: all, personal: full}}
  masked: {{methods: ["support.*"], scope: all}}
  front: {{methods: ["support.*", "personal.*", "approval.*"], scope: all, personal: full}}
bindings:
  - {{user: ["{FULL}"], roles: [full]}}
  - {{user: ["{MASKED}"], roles: [masked]}}
  - {{user: ["{FRONT}"], roles: [front], may_act_for: true}}
"""


def holding(directory, needles):
    """Names of the files of a directory in which one of the byte strings stands."""
    found = []
    for path in sorted(Path(directory).rglob("*")):
        if path.is_file():
            content = path.read_bytes()
            if any(needle in content for needle in needles):
                found.append(path.name)
    return found


def stationctl(daemon, *words, check=True):
    finished = subprocess.run(
        [STATIONCTL, *words], capture_output=True, text=True, timeout=60,
        env=dict(os.environ, STATIOND_SOCKET=daemon.socket_path, LC_ALL="C"))
    if check and finished.returncode != 0:
        raise AssertionError(f"{words}: {finished.stdout}{finished.stderr}")
    return finished


class AtRestTests(DaemonTestCase):
    def test_nothing_personal_is_in_any_file_and_all_of_it_comes_back(self):
        daemon = self.new_daemon().start()
        with daemon.connect() as client:
            request = client.call("support.open", OPEN, idempotency_key="k-1")
            client.call("support.acknowledge", {"id": request["id"], "version": 1})
            whole = client.call("support.get", {"id": request["id"]}, **WHY)
            self.assertEqual(
                (whole["summary"], whole["place"], whole["contact"]), (SUMMARY, PLACE, OPEN["contact"]))
        self.assertEqual(holding(daemon.directory, CANARIES), [])
        daemon.kill()
        self.assertEqual(holding(daemon.directory, CANARIES), [])
        daemon.start()
        whole = daemon.call("support.get", {"id": request["id"]}, **WHY)
        self.assertEqual(whole["contact"], OPEN["contact"])
        daemon.stop()
        self.assertEqual(holding(daemon.directory, CANARIES), [])
        # Without any key the state still verifies.
        copy = new_directory()
        self.addCleanup(shutil.rmtree, copy)
        shutil.copytree(daemon.directory, copy / "state", ignore=shutil.ignore_patterns("*.sock", "master.key"))
        self.assertIn("good", stationctl(daemon, "audit", "verify", "--state", str(copy / "state")).stdout)

    def test_it_does_not_start_without_the_key_and_says_what_to_do(self):
        daemon = self.new_daemon().start()
        daemon.call("support.open", OPEN)
        daemon.stop()
        key = daemon.directory / "master.key"
        self.assertEqual(key.stat().st_mode & 0o777, 0o600)
        hidden = key.rename(daemon.directory / "elsewhere")
        daemon.spawn()
        self.assertEqual(daemon.wait_end(), 1)
        self.assertIn("put that key back", daemon.log.replace("\n", " "))
        hidden.rename(key)
        key.chmod(0o644)
        daemon.spawn()
        self.assertEqual(daemon.wait_end(), 1)
        self.assertIn("chmod 600", daemon.log)
        key.chmod(0o600)
        daemon.start()

    def test_a_changed_ciphertext_is_never_served_and_health_tells(self):
        daemon = self.new_daemon().start()
        first = daemon.call("support.open", OPEN)["id"]
        second = daemon.call("support.open", OPEN)["id"]
        daemon.stop()
        database = sqlite3.connect(daemon.directory / "stationd.db")
        database.execute(
            'UPDATE "support.request" SET sealed = (SELECT sealed FROM "support.request" WHERE id = ?),'
            ' wrapped = (SELECT wrapped FROM "support.request" WHERE id = ?) WHERE id = ?', (first, first, second))
        database.commit()
        database.close()
        daemon.start()
        with self.assertRaises(CallError) as caught:
            daemon.call("support.get", {"id": second}, **WHY)
        self.assertEqual(caught.exception.kind, "internal_error")
        self.assertEqual(daemon.call("support.get", {"id": first}, **WHY)["summary"], SUMMARY)
        health = daemon.call("system.health")
        self.assertFalse(health["ok"])
        self.assertIn("unreadable", [problem["kind"] for problem in health["problems"]])
        self.assertNotIn("Canary", daemon.log)


class RoleTests(Users, DaemonTestCase):
    def setUp(self):
        if os.getuid() != 0:
            self.skipTest("other users need root")
        self.daemon = self.new_daemon(
            config=CONFIG, access=ACCESS).start()
        os.chmod(self.daemon.directory, 0o755)

    def test_a_role_sees_masked_data_unless_it_is_to_see_it_in_full(self):
        number = self.user(FULL).call("support.open", OPEN)["id"]
        whole = self.user(FULL).call("support.get", {"id": number}, **WHY)
        self.assertEqual(whole["contact"], OPEN["contact"])
        masked = self.user(MASKED).call("support.get", {"id": number}, **WHY)
        self.assertEqual(masked["contact"], {"name": "C" + "*" * 10, "phone": "139****7731"})
        self.assertEqual((masked["summary"], masked["place"]), ("***", "***"))
        self.assertEqual(masked["state"], whole["state"])

    def test_an_erasure_takes_two_persons_and_leaves_nothing(self):
        client = self.user(FRONT)
        number = client.call("support.open", OPEN)["id"]
        other = client.call("support.open", OPEN)["id"]
        state = self.daemon.directory / "state"
        database = sqlite3.connect(f"file:{state / 'stationd.db'}?mode=ro", uri=True)
        sealed, wrapped = database.execute(
            'SELECT sealed, wrapped FROM "support.request" WHERE id = ?', (number,)).fetchone()
        database.close()
        traces = [sealed[-40:], wrapped[8:40]]
        self.assertNotEqual(holding(state, traces), [])
        subject = {"module": "support", "subject": number}
        asked = client.call("personal.request_erasure", subject, actor="officer-1", **WHY)["approval"]
        for actor, kind in (("officer-1", "refused_by_rule"), ("officer-2", None)):
            try:
                client.call("approval.approve", {"id": asked, "version": 1}, actor=actor)
                self.assertIsNone(kind)
            except CallError as error:
                self.assertEqual(error.kind, kind)
        wrong = dict(subject, subject=other, approval=asked)
        with self.assertRaises(CallError) as caught:
            client.call("personal.erase", wrong, actor="officer-1", **WHY)
        self.assertEqual(caught.exception.kind, "approval_required")
        erased = client.call("personal.erase", dict(subject, approval=asked), actor="officer-1", **WHY)
        self.assertEqual(erased, {"erased": 1})
        self.assertEqual(holding(state, traces + CANARIES), [])
        with self.assertRaises(CallError) as caught:
            client.call("support.get", {"id": number}, **WHY)
        self.assertEqual(caught.exception.kind, "not_found")
        self.assertEqual(client.call("support.get", {"id": other}, **WHY)["summary"], SUMMARY)
        self.daemon.stop()
        self.assertEqual(holding(state, traces), [])
        verified = stationctl(self.daemon, "audit", "verify", "--state", str(state))
        self.assertIn("good", verified.stdout)


class ModuleTests(DaemonTestCase):
    def test_a_module_that_erases_by_itself_is_not_gone_around(self):
        for module, kind in (("keyperson", "wrong_state"), ("directory", "invalid_params"), ("none", "invalid_params")):
            with self.subTest(module):
                asked = {"module": module, "subject": "x"}
                for method, params in (("request_erasure", asked), ("erase", dict(asked, approval="x"))):
                    with self.assertRaises(CallError) as caught:
                        self.daemon.call(f"personal.{method}", params, **WHY)
                    self.assertEqual((caught.exception.kind, caught.exception.pointer), (kind, "/module"))

    def test_a_subject_that_the_module_does_not_have_is_not_erased(self):
        for module, subject in (("mediation", "MD-2026-000001.p1"), ("transfer", "CT-2099-000001"), ("support", "x")):
            with self.subTest(module):
                asked = {"module": module, "subject": subject}
                for method, params in (("request_erasure", asked), ("erase", dict(asked, approval="x"))):
                    with self.assertRaises(CallError) as caught:
                        self.daemon.call(f"personal.{method}", params, **WHY)
                    self.assertEqual((caught.exception.kind, caught.exception.pointer), ("not_found", "/subject"))

    def test_what_a_chief_was_shown_of_an_account_is_erased_with_it(self):
        daemon = self.new_daemon().start()
        victim, suspect = luhn("622202000000001"), luhn("622202000000002")
        now = "2026-03-02T09:00:00+08:00"
        daemon.call("dev.clock.set", {"now": now})
        report = daemon.call("stoploss.report", {
            "station": "st-01", "fraud_type": "brushing_rebate", "occurred_at": now, "victim": {"name": "张三"},
            "accounts": [{"number": victim, "kind": "card", "role": "victim"},
                         {"number": suspect, "kind": "card", "role": "suspect", "bank": "ICBKCNBJ", "holder": "何磊"}],
            "transfers": [{"at": now, "amount": 5_000_000, "from": victim, "to": suspect}]})["id"]
        account = daemon.call("stoploss.next", {"limit": 1})["items"][0]["account"]
        stop = daemon.call("stoploss.stop.request", {"report": report, "account": account})["id"]
        daemon.call("stoploss.stop.record", {"id": stop, "result": "stopped", "at": now})
        asked = daemon.call("stoploss.freeze.request", {
            "id": stop, "name": "何磊", "account": suspect, "amount": 5_000_000, "kind": "ordinary", "scope": "amount",
            "interest": True})["freeze"]["approval"]
        self.assertEqual(daemon.call("approval.get", {"id": asked}, **WHY)["payload"]["name"], "何磊")
        subject = {"module": "stoploss", "subject": account}
        former, erasure = (
            daemon.call("personal.request_erasure", subject, actor="officer-1", **WHY)["approval"] for _ in range(2))
        daemon.call("approval.approve", {"id": erasure, "version": 1, "note": "何磊来函"}, actor="officer-2")
        erased = daemon.call("personal.erase", dict(subject, approval=erasure), actor="officer-1", **WHY)
        self.assertEqual(erased, {"erased": 2})
        # Those of the erasure itself as well: who approved may have written whom it was about.
        for gone in (asked, former, erasure):
            with self.assertRaises(CallError) as caught:
                daemon.call("approval.get", {"id": gone}, **WHY)
            self.assertEqual(caught.exception.kind, "not_found")
        verified = stationctl(daemon, "audit", "verify")
        self.assertIn("good", verified.stdout)

    def test_a_followed_person_is_erased_with_what_was_asked_about_them(self):
        daemon = self.new_daemon().start()
        daemon.call("dev.clock.set", {"now": "2026-03-02T09:00:00+08:00"})
        number = "110101199003074557"
        asked = {
            "category": "bail_pending_trial", "station": "st-01", "owner": "key-person-desk",
            "purpose": "ensure_appearance", "name": NAME, "phone": PHONE, "id_number": number,
            "instrument": {"authority": "Court", "number": "n-1", "date": "2026-02-20"},
            "from": "2026-03-01", "to": "2026-08-31", "next_review": "2026-03-30"}
        person = daemon.call("keyperson.propose", asked, idempotency_key="k-1")["id"]
        with sqlite3.connect(f"file:{daemon.directory / 'stationd.db'}?mode=ro", uri=True) as database:
            sealed, wrapped = database.execute('SELECT sealed, wrapped FROM "keyperson.record"').fetchone()
            digest, = database.execute("SELECT digest FROM idempotency").fetchone()
            keys = database.execute("SELECT wrapped FROM subject_key").fetchall()
        database.close()
        traces = [sealed[-40:], wrapped[8:40], digest, number.encode(), *CANARIES, *(key[8:40] for key, in keys)]
        self.assertNotEqual(holding(daemon.directory, traces), [])
        daemon.call("keyperson.delist", {"id": person, "reason": "error"}, **WHY)
        self.assertEqual(daemon.call("keyperson.erase", {"id": person})["state"], "erased")
        self.assertEqual(holding(daemon.directory, traces), [])
        with self.refused("expired", "/meta/idempotency_key"):
            daemon.call("keyperson.propose", asked, idempotency_key="k-1")
        daemon.stop()
        self.assertEqual(holding(daemon.directory, traces), [])
        self.assertIn("good", stationctl(daemon, "audit", "verify", "--state", str(daemon.directory)).stdout)

    def test_a_reason_with_an_id_number_reaches_no_log(self):
        number = "110101199003074557"
        with self.assertRaises(CallError) as caught:
            self.daemon.call("support.get", {"id": "x"}, purpose="handling", reason=f"about {number}")
        self.assertEqual((caught.exception.kind, caught.exception.pointer), ("invalid_params", "/meta/reason"))
        self.assertEqual(holding(self.daemon.directory, [number.encode()]), [])


class RotationTests(DaemonTestCase):
    REQUESTS = 1500

    def masters(self, daemon):
        """How many wrapped keys are under each master key, in a copy: what a kill has left stays as it is."""
        copy = new_directory()
        self.addCleanup(shutil.rmtree, copy)
        for path in daemon.directory.glob("stationd.db*"):
            shutil.copy(path, copy)
        database = sqlite3.connect(copy / "stationd.db")
        rows = database.execute(
            'SELECT lower(hex(substr(wrapped, 1, 8))), count(*) FROM "support.request" GROUP BY 1').fetchall()
        database.close()
        return dict(rows)

    def fill(self, daemon):
        with daemon.connect() as client:
            numbers = []
            for _ in range(self.REQUESTS // 50):
                waiting = [client.begin("support.open", OPEN) for _ in range(50)]
                numbers += [client.finish(number)["id"] for number in waiting]
        return numbers

    def check(self, daemon, numbers):
        with daemon.connect() as client:
            for number in numbers[:: max(1, len(numbers) // 40)]:
                self.assertEqual(client.call("support.get", {"id": number}, **WHY)["contact"], OPEN["contact"])

    def test_a_rotation_goes_on_over_kill_9_while_calls_are_served(self):
        home = new_directory()
        self.addCleanup(shutil.rmtree, home)
        environment, hold, seen = held_sync(home)
        daemon = self.new_daemon(environment=environment).start()
        numbers = self.fill(daemon)
        new = daemon.directory / "next.key"
        stationctl(daemon, "key", "new", str(new))
        self.assertEqual(new.stat().st_mode & 0o777, 0o600)
        # Killed in the middle: one sync after the other is let go until there are keys under both.
        hold.write_text("0")
        rotating = daemon.connect()
        self.addCleanup(rotating.close)
        rotating.begin("key.rotate", {"file": str(new)})
        for count in range(40):
            hold.write_text(str(count))
            wait_until(lambda: seen.exists() and seen.read_text() == str(count), "a sync that waits")
            if len(self.masters(daemon)) == 2:
                break
        daemon.kill()
        hold.unlink()
        found = self.masters(daemon)
        self.assertEqual((len(found), sum(found.values())), (2, self.REQUESTS), found)
        daemon.start()
        # And again, at whatever point it has reached.
        for _ in range(2):
            daemon.kill()
            self.assertEqual(holding(daemon.directory, CANARIES), [])
            daemon.start()
            numbers.append(daemon.call("support.open", OPEN)["id"])
        stop = threading.Event()
        opened, failures = [], []

        def work():
            with daemon.connect() as client:
                while not stop.is_set():
                    try:
                        opened.append(client.call("support.open", OPEN)["id"])
                    except (CallError, OSError) as error:
                        failures.append(error)

        thread = threading.Thread(target=work)
        thread.start()
        try:
            wait_until(lambda: daemon.call("key.status")["done"], "the end of the rotation", 60)
        finally:
            stop.set()
            thread.join()
        self.assertEqual(failures, [])
        status = daemon.call("key.status")
        self.assertEqual(status["failed"], 0)
        self.check(daemon, numbers + opened)
        daemon.stop()
        self.assertEqual(set(self.masters(daemon)), {status["current"]})
        # The new key takes the old one's place, and the old one is gone for good.
        new.replace(daemon.directory / "master.key")
        daemon.start()
        self.check(daemon, numbers)

    def test_stationctl_rotates_and_waits(self):
        daemon = self.new_daemon().start()
        numbers = self.fill(daemon)
        new = daemon.directory / "next.key"
        told = stationctl(daemon, "key", "new", str(new)).stdout
        self.assertNotEqual(stationctl(daemon, "key", "new", str(new), check=False).returncode, 0)
        finished = stationctl(daemon, "key", "rotate", str(new))
        self.assertIn("destroy the old one", finished.stdout)
        current = daemon.call("key.status")["current"]
        self.assertIn(current, told)
        self.check(daemon, numbers)
        daemon.stop()
        self.assertEqual(self.masters(daemon), {current: len(numbers)})


class RetentionTests(DaemonTestCase):
    def test_a_closed_request_goes_after_ten_years_and_the_preview_says_so_before(self):
        daemon = self.new_daemon().start()
        daemon.call("dev.clock.set", {"now": "2026-03-02T09:00:00+08:00"})
        number = daemon.call("support.open", OPEN)["id"]
        daemon.call("support.withdraw", {"id": number, "version": 1, "reason": "by mistake"})
        until = "2036-03-03T00:00:00+08:00"
        before = daemon.call("retention.preview", {"until": "2036-03-02T23:59:59+08:00"})
        self.assertEqual(before, {"collections": [], "items": []})
        shown = daemon.call("retention.preview", {"until": until})
        self.assertEqual([item["id"] for item in shown["items"]], [number])
        self.assertIn(number, stationctl(daemon, "retention", "preview", "--until", until).stdout)
        explained = stationctl(daemon, "retention", "--dry-run", "--until", until).stdout
        self.assertEqual(
            explained, "support.request: 1 kept 10 years after 'ended', the first until 2036-03-03T00:00:00.000+08:00\n")
        listed = stationctl(daemon, "retention", "--dry-run", "--until", until, "--ndjson").stdout
        self.assertEqual([json.loads(line)["id"] for line in listed.splitlines()], [number])
        self.assertIn("nothing is deleted", stationctl(daemon, "retention", "--dry-run").stdout)
        self.assertEqual(stationctl(daemon, "retention", check=False).returncode, 3)
        # It has told, and nothing else.
        self.assertEqual(daemon.call("support.get", {"id": number}, **WHY)["id"], number)
        daemon.call("dev.clock.set", {"now": until})
        with self.assertRaises(CallError) as caught:
            daemon.call("support.get", {"id": number}, **WHY)
        self.assertEqual(caught.exception.kind, "not_found")


if __name__ == "__main__":
    unittest.main()
