"""The bank spool through a running daemon: files out, files in, kill -9 in between.

What is written is checked against the published schemas of ISO 20022: they come with the package camt-exceptions
from PyPI (camt.056.001.12 and camt.029.001.14; the elements that stationd writes and reads are the same in all
versions that it takes), and with xmllint (Debian: libxml2-utils).
"""

import importlib.util
import os
import random
import re
import shutil
import socket
import subprocess
import tempfile
import threading
import time
import unittest
from datetime import datetime, timedelta, timezone
from pathlib import Path

from harness import (
    LONG, REPOSITORY, CallError, Daemon, DaemonTestCase, luhn, new_directory, run_ctl, wait_until)

SHANGHAI = timezone(timedelta(hours=8))
VICTIM = "6200000000000005"
# The group of a connector; no account needs to have it.
LINE = 54321
WHY = {"purpose": "handling", "reason": "test of the spool"}
CONFIG = """
origin: spool.example/audit
access: access.yaml
state: {dir}/state
socket: {dir}/stationd.sock
calendars: {data}/calendar
directory: {data}/directory.example.json
modules:
  stoploss:
    spool: {dir}/bank
    spool_mode: "0750"
"""
ACCESS = f"""
roles:
  desk: {{methods: ["stoploss.*"], scope: own}}
  auditor: {{methods: ["audit.*"], scope: all}}
bindings:
  - {{user: ["{os.getuid()}"], roles: [desk, auditor], unit: anti-fraud}}
"""


def instant(minutes=0):
    """So many minutes from now."""
    return (datetime.now(SHANGHAI) + timedelta(minutes=minutes)).isoformat(timespec="milliseconds")


def schema(message):
    """The published schema of a message."""
    package = importlib.util.find_spec("camt_exceptions")
    if package is None:
        raise AssertionError("install camt-exceptions (Tests/blackbox/requirements-nodeps.txt)")
    return Path(package.submodule_search_locations[0]) / "templates" / message / f"{message}.xsd"


def validate(text, version):
    """Checks a document against a published schema; None or what xmllint says."""
    name = version.rsplit(".", 1)[0]
    renamed, count = re.subn(re.escape(f"xsd:{name}.") + r"\d\d", f"xsd:{version}", text)
    if count != 1:
        return f"not a {name}"
    with tempfile.NamedTemporaryFile("w", suffix=".xml", encoding="utf-8") as file:
        file.write(renamed)
        file.flush()
        done = subprocess.run(
            ["xmllint", "--noout", "--nonet", "--schema", str(schema(version)), file.name],
            capture_output=True, text=True, timeout=60)
    return None if done.returncode == 0 else done.stderr


def answer(message, status="CNCL", held="50000.00", number="BANK-1", at=None, reasons=""):
    """A camt.029 as a bank writes it."""
    bank = "<Agt><FinInstnId><BICFI>ICBKCNBJ</BICFI></FinInstnId></Agt>"
    police = "<Pty><Nm>示例市公安局反诈中心</Nm></Pty>"
    case = f"<RslvdCase><Id>{message}</Id><Cretr>{police}</Cretr></RslvdCase>"
    details = f"<CxlDtls><TxInfAndSts>{case}{reasons}</TxInfAndSts></CxlDtls>" if reasons else ""
    amount = (
        f'<RsltnRltdInf><IntrBkSttlmAmt Ccy="CNY">{held}</IntrBkSttlmAmt></RsltnRltdInf>' if held else "")
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.029.001.09"><RsltnOfInvstgtn>'
        f"<Assgnmt><Id>{number}</Id><Assgnr>{bank}</Assgnr><Assgne>{police}</Assgne>"
        f"<CreDtTm>{at or instant()}</CreDtTm></Assgnmt>{case}<Sts><Conf>{status}</Conf></Sts>"
        f"{details}{amount}</RsltnOfInvstgtn></Document>\n")


class Bank:
    """The far side of a spool."""

    def __init__(self, daemon, folder):
        self.daemon = daemon
        self.folder = folder
        self.cards = 0

    def names(self, folder):
        try:
            return sorted(os.listdir(self.folder / folder))
        except FileNotFoundError:
            return []

    def text(self, folder, name):
        return (self.folder / folder / name).read_text(encoding="utf-8")

    def put(self, content, name):
        """As a connector should: whole, then renamed."""
        data = content if isinstance(content, bytes) else content.encode()
        draft = self.folder / "in" / f".{name}"
        draft.write_bytes(data)
        draft.rename(self.folder / "in" / name)

    def report(self, call, holder="李四", bank="ICBKCNBJ", transfers=1):
        """Reports a fraud of 50,000.00 yuan and asks for a stop; (stop, message)."""
        self.cards += 1
        card = luhn(f"62220200{self.cards:010d}")
        account = {"number": card, "kind": "card", "role": "suspect", "holder": holder}
        if bank:
            account["bank"] = bank
        report = call("stoploss.report", {
            "station": "st-02", "fraud_type": "brushing_rebate", "occurred_at": instant(-30),
            "victim": {"name": "张三"},
            "accounts": [{"number": VICTIM, "kind": "card", "role": "victim"}, account],
            "transfers": [
                {"at": instant(-30 + place), "amount": 5_000_000 // transfers, "from": VICTIM, "to": card,
                 "reference": f"TX-{self.cards}-{place}"}
                for place in range(transfers)]})
        [suspect] = report["steps"][0]["accounts"]
        stop = call("stoploss.stop.request", {"report": report["id"], "account": suspect["account"]})
        return stop["id"], self.message(call, stop["id"])["id"]

    @staticmethod
    def message(call, stop):
        for state in ["waiting", "prepared", "sent", "answered", "dropped"]:
            for item in call("stoploss.spool.list", {"state": state, "limit": 500})["items"]:
                if item["stop"] == stop:
                    return item
        raise AssertionError(f"no message for {stop}")

    def file(self, message):
        return f"camt.056.001.08_{message}.xml"

    def wait_out(self, message):
        wait_until(lambda: self.file(message) in self.names("out"), "the message in out/")
        return self.text("out", self.file(message))

    def wait_gone(self, name):
        wait_until(lambda: name not in self.names("in"), f"{name} to be taken")


class SchemaTests(unittest.TestCase):
    """What this suite and the docs take for an answer is one by the published schema."""

    def test_xmllint_and_the_schemas_are_there(self):
        self.assertIsNotNone(shutil.which("xmllint"), "install libxml2-utils")
        for message in ["camt.056.001.12", "camt.029.001.14"]:
            self.assertTrue(schema(message).exists(), message)

    def test_the_check_finds_a_wrong_document(self):
        self.assertIsNotNone(validate(answer("m").replace("<Sts>", "<Stz>").replace("</Sts>", "</Stz>"),
                                      "camt.029.001.14"))

    def test_the_answers_of_this_suite(self):
        for document in [
            answer("m"), answer("m", "PDCR", held=None), answer("m", "RJCR", held=None),
            answer("m", "PECR", held="1"),
            answer("m", "RJCR", held=None,
                   reasons="<TxCxlSts>RJCR</TxCxlSts><CxlStsRsnInf><Rsn><Cd>AM09</Cd></Rsn></CxlStsRsnInf>"
                           "<CxlStsRsnInf><Rsn><Prtry>NAME</Prtry></Rsn></CxlStsRsnInf>"),
        ]:
            self.assertIsNone(validate(document, "camt.029.001.14"), document)

    def test_the_answer_in_the_docs(self):
        [example] = re.findall(r"```xml\n(.*?)```", (REPOSITORY / "docs/spool.md").read_text("utf-8"), re.S)
        self.assertIsNone(validate(example, "camt.029.001.14"))


class SpoolTests(DaemonTestCase):
    """One development daemon, whose spool is in its directory."""

    def setUp(self):
        self.client = self.connect()
        self.call = self.client.call
        self.bank = Bank(self.daemon, self.daemon.directory / "spool")
        self.bank.cards = SpoolTests.used = getattr(SpoolTests, "used", 0) + 100

    def stop(self, number):
        return self.call("stoploss.stop.get", {"id": number}, **WHY)

    def test_a_message_is_one_by_the_published_schema(self):
        for options in [{}, {"transfers": 20}, {"bank": None}, {"bank": "102100099996"}, {"bank": "ALIPAY"},
                        {"holder": "<李&四> \"'"}]:
            _, message = self.bank.report(self.call, **options)
            text = self.bank.wait_out(message)
            self.assertIsNone(validate(text, "camt.056.001.12"), options)
            self.assertIn("<Cd>FRAD</Cd>", text)
            self.assertNotIn("张三", text)

    def test_a_message_leaves_within_a_moment(self):
        started = time.monotonic()
        _, message = self.bank.report(self.call)
        self.bank.wait_out(message)
        self.assertLess(time.monotonic() - started, 5)
        wait_until(
            lambda: any(item["id"] == message for item in
                        self.call("stoploss.spool.list", {"state": "sent", "limit": 500})["items"]),
            "the message in state sent")

    def test_the_bank_stops(self):
        stop, message = self.bank.report(self.call)
        self.bank.wait_out(message)
        at = instant()
        self.bank.put(answer(message, held="12345.67", at=at), "held.xml")
        self.bank.wait_gone("held.xml")
        shown = self.stop(stop)
        self.assertEqual((shown["state"], shown["held"]), ("stopped", 1_234_567))
        self.assertIn("held.xml", self.bank.names("done"))

    def test_the_answer_of_the_docs_is_taken(self):
        [example] = re.findall(r"```xml\n(.*?)```", (REPOSITORY / "docs/spool.md").read_text("utf-8"), re.S)
        stop, message = self.bank.report(self.call)
        self.bank.wait_out(message)
        example = example.replace("370202-BM-2026-000001", message)
        example = re.sub(r"<CreDtTm>.*?</CreDtTm>", f"<CreDtTm>{instant()}</CreDtTm>", example)
        self.bank.put(example, "docs.xml")
        self.bank.wait_gone("docs.xml")
        self.assertEqual(self.stop(stop)["state"], "stopped")

    def test_the_bank_refuses(self):
        for word, mismatch in [("NAME", ["name"]), ("TIME", ["time"])]:
            stop, message = self.bank.report(self.call)
            self.bank.wait_out(message)
            reasons = f"<TxCxlSts>RJCR</TxCxlSts><CxlStsRsnInf><Rsn><Prtry>{word}</Prtry></Rsn></CxlStsRsnInf>"
            self.bank.put(answer(message, "RJCR", held=None, reasons=reasons), f"{word}.xml")
            self.bank.wait_gone(f"{word}.xml")
            shown = self.stop(stop)
            self.assertEqual((shown["state"], shown["held"]), ("refused_mismatch", 0))
            self.assertEqual(shown.get("mismatch"), mismatch)

    def test_files_that_cannot_be_taken(self):
        stop, message = self.bank.report(self.call)
        self.bank.wait_out(message)
        good = answer(message)
        bomb = "".join(f'<!ENTITY a{n} "&a{n - 1};&a{n - 1};">' for n in range(1, 40))
        broken = {
            "empty": (b"", "empty"), "cut": (good[:-25], "truncated"), "binary": (bytes(range(256)), "not_utf8"),
            "random": (random.Random(7).randbytes(5000), "not_utf8"), "text": ("hello", "not_xml"),
            "latin": (b"<a>\xe9</a>", "not_utf8"), "huge": (b" " * (256 * 1024 + 1), "too_large"),
            "enormous": (b"<a>" * 3_000_000, "too_large"),
            "bomb": (f'<!DOCTYPE a [<!ENTITY a0 "ha">{bomb}]><a>&a39;</a>', "doctype"),
            "external": ('<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>', "doctype"),
            "deep": ("<a>" * 50_000, "too_complex"), "unknown": (answer("nobody-BM-2026-000001"), "unknown_message"),
            "above": (answer(message, held="50000.01"), "amount_above_request"),
            "future": (answer(message, at=instant(60)), "in_future"),
            "before": (answer(message, at=instant(-60)), "refused_by_rule"),
            "dollars": (good.replace('Ccy="CNY"', 'Ccy="USD"'), "currency"),
            "bad name": (good, "bad_name"),
        }
        for name, (content, _) in broken.items():
            self.bank.put(content, name)
        for name, (_, reason) in broken.items():
            self.bank.wait_gone(name)
            self.assertIn(name, self.bank.names("set-aside"))
            code, english, chinese = self.bank.text("set-aside", f"{name}.reason").splitlines()
            self.assertEqual(code, reason, name)
            self.assertRegex(english, "[a-z]")
            self.assertRegex(chinese, "[\u4e00-\u9fff]")
        self.assertEqual(self.stop(stop)["state"], "stop_requested")
        self.bank.put(good, "good.xml")
        self.bank.wait_gone("good.xml")
        self.assertEqual(self.stop(stop)["state"], "stopped")

    def test_what_is_no_file(self):
        incoming = self.bank.folder / "in"
        (incoming / "folder").mkdir()
        (incoming / "link").symlink_to("/etc/passwd")
        os.mkfifo(incoming / "pipe")
        listener = socket.socket(socket.AF_UNIX)
        self.addCleanup(listener.close)
        listener.bind(str(incoming / "socket"))
        for name in ["folder", "link", "pipe", "socket"]:
            self.bank.wait_gone(name)
            self.assertTrue(self.bank.text("set-aside", f"{name}.reason").startswith("not_regular\n"), name)
        self.assertTrue((self.bank.folder / "set-aside/link").is_symlink())

    def test_an_answer_twice_and_one_that_contradicts(self):
        stop, message = self.bank.report(self.call)
        self.bank.wait_out(message)
        same = answer(message, number="SAME")
        for name, why in [("first.xml", None), ("second.xml", "duplicate"), ("first.xml", "duplicate")]:
            self.bank.put(same, name)
            self.bank.wait_gone(name)
            self.assertEqual(why is not None, name in self.bank.names("set-aside"))
            if why:
                self.assertTrue(self.bank.text("set-aside", f"{name}.reason").startswith(f"{why}\n"))
        self.bank.put(answer(message, number="OTHER"), "other.xml")
        self.bank.wait_gone("other.xml")
        self.assertTrue(self.bank.text("set-aside", "other.xml.reason").startswith("duplicate\n"))
        self.bank.put(answer(message, "RJCR", held=None), "third.xml")
        self.bank.wait_gone("third.xml")
        self.assertTrue(self.bank.text("set-aside", "third.xml.reason").startswith("contradicts\n"))
        shown = self.stop(stop)
        self.assertEqual(shown["state"], "stopped")
        self.assertEqual(sum(line["action"].startswith("answer") for line in shown["history"]), 1)

    def test_equal_files_are_listed_and_go_back_each_by_itself(self):
        names = {"e1.xml", "e2.xml", "e3.xml"}

        def items(state):
            items = self.call("stoploss.spool.list", {"state": state, "limit": 500})["items"]
            return [item for item in items if item.get("name") in names]

        for name in sorted(names):
            self.bank.put("<equal", name)
            self.bank.wait_gone(name)
        self.assertEqual({item["name"] for item in items("set_aside")}, names)
        for item in items("set_aside"):
            self.call("stoploss.spool.retry", {"id": item["id"]})
        wait_until(lambda: [item["times"] for item in items("set_aside")] == [2, 2, 2], "a second try of each")

    def test_a_file_goes_back_when_somebody_asks(self):
        self.bank.put("<again", "again.xml")
        self.bank.wait_gone("again.xml")
        [item] = [item for item in self.call("stoploss.spool.list", {"state": "set_aside", "limit": 500})["items"]
                  if item.get("name") == "again.xml"]
        self.assertEqual((item["reason"]["code"], item["times"]), ("truncated", 1))
        self.assertEqual(self.call("stoploss.spool.retry", {"id": item["id"]})["state"], "retry")

        def tried():
            items = self.call("stoploss.spool.list", {"state": "set_aside", "limit": 500})["items"]
            return any(other["id"] == item["id"] and other["times"] == 2 for other in items)

        wait_until(tried, "a second try")
        wait_until(lambda: "again.xml" in self.bank.names("set-aside"), "the file to be set aside again")

    def test_names_that_are_left_alone(self):
        _, message = self.bank.report(self.call)
        for name in [".hidden.xml", "half.xml.tmp"]:
            (self.bank.folder / "in" / name).write_text(answer(message))
        self.bank.put("<end", "end.xml")
        self.bank.wait_gone("end.xml")
        self.assertLessEqual({".hidden.xml", "half.xml.tmp"}, set(self.bank.names("in")))

    def test_no_client_can_play_the_spooler(self):
        for method in ["status", "waiting", "prepared", "sent", "receive", "set_aside"]:
            with self.assertRaises(CallError) as caught:
                self.call(f"stoploss.spool.{method}", {}, **WHY)
            self.assertIn(caught.exception.kind, ["denied", "method_not_found"], method)

    def test_a_file_set_aside_is_told_of(self):
        subscriber = self.connect()
        subscriber.call("events.subscribe", {})
        self.bank.put("<told", "told.xml")
        told = []
        while not told:
            events = subscriber.notification()["params"]["events"]
            told = [event["payload"] for event in events if event["kind"] == "stoploss.spool_set_aside"]
        self.assertEqual(told[0]["to"], ["anti-fraud"])
        self.assertEqual(told[0]["reason"], "truncated")

    def test_the_log_is_written_as_the_daemon_itself_and_stays_quiet(self):
        _, message = self.bank.report(self.call)
        self.bank.wait_out(message)
        self.bank.put(answer(message), "logged.xml")
        self.bank.wait_gone("logged.xml")
        items = self.call("audit.tail", {"limit": 200})["items"]
        ours = {item["method"]: item for item in items if item["method"].startswith("stoploss.spool.")}
        for method in ["waiting", "prepared", "sent", "receive"]:
            self.assertEqual(ours[f"stoploss.spool.{method}"]["by"]["roles"], ["system"])
        size = self.call("audit.checkpoint")["size"]
        time.sleep(2.5)  # Two looks of the spooler: nothing to see but that nothing is written.
        self.assertEqual(self.call("audit.checkpoint")["size"], size)

    def test_stationctl_lists(self):
        self.bank.put("<listed", "listed.xml")
        self.bank.wait_gone("listed.xml")
        done = run_ctl("stoploss", "spool", "list", "set_aside", socket_path=self.daemon.socket_path)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("listed.xml", done.stdout)


class ConfiguredTests(unittest.TestCase):
    """A daemon with a configuration of its own."""

    def daemon(self, config=CONFIG):
        daemon = Daemon(config=config, access=ACCESS)
        self.addCleanup(daemon.remove)
        return daemon

    def test_the_folders_and_their_modes(self):
        daemon = self.daemon().start()
        folder = daemon.directory / "bank"
        modes = {name: (folder / name).stat().st_mode & 0o7777 for name in os.listdir(folder)}
        self.assertEqual(modes, {
            "out": 0o750, "in": 0o750, "work": 0o700, "done": 0o700, "set-aside": 0o700, ".lock": 0o600})
        self.assertEqual(folder.stat().st_mode & 0o7777, 0o710)
        bank = Bank(daemon, folder)
        _, message = bank.report(daemon.call)
        bank.wait_out(message)
        self.assertEqual((folder / "out" / bank.file(message)).stat().st_mode & 0o7777, 0o640)
        self.assertEqual(daemon.stop(), 0)

    def test_a_spool_that_everybody_may_write_to_is_refused(self):
        daemon = self.daemon()
        (daemon.directory / "bank").mkdir()
        (daemon.directory / "bank").chmod(0o777)
        daemon.spawn()
        self.assertNotEqual(daemon.wait_end(), 0)
        self.assertIn("everybody", daemon.log)

    def test_two_daemons_do_not_work_one_spool(self):
        first = self.daemon().start()
        second = self.daemon(CONFIG.replace("{dir}/bank", str(first.directory / "bank")))
        second.spawn()
        self.assertNotEqual(second.wait_end(), 0)
        self.assertIn("another daemon", second.log)

    def test_without_a_spool_messages_wait(self):
        daemon = self.daemon(CONFIG[:CONFIG.index("modules:")]).start()
        bank = Bank(daemon, daemon.directory / "bank")
        _, message = bank.report(daemon.call)
        self.assertEqual(daemon.call("stoploss.spool.list", {"state": "waiting"})["items"][0]["id"], message)
        self.assertFalse((daemon.directory / "bank").exists())

    @unittest.skipUnless(os.getuid() == 0, "only root can be somebody else")
    def test_a_connector_of_its_own_user_can_do_its_work_and_no_more(self):
        daemon = self.daemon()
        daemon.directory.chmod(0o755)
        folder = daemon.directory / "bank"
        for path, mode in [(folder, 0o710), (folder / "out", 0o2770), (folder / "in", 0o2770)]:
            path.mkdir()
            os.chown(path, 0, LINE)
            path.chmod(mode)
        daemon.start()
        bank = Bank(daemon, folder)
        stop, message = bank.report(daemon.call)
        bank.wait_out(message)
        script = f"""
import os, sys
os.umask(0o027)
text = open("out/{bank.file(message)}", encoding="utf-8").read()
assert text.endswith("</Document>\\n")
os.unlink("out/{bank.file(message)}")
with open("in/.draft", "w", encoding="utf-8") as file:
    file.write(sys.stdin.read())
os.rename("in/.draft", "in/answer.xml")
for name in [".", "work", "done", "set-aside", ".lock"]:
    try:
        os.listdir(name) if name != ".lock" else open(name)
    except PermissionError:
        continue
    sys.exit(f"{{name}} is open to it")
"""
        done = subprocess.run(
            ["python3", "-c", script], cwd=folder, user=54322, group=LINE, extra_groups=[],
            input=answer(message), capture_output=True, text=True, timeout=60)
        self.assertEqual(done.returncode, 0, done.stderr)
        bank.wait_gone("answer.xml")
        self.assertEqual(daemon.call("stoploss.stop.get", {"id": stop}, **WHY)["state"], "stopped")

    def test_it_goes_on_after_out_was_away(self):
        daemon = self.daemon().start()
        bank = Bank(daemon, daemon.directory / "bank")
        (bank.folder / "out").rename(bank.folder / "away")
        _, message = bank.report(daemon.call)
        wait_until(lambda: "spool: out" in daemon.log, "a line in the log")
        (bank.folder / "away").rename(bank.folder / "out")
        bank.wait_out(message)


@unittest.skipUnless(shutil.which("strace"), "needs strace")
class PowerCutTests(unittest.TestCase):
    """What a power cut can take away is made anew: each step is on the disk before the next begins."""

    def test_a_message_leaves_by_steps_that_are_on_the_disk(self):
        directory = new_directory()
        self.addCleanup(shutil.rmtree, directory, ignore_errors=True)
        trace = directory / "trace"
        daemon = Daemon(prefix=["strace", "-D", "-f", "-qq", "-y", "-o", str(trace), "-e",
                                "trace=fsync,fdatasync,renameat2"]).start()
        self.addCleanup(daemon.remove)
        bank = Bank(daemon, daemon.directory / "spool")
        stop, message = bank.report(daemon.call)
        bank.wait_out(message)
        wait_until(lambda: bank.message(daemon.call, stop)["state"] == "sent", "the message in state sent")
        daemon.stop()
        folder, name = re.escape(str(bank.folder)), re.escape(bank.file(message))
        kinds = {"made": rf"fsync\(\d+<{folder}/work/{name}>", "work": rf"fsync\(\d+<{folder}/work>",
                 "out": rf"fsync\(\d+<{folder}/out>", "recorded": r"fdatasync\(\d+<.*stationd\.db-wal>",
                 "moved": rf'renameat2\(\d+<{folder}/work>, "{name}", \d+<{folder}/out>, "{name}"'}
        steps = [kind for line in trace.read_text().splitlines() for kind, form in kinds.items()
                 if re.search(form, line)]
        steps = steps[steps.index("made"):]
        # Two folders are synced in either order.
        self.assertEqual(steps[:3], ["made", "work", "recorded"])
        moved = steps.index("moved")
        self.assertCountEqual(steps[moved + 1:moved + 3], ["out", "work"])
        self.assertIn("recorded", steps[moved + 3:])


class KillTests(unittest.TestCase):
    """kill -9 at any moment: each message leaves once, each answer counts once."""

    ROUNDS = 60 if LONG else 12

    def test_kills(self):
        generator = random.Random(20022)
        daemon = Daemon()
        self.addCleanup(daemon.remove)
        daemon.start()
        bank = Bank(daemon, daemon.directory / "spool")
        connector = Connector(bank)
        self.addCleanup(connector.stop)
        connector.start()
        asked = {}
        for _ in range(self.ROUNDS):
            for _ in range(3):
                stop, message = bank.report(daemon.call)
                asked[message] = stop
            time.sleep(generator.uniform(0, 0.06))  # The moment of the kill is what is tested.
            daemon.kill()
            daemon.start()
        wait_until(
            lambda: len(daemon.call("stoploss.spool.list", {"state": "answered", "limit": 500})["items"])
            == len(asked), "every message to be answered", seconds=60)
        connector.stop()
        self.assertEqual(connector.faults, [])
        self.assertEqual(sorted(connector.sent), sorted(map(bank.file, asked)), "each once, and none besides")
        for message, stop in asked.items():
            shown = daemon.call("stoploss.stop.get", {"id": stop}, **WHY)
            self.assertEqual((shown["state"], shown["held"]), ("stopped", 100), message)
            self.assertEqual(sum(line["action"] == "answer_stopped" for line in shown["history"]), 1, message)
        wait_until(lambda: not bank.names("in"), "an empty in/")
        self.assertEqual(bank.names("work"), [])
        self.assertEqual(bank.names("out"), [])
        # Of each pair one was taken, and the other is a duplicate.
        aside = bank.names("set-aside")
        duplicates = {name for name in aside if not name.endswith(".reason")}
        self.assertEqual(sorted(aside), sorted([*duplicates, *(f"{name}.reason" for name in duplicates)]))
        for name in duplicates:
            self.assertTrue(bank.text("set-aside", f"{name}.reason").startswith("duplicate\n"), name)
        pairs = {f"{message}-{one}.xml" for message in asked for one in "ab"}
        self.assertEqual(sorted([*bank.names("done"), *duplicates]), sorted(pairs))
        self.assertEqual(len(duplicates), len(asked))
        self.assertEqual(daemon.stop(), 0)


class Connector(threading.Thread):
    """Takes what is in out/ and answers it, each answer in two files."""

    def __init__(self, bank):
        super().__init__(daemon=True)
        self.bank = bank
        self.sent = []
        self.faults = []
        self.running = True

    def stop(self):
        self.running = False
        if self.is_alive():
            self.join()

    def run(self):
        while self.running:
            for name in self.bank.names("out"):
                text = self.bank.text("out", name)
                fault = None if text.endswith("</Document>\n") else f"{name} is not complete"
                if fault:
                    self.faults.append(fault)
                self.sent.append(name)
                (self.bank.folder / "out" / name).unlink()
                message = name.removeprefix("camt.056.001.08_").removesuffix(".xml")
                document = answer(message, held="1.00", number=f"B-{len(self.sent)}")
                self.bank.put(document, f"{message}-a.xml")
                self.bank.put(document, f"{message}-b.xml")
            time.sleep(0.002)


if __name__ == "__main__":
    unittest.main()
