"""The proofs of a real daemon, checked by code that is not ours: Go's transparency log library (interop/verify.go)."""

import base64
import json
import os
import shutil
import subprocess
import unittest

from auditlog import ledger, read_log
from harness import REPOSITORY, STATIONCTL, DaemonTestCase, new_directory, run_ctl

GO = shutil.which("go")
LIBRARY = "/usr/share/gocode/src/golang.org/x/mod/sumdb"


class InteropTests(DaemonTestCase):
    RECORDS = 700

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.home = new_directory()
        cls.addClassCleanup(shutil.rmtree, cls.home, ignore_errors=True)
        with cls.daemon.connect() as client:
            # Not one by one: the log grows past two tiles of 256 quickly.
            calls = [client.begin("support.open", {"scenario": 1 + number % 22, "station": "st-01",
                                                   "urgency": "routine", "summary": "proofs"})
                     for number in range(50)]
            for number in calls:
                client.finish(number)
            while client.call("audit.checkpoint")["size"] < cls.RECORDS:
                calls = [client.begin("support.get", {"id": "SR-2000-000001"}, purpose="audit", reason="proofs")
                         for _ in range(50)]
                for number in calls:
                    client.answer(number)
            cls.head = client.call("audit.checkpoint")
            cls.size = cls.head["size"]

    def setUp(self):
        if not GO or not os.path.isdir(LIBRARY):
            self.fail("Go and its library are needed: apt-get install golang-go golang-golang-x-mod-dev")

    def verify(self, value):
        path = self.home / "proofs.json"
        path.write_text(json.dumps(value))
        return subprocess.run(
            ["go", "run", str(REPOSITORY / "Tests/interop/verify.go"), str(path)], capture_output=True, text=True,
            timeout=180, env=dict(os.environ, GO111MODULE="off", GOPATH="/usr/share/gocode", GOFLAGS="",
                                  GOCACHE=str(self.home / "go-cache")))

    def proofs(self):
        """What verify.go reads, with proofs at every kind of place: ends, tile borders, odd places."""
        places = sorted({0, 1, 2, 3, 127, 254, 255, 256, 257, 511, 512, 513, self.size - 2, self.size - 1})
        olds = sorted({1, 2, 3, 255, 256, 257, 511, 512, 600, self.size - 1, self.size})
        value = {"verifier_key": self.head["verifier_key"], "checkpoint": self.head["checkpoint"],
                 "records": [], "consistency": []}
        with self.daemon.connect() as client:
            for place in places:
                answer = client.call("audit.prove", {"seq": place, "size": self.size})
                value["records"].append({"index": answer["index"], "leaf_base64": answer["leaf"],
                                         "proof": answer["proof"]})
                self.assertEqual(ledger.open_checkpoint(answer["checkpoint"], answer["verifier_key"])[0], self.size)
            for old in olds:
                answer = client.call("audit.consistency", {"old": old, "new": self.size})
                value["consistency"].append({"old": answer["old"], "old_root": answer["old_root"],
                                             "proof": answer["proof"]})
        return value

    def test_go_accepts_every_proof_and_refuses_every_spoiled_one(self):
        value = self.proofs()
        done = self.verify(value)
        self.assertEqual(done.returncode, 0, done.stderr)
        accepted = 1 + len(value["records"]) + len(value["consistency"])
        self.assertIn(f"{accepted} proofs of a tree of {self.size} leaves accepted", done.stdout)

    def test_go_refuses_what_is_changed(self):
        """That the test above can fail: proofs changed before they reach the verifier."""
        def leaf(value):
            data = bytearray(base64.b64decode(value["records"][3]["leaf_base64"]))
            data[10] ^= 1
            value["records"][3]["leaf_base64"] = base64.b64encode(data).decode()

        def root(value):
            lines = value["checkpoint"].split("\n")
            lines[2] = base64.b64encode(bytes(32)).decode()
            value["checkpoint"] = "\n".join(lines)

        def key(value):
            # The key of RFC 8032, test 1: a valid one, of somebody else.
            value["verifier_key"] = "stationd.example/audit+6a56edb5+AddamAGCsQq31Uv+08lkBzoO4XLz2qYjJa8CGmj3B1Ea"

        def exchange(value):
            records = value["records"]
            records[4]["proof"], records[5]["proof"] = records[5]["proof"], records[4]["proof"]

        def shorten(value):
            value["consistency"][2]["proof"].pop()

        def older(value):
            value["consistency"][3]["old"] += 1

        good = self.proofs()
        for change in (leaf, root, key, exchange, shorten, older):
            with self.subTest(change.__name__):
                value = json.loads(json.dumps(good))
                change(value)
                done = self.verify(value)
                self.assertEqual(done.returncode, 1, done.stdout)
                self.assertIn("interop:", done.stderr)

    def test_the_portable_proof_of_an_export(self):
        if not os.access(STATIONCTL, os.X_OK):
            self.fail(f"no stationctl at {STATIONCTL} (set STATIONCTL)")
        log = read_log(self.daemon)
        value = None
        for place in (0, 256, 600):
            path = self.home / f"record-{place}.proof"
            done = run_ctl("audit", "export", place, "--out", path, socket_path=self.daemon.socket_path)
            self.assertEqual(done.returncode, 0, done.stderr)
            text, record = path.read_text(), (self.home / f"{path.name}.leaf").read_bytes()
            self.assertEqual(record, log.leaves[place])
            self.assertEqual(ledger.check_portable_proof(text, record, log.key)[0], place)
            head, _, note = text.partition("\n\n")
            first, index, *hashes = head.split("\n")
            self.assertEqual((first, index), ("c2sp.org/tlog-proof@v1", f"index {place}"))
            if value is None or value["checkpoint"] != note:
                value = {"verifier_key": log.key, "checkpoint": note, "records": [], "consistency": []}
            value["records"].append({"index": place, "leaf_base64": base64.b64encode(record).decode(),
                                     "proof": hashes})
            for spoiled in (record + b" ", record[:-1], b""):
                with self.assertRaises(ledger.Invalid):
                    ledger.check_portable_proof(text, spoiled, log.key)
            with self.assertRaises(ledger.Invalid):
                ledger.check_portable_proof(text.replace(f"index {place}", f"index {place + 1}"), record, log.key)
            check = run_ctl("audit", "check", path, f"{path}.leaf", "--key", log.key)
            self.assertEqual(check.returncode, 0, check.stderr)
            spoiled = self.home / "spoiled.leaf"
            spoiled.write_bytes(bytes([record[0] ^ 1]) + record[1:])
            self.assertNotEqual(run_ctl("audit", "check", path, spoiled, "--key", log.key).returncode, 0)
        size = ledger.open_checkpoint(value["checkpoint"], log.key)[0]
        answer = self.daemon.call("audit.consistency", {"old": 5, "new": size})
        value["consistency"].append({"old": 5, "old_root": answer["old_root"], "proof": answer["proof"]})
        done = self.verify(value)
        self.assertEqual(done.returncode, 0, done.stderr)


if __name__ == "__main__":
    unittest.main()
