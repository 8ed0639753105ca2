"""The log against what was done, and one record of it for somebody who has no daemon."""

import base64
import hashlib
import json
import subprocess
from collections import Counter
from pathlib import Path

import ledger
from story import Mismatch

MODULES = {"support", "dev", "stoploss", "mediation", "keyperson", "transfer", "approval"}
# What the daemon does by itself with the files of three messages to banks, each once. Beside it 'waiting' stands for
# a look at what is to be written out: how often depends on the machine.
SPOOL = {f"stoploss.spool.{step}": 3 for step in ("prepared", "sent", "receive")}


def run(command):
    """A tool's run: its output, or the demonstration ends."""
    done = subprocess.run(list(map(str, command)), capture_output=True, text=True, timeout=60)
    if done.returncode:
        raise Mismatch(f"{' '.join(map(str, command))} ended with {done.returncode}: {done.stderr}{done.stdout}")
    return done.stdout


def check_log(client, expected):
    """Recomputes the tree from its leaves, checks who signed it, and counts the records against what was done."""
    hashes, counted, begun, spool, opening = [], Counter(), Counter(), Counter(), None
    while True:
        page = client.call("audit.entries", {"from": len(hashes), "limit": 1000})
        for item in page["items"]:
            leaf = base64.b64decode(item["leaf"], validate=True)
            hashes.append(ledger.leaf_hash(leaf))
            record = json.loads(leaf)
            method = record["method"]
            if record["outcome"] == "begun":
                begun[method] += 1
            elif method in SPOOL:
                spool[method] += 1
            elif method.split(".")[0] in MODULES and not method.startswith("stoploss.spool."):
                counted[method, record["outcome"]] += 1
            if opening is None and method == "support.open":
                opening = record["seq"]
        if "next" not in page or page["next"] >= page["size"]:
            break
    answer = client.call("audit.checkpoint")
    size, signed = ledger.open_checkpoint(answer["checkpoint"], answer["verifier_key"])
    if size != len(hashes) or signed != ledger.root(hashes):
        raise Mismatch("the signed checkpoint is not of the records that the log shows")
    if counted != expected or spool != SPOOL:
        raise Mismatch(f"log: missing {expected - counted}, too many {counted - expected}, spool {dict(spool)}")
    # An administrative act has a record before it begins, and one of how it ended.
    ended = {method: sum(number for (name, _), number in counted.items() if name == method) for method in begun}
    if begun != ended:
        raise Mismatch(f"log: begun {dict(begun)}, ended {ended}")
    return size, signed, counted, spool.total(), answer["verifier_key"], opening


class Proof:
    """A portable proof of one record of the log."""

    def __init__(self, what, seq, record=None):
        self.what, self.seq, self.record, self.path = what, seq, record, None

    @classmethod
    def of_record(cls, what, client, record):
        """Of the log's record that wrote this stored one."""
        found = client.call("audit.find", record)["items"]
        if len(found) != 1:
            raise Mismatch(f"{record} was written by {len(found)} records of the log, expected one")
        return cls(what, found[0]["seq"], record)

    def export(self, stationctl, socket, key, path):
        self.path = path
        content = ["--content"] if self.record else []
        run([stationctl, "audit", "export", self.seq, "--socket", socket, "--key", key, "--out", path, *content])

    def check(self, stationctl, key):
        """Checked twice, without the daemon: (index, size, leaf, text)."""
        text, leaf = self.path.read_text(), Path(f"{self.path}.leaf").read_bytes()
        index, size = ledger.check_portable_proof(text, leaf, key)
        run([stationctl, "audit", "check", self.path, f"{self.path}.leaf", "--key", key])
        written = [item[:3] for item in json.loads(leaf).get("written", [])]
        if self.record and [self.record["collection"], self.record["id"], self.record["version"]] not in written:
            raise Mismatch(f"the proved record did not write {self.record}, but {written}")
        return index, size, leaf, text

    def content(self, stationctl, key):
        """What the proved record wrote, checked twice: whoever has the three files and the key needs neither the
        daemon nor its database."""
        files = [self.path, f"{self.path}.leaf", f"{self.path}.content"]
        run([stationctl, "audit", "check", *files, "--key", key])
        written = json.loads(Path(files[1]).read_bytes())["written"]
        for line in Path(files[2]).read_text().splitlines():
            item = json.loads(line)
            named = "\0".join((item["collection"], item["id"], str(item["version"]))).encode()
            salt, body = (base64.b64decode(item[member]) for member in ("salt", "body"))
            commitment = base64.b64encode(hashlib.sha256(salt + named + b"\0" + body).digest()).decode()
            if [item["collection"], item["id"], item["version"], commitment] not in written:
                raise Mismatch(f"{item['id']} is not what the log's record committed to")
            if {member: item[member] for member in self.record} == self.record:
                return json.loads(body)
        raise Mismatch(f"{self.record} is not among what was exported")
