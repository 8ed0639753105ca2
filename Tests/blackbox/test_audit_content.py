"""What a record of the log wrote, given to somebody else: a chain of custody with its proofs, checked without a daemon."""

import base64
import hashlib
import json
import shutil
import unittest

from auditlog import ledger, read_log
from harness import DaemonTestCase, new_directory, run_ctl

RECEIVE = {"unit": "st-02", "kind": "unclear", "summary": "A brawl in a restaurant",
           "reporter": {"name": "王小明", "phone": "13800005678"}}
KNIVES = {"kind": "physical", "description": "Kitchen knives", "quantity": 2, "condition": "sealed",
          "handler": "officer-0211", "custodian": "keeper-02"}


def commits(leaf, content):
    """Whether the leaf commits to this content: written down from the documentation, not from the code."""
    salt, body = (base64.b64decode(content[member]) for member in ("salt", "body"))
    named = b"".join(str(content[member]).encode() + b"\0" for member in ("collection", "id", "version"))
    commitment = base64.b64encode(hashlib.sha256(salt + named + body).digest()).decode()
    return [content["collection"], content["id"], content["version"], commitment] in json.loads(leaf)["written"]


class ContentTests(DaemonTestCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.home = new_directory()
        cls.addClassCleanup(shutil.rmtree, cls.home, ignore_errors=True)
        with cls.daemon.connect() as client:
            cls.case = client.call("transfer.receive", RECEIVE)["id"]
            item = client.call("transfer.evidence.add", dict(KNIVES, id=cls.case))["item"]
            cls.item = item["number"] if isinstance(item, dict) else item
            for keeper in ("keeper-03", "keeper-04"):
                client.call("transfer.evidence.move",
                            {"id": cls.case, "item": cls.item, "link": "moved", "custodian": keeper})
            cls.key = client.call("audit.checkpoint")["verifier_key"]

    def ctl(self, *arguments, **options):
        return run_ctl(*arguments, socket_path=self.daemon.socket_path, **options)

    def exported(self, name):
        """The chain of custody in a folder of files: who asks for it needs two commands."""
        chain = self.ctl("transfer", "custody", self.case, self.item, "--ndjson")
        self.assertEqual(chain.returncode, 0, chain.stderr)
        folder = self.home / name
        done = self.ctl("audit", "export", "--records", "-", "--content", "--key", self.key, "--out", folder,
                        stdin=chain.stdout)
        self.assertEqual(done.returncode, 0, done.stderr)
        return [json.loads(line) for line in chain.stdout.splitlines()], sorted(folder.glob("*.tlog-proof"))

    def check(self, proof, leaf=None, content=None):
        return run_ctl("audit", "check", proof, leaf or f"{proof}.leaf", content or f"{proof}.content",
                       "--key", self.key, "--json", socket_path="/nowhere")

    def test_a_chain_is_proved_without_the_daemon(self):
        links, proofs = self.exported("chain")
        self.assertEqual(len(links), 3)
        self.assertEqual(len(proofs), 3)
        found = {}
        for proof in proofs:
            leaf = (proof.parent / f"{proof.name}.leaf").read_bytes()
            ledger.check_portable_proof(proof.read_text(), leaf, self.key)
            for line in (proof.parent / f"{proof.name}.content").read_text().splitlines():
                content = json.loads(line)
                self.assertTrue(commits(leaf, content))
                found[content["id"]] = json.loads(base64.b64decode(content["body"]))
            told = self.check(proof)
            self.assertEqual(told.returncode, 0, told.stderr)
            for written in json.loads(told.stdout)["written"]:
                self.assertEqual(written["body"], found[written["id"]])
        for link in links:
            body = found[link["record"]["id"]]
            self.assertEqual(body["link"], link["link"])

    def test_another_content_is_refused(self):
        _, proofs = self.exported("spoiled")
        first, second = proofs[:2]
        path = first.parent / f"{first.name}.content"
        content = json.loads(path.read_text().splitlines()[0])
        for change in ({"body": base64.b64encode(b"{}").decode()}, {"salt": base64.b64encode(bytes(16)).decode()},
                       {"id": "another"}, {"version": 2}, {"collection": "transfer.item"}):
            with self.subTest(change):
                path.write_text(json.dumps({**content, **change}) + "\n")
                told = self.check(first)
                self.assertEqual(told.returncode, 1, told.stdout)
                self.assertIn("did not write this", told.stderr)
        for text in ("{}\n", "no JSON\n", json.dumps({**content, "salt": "!"}) + "\n"):
            with self.subTest(text):
                path.write_text(text)
                self.assertEqual(self.check(first).returncode, 3)
        path.write_text(json.dumps(content) + "\n")
        self.assertEqual(self.check(first).returncode, 0)
        # Good by itself, and of another record.
        self.assertEqual(self.check(first, content=second.parent / f"{second.name}.content").returncode, 1)

    def test_what_may_not_be_opened(self):
        with self.connect() as client:
            for method, params in (("transfer.receive", RECEIVE), ("support.open", {
                    "scenario": 1, "station": "st-01", "urgency": "routine", "summary": "none of it is opened"})):
                client.call(method, params)
                newest = client.call("audit.tail", {"limit": 1})["items"][0]
                self.assertTrue(newest["written"])
                with self.subTest(method), self.refused("not_found", "/seq"):
                    client.call("audit.open", {"seq": newest["seq"]})
            with self.refused("not_found", "/seq"):
                client.call("audit.open", {"seq": 10_000_000})
            link = client.call("transfer.custody", {"id": self.case, "item": self.item})["items"][0]["record"]
            seq = client.call("audit.find", link)["items"][0]["seq"]
            self.assertEqual([item["id"] for item in client.call("audit.open", {"seq": seq, "id": link["id"]})["items"]],
                             [link["id"]])
            with self.refused("not_found", "/seq"):
                client.call("audit.open", {"seq": seq, "id": "another"})

    def test_a_record_that_was_read_is_named_by_who_read_it(self):
        daemon = self.new_daemon().start()
        with daemon.connect() as client:
            client.call("transfer.receive", RECEIVE, reason="from the duty officer")
            seq = client.call("audit.tail", {"limit": 1})["items"][0]["seq"]
            entry = client.call("audit.entry", {"seq": seq}, purpose="audit", reason="inspection")
            self.assertEqual(entry["detail"]["reason"], "from the duty officer")
        log = read_log(daemon)
        [record] = log.of("audit.entry")
        commitment = base64.b64encode(ledger.leaf_hash(log.leaves[seq])).decode()
        self.assertEqual(record["read"], [["audit", str(seq), 1, commitment]])
        self.assertEqual(daemon.stop(), 0)
        verified = run_ctl("audit", "verify", "--state", daemon.directory)
        self.assertEqual(verified.returncode, 0, verified.stderr)

    def test_wrong_use(self):
        for arguments, stdin in ((("audit", "export"), None), (("audit", "export", 1, "--records", "-"), ""),
                                 (("audit", "export", "--records", "-"), ""),
                                 (("audit", "export", "--records", "-"), "no JSON"),
                                 (("audit", "export", "--records", "-"), "[]"),
                                 (("audit", "export", "--records", "-"), '{"record": 1}'),
                                 (("audit", "export", "--records", "/nowhere"), None)):
            with self.subTest(arguments, stdin=stdin):
                done = self.ctl(*arguments, stdin=stdin)
                self.assertEqual(done.returncode, 3, done.stderr)
                self.assertNotEqual(done.stderr, "")
        unknown = json.dumps({"record": {"collection": "transfer.custody", "id": "nobody", "version": 1}})
        done = self.ctl("audit", "export", "--records", "-", stdin=unknown)
        self.assertEqual(done.returncode, 3)
        self.assertIn("no record of the log wrote", done.stderr)


if __name__ == "__main__":
    unittest.main()
