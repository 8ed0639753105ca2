"""`stationctl import`: many reports from a file, refusals by line, and going on after kill -9 of either side."""

import json
import os
import signal
import subprocess
import time
import unittest

from harness import STATIONCTL, Daemon, DaemonTestCase, luhn, new_directory, run_ctl, wait_until

VICTIM = "6200000000000005"


def report(number):
    """A report whose money goes to a card of its own."""
    card = luhn(f"62220200{number:010d}")
    return {
        "station": "st-02", "fraud_type": "brushing_rebate", "occurred_at": "2026-03-02T08:50:00+08:00",
        "key": f"case-{number}", "victim": {"name": "张三"},
        "accounts": [{"number": VICTIM, "kind": "card", "role": "victim"},
                     {"number": card, "kind": "card", "role": "suspect"}],
        "transfers": [{"at": "2026-03-02T08:50:00+08:00", "amount": 100 + number, "from": VICTIM, "to": card}]}


def of_its_own(number):
    """A report whose victim has an account of its own, too: an account is in 2,000 reports at most."""
    told = report(number)
    victim = luhn(f"62220201{number:010d}")
    told["accounts"][0]["number"] = told["transfers"][0]["from"] = victim
    return told


class ImportCase(DaemonTestCase):
    def setUp(self):
        self.folder = new_directory()
        self.addCleanup(lambda: subprocess.run(["rm", "-rf", str(self.folder)], check=True))
        self.file = self.folder / "reports.ndjson"
        self.list = self.folder / "reports.ndjson.refused"

    def write(self, *lines):
        """A file of these lines: text as it is, all else as JSON."""
        self.file.write_text(
            "".join((line if isinstance(line, str) else json.dumps(line, ensure_ascii=False)) + "\n" for line in lines))
        return self.file

    def run_import(self, *arguments, daemon=None, code=0, stdin=None):
        """Its summary; the finished process is in `self.done`."""
        path = (daemon or self.daemon).socket_path
        self.done = run_ctl("import", *arguments, "--json", socket_path=path, stdin=stdin)
        self.assertEqual(self.done.returncode, code, self.done.stderr)
        return json.loads(self.done.stdout) if self.done.stdout else None

    def counts(self, *arguments, **options):
        told = self.run_import(*arguments, **options)
        return told["accepted"], told["duplicate"], told["refused"]

    def refusals(self):
        return [json.loads(line) for line in self.list.read_text().splitlines()]

    def stored(self, daemon=None):
        """Ids of all reports."""
        ids, cursor = [], None
        with (daemon or self.daemon).connect() as client:
            while True:
                page = client.call("stoploss.list", {"limit": 500, **({"cursor": cursor} if cursor else {})})
                ids += [item["id"] for item in page["items"]]
                cursor = page.get("next")
                if not cursor:
                    return ids


class ImportTests(ImportCase):
    """What is entered, what is refused, and how either is told."""

    numbers = iter(range(0, 1_000_000, 1_000))

    def setUp(self):
        super().setUp()
        self.first = next(self.numbers)

    def reports(self, count):
        return [report(self.first + place) for place in range(count)]

    def test_every_report_is_entered_once_however_often_the_file_is_sent(self):
        self.write(*self.reports(25))
        before = len(self.stored())
        self.assertEqual(self.counts(self.file, "--batch", "10"), (25, 0, 0))
        self.assertEqual(self.counts(self.file, "--batch", "7", "--in-flight", "1"), (0, 25, 0))
        self.assertEqual(len(self.stored()), before + 25)
        self.assertFalse(self.list.exists())
        self.assertEqual(self.done.stderr, "")

    def test_refused_lines_are_listed_with_number_key_and_reason_and_nothing_personal(self):
        good, bad, late, twice = self.reports(4)
        bad["accounts"][1]["number"] = "6222020000000000001"
        late["station"] = "st-99"
        del twice["key"]
        self.write("", good, "{", bad, "   ", late, '"text"', twice, dict(good, fraud_type="x"))
        self.assertEqual(self.counts(self.file, code=1), (1, 0, 6))
        self.assertIn(f"6 refused: see {self.list}", self.done.stderr)
        told = {refusal["line"]: refusal for refusal in self.refusals()}
        self.assertEqual(sorted(told), [3, 4, 6, 7, 8, 9])
        self.assertEqual(told[3]["error"]["kind"], "parse_error")
        self.assertEqual(told[4]["key"], bad["key"])
        self.assertEqual(told[4]["error"]["rule"], "stoploss.intake.card")
        self.assertEqual(told[4]["error"]["pointer"], "/accounts/1/number")
        self.assertEqual(told[6]["error"]["kind"], "not_found")
        self.assertNotIn("key", told[8])
        self.assertNotIn("张三", self.list.read_text())
        self.assertNotIn(bad["accounts"][1]["number"], self.list.read_text())
        self.assertEqual(self.list.stat().st_mode & 0o777, 0o600)
        # Put right, and run again: the old list is gone.
        self.write(good)
        self.assertEqual(self.counts(self.file), (0, 1, 0))
        self.assertEqual(self.list.read_text(), "")

    def test_the_same_key_with_another_content_is_refused(self):
        [told] = self.reports(1)
        self.write(told, dict(told, occurred_at="2026-03-02T08:00:00+08:00"))
        self.assertEqual(self.counts(self.file, code=1), (1, 0, 1))
        self.assertEqual(self.refusals()[0]["error"]["rule"], "stoploss.intake.key")

    def test_a_line_longer_than_a_message_is_refused_and_those_around_it_are_entered(self):
        first, long, last = self.reports(3)
        long["summary"] = "x" * (1 << 20)
        self.write(first, long, last)
        # What went along with it may be sent twice.
        accepted, duplicate, refused = self.counts(self.file, code=1)
        self.assertEqual((accepted + duplicate, refused), (2, 1))
        self.assertEqual(self.counts(self.file, code=1), (0, 2, 1))
        [refusal] = self.refusals()
        self.assertEqual((refusal["line"], refusal["error"]["kind"]), (2, "frame_too_large"))

    def test_a_daemon_with_a_small_bound_on_messages_gets_smaller_calls(self):
        daemon = self.new_daemon(config=SMALL, access=ACCESS)
        daemon.start()
        told = self.reports(30)
        told[7]["summary"] = "x" * 4_000
        self.write(*told)
        self.assertEqual(self.counts(self.file, daemon=daemon, code=1), (29, 0, 1))
        self.assertEqual(self.refusals()[0]["line"], 8)
        self.assertEqual(len(self.stored(daemon)), 29)

    def test_nothing_to_import(self):
        for what, path in [("empty", self.write()), ("blank lines", self.write("", "  ")),
                           ("a directory", self.folder), ("no file", self.folder / "none"),
                           ("standard input without --refused", "-")]:
            with self.subTest(what):
                self.assertIsNone(self.run_import(path, code=3))

    def test_the_list_of_refusals_never_overwrites_the_input(self):
        self.write(*self.reports(2))
        link = self.folder / "link"
        link.symlink_to(self.file)
        before = self.file.read_bytes()
        for path in [self.file, link]:
            self.run_import(self.file, "--refused", path, code=3)
        self.assertEqual(self.file.read_bytes(), before)

    def test_from_standard_input(self):
        text = "".join(json.dumps(told) + "\n" for told in self.reports(3))
        self.assertEqual(self.counts("-", "--refused", self.list, stdin=text), (3, 0, 0))

    def test_a_last_line_needs_no_line_feed_and_may_end_with_carriage_returns(self):
        self.file.write_text("\r\n".join(json.dumps(told) for told in self.reports(3)))
        self.assertEqual(self.counts(self.file), (3, 0, 0))

    def test_a_method_that_does_not_answer_each_item_is_not_used(self):
        self.write({"id": "x"})
        for method in ["directory.import", "support.open", "no.such"]:
            self.run_import(self.file, "--method", method, code=3)
            self.assertIn(method, self.done.stderr)

    def test_progress_is_told_when_asked_for(self):
        self.write(*self.reports(30))
        self.run_import(self.file, "--progress", "--batch", "10")
        self.assertRegex(self.done.stderr, r"30 items, 0 refused, \d+/s, 0:00:00 left\n$")

    def test_a_role_without_the_right_is_denied(self):
        daemon = self.new_daemon(config=SMALL, access=ACCESS.replace("stoploss.*", "stoploss.list"))
        daemon.start()
        self.write(*self.reports(1))
        self.assertIsNone(self.run_import(self.file, daemon=daemon, code=4))


class LongRecordTests(ImportCase):
    """An import of many reports a call leaves long records in the log; whoever reads it has to be able to."""

    def test_the_log_is_read_and_verified_in_pages_that_are_as_long_as_an_answer_may_be(self):
        # Some 5 MB of records, more than one answer holds.
        self.write(*(of_its_own(5_000_000 + number) for number in range(25_000)))
        self.assertEqual(self.counts(self.file, "--batch", "500"), (25_000, 0, 0))
        done = run_ctl("audit", "verify", socket_path=self.daemon.socket_path, timeout=120)
        self.assertEqual(done.returncode, 0, done.stderr)
        with self.daemon.connect() as client:
            size = client.call("audit.checkpoint")["size"]
            forwards = self.pages(client, "audit.entries", "from", {"from": 0, "limit": 1000})
            backwards = self.pages(client, "audit.tail", "before", {"limit": 500})
        self.assertEqual([len(pages) > 4 for pages in (forwards, backwards)], [True, True])
        for pages in (forwards, [page[::-1] for page in backwards[::-1]]):
            # The log grows by the reading itself.
            self.assertEqual(sum(pages, [])[:size], list(range(size)))

    @staticmethod
    def pages(client, method, member, params):
        """The numbers of all records, page by page."""
        pages = []
        while True:
            page = client.call(method, params)
            pages.append([item["seq"] for item in page["items"]])
            if "next" not in page or method == "audit.entries" and page["next"] >= page["size"]:
                return pages
            params[member] = page["next"]


class InterruptedImportTests(ImportCase):
    """What is killed goes on, and nothing is entered twice."""

    COUNT = 3_000

    def setUp(self):
        super().setUp()
        self.other = self.new_daemon()
        self.other.start()
        self.write(*map(of_its_own, range(self.COUNT)))

    def begin(self, *arguments):
        """An import that runs until it is waited for, once it has entered something."""
        client = subprocess.Popen(
            [STATIONCTL, "import", str(self.file), "--batch", "20", "--json", "--socket", self.other.socket_path,
             *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.addCleanup(lambda: (client.poll() is None and client.kill(), client.communicate()))
        wait_until(lambda: len(self.other.call("stoploss.list", {"limit": 100})["items"]) == 100, "some reports")
        self.assertIsNone(client.poll(), "the import was over before it could be interrupted")
        return client

    def check(self, had=None):
        """Runs it (again); everything is there once."""
        told = self.run_import(self.file, daemon=self.other)
        self.assertEqual(told["accepted"] + told["duplicate"], self.COUNT)
        if had is not None:
            self.assertEqual(told["accepted"], self.COUNT - had)
        self.assertEqual(len(self.stored(self.other)), self.COUNT)
        figures = self.other.call("stoploss.figures", {"from": "2026-01-01", "to": "2026-12-31"})
        self.assertIn(str(self.COUNT), json.dumps(figures))

    def test_the_client_is_killed(self):
        client = self.begin()
        client.kill()
        client.wait()
        # What was sent may still be entered: the daemon ends it with the connection.
        self.other.restart()
        had = len(self.stored(self.other))
        self.assertTrue(100 <= had < self.COUNT, had)
        self.check(had)

    def test_the_daemon_is_killed_and_comes_back_while_the_import_waits(self):
        client = self.begin()
        self.other.kill()
        self.other.start()
        out, err = client.communicate(timeout=120)
        self.assertEqual(client.returncode, 0, err)
        told = json.loads(out)
        self.assertEqual(told["accepted"] + told["duplicate"], self.COUNT)
        self.check(self.COUNT)

    def test_the_daemon_stays_away(self):
        client = self.begin("--timeout", "0.5")
        self.other.kill()
        _, err = client.communicate(timeout=60)
        self.assertEqual(client.returncode, 2, err)
        self.assertIn("run the same command again", err)
        self.other.start()
        self.check()

    def test_the_daemon_is_stopped_in_order_and_comes_back(self):
        client = self.begin()
        self.other.restart()
        _, err = client.communicate(timeout=120)
        self.assertEqual(client.returncode, 0, err)
        self.check(self.COUNT)


SMALL = """
origin: import.example/audit
access: access.yaml
state: {dir}/state
socket: {dir}/stationd.sock
calendars: {data}/calendar
directory: {data}/directory.example.json
modules:
  stoploss: {}
limits:
  frame_bytes: 4096
"""
ACCESS = f"""
roles:
  desk: {{methods: ["stoploss.*"], scope: own}}
bindings:
  - {{user: ["{os.getuid()}"], roles: [desk], unit: anti-fraud}}
"""

if __name__ == "__main__":
    unittest.main()
