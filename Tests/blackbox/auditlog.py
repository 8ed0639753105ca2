"""The log as a stranger sees it: read over the socket, recomputed and checked without the daemon's code.

The verifier is the demonstration's, in pure Python.
"""

import base64
import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "Demo"))
import ledger  # noqa: E402 (the path has to be set first)


class Log:
    """All records up to a signed checkpoint; made only if they are what the checkpoint signs."""

    def __init__(self, leaves, checkpoint, key):
        self.leaves, self.key, self.checkpoint = leaves, key, checkpoint
        self.hashes = [ledger.leaf_hash(leaf) for leaf in leaves]
        self.records = [json.loads(leaf) for leaf in leaves]
        self.size, self.root = ledger.open_checkpoint(checkpoint, key)
        if self.size != len(leaves):
            raise AssertionError(f"{len(leaves)} records, but the checkpoint signs {self.size}")
        if self.root != ledger.root(self.hashes):
            raise AssertionError(f"the checkpoint of {self.size} records does not sign these records")
        numbers = [record["seq"] for record in self.records]
        if numbers != list(range(self.size)):
            raise AssertionError("the records are not numbered from 0 without a gap")

    def root_at(self, size):
        return ledger.root(self.hashes[:size])

    def of(self, prefix):
        return [record for record in self.records if record["method"].startswith(prefix)]


def read_leaves(client, until, first=0):
    leaves = []
    while first + len(leaves) < until:
        page = client.call("audit.entries", {"from": first + len(leaves), "limit": 1000})
        if not page["items"]:
            break
        leaves += [base64.b64decode(item["leaf"], validate=True) for item in page["items"]]
    return leaves[:until - first]


def read_log(daemon):
    """The whole log at its newest checkpoint, verified."""
    with daemon.connect() as client:
        answer = client.call("audit.checkpoint")
        return Log(read_leaves(client, answer["size"]), answer["checkpoint"], answer["verifier_key"])


def require_extension(daemon, older, newer):
    """The daemon's own proof that the newer log extends the older one, and the same from the records."""
    if newer.root_at(older.size) != older.root:
        raise AssertionError(f"the log of {newer.size} records does not begin with the {older.size} seen before")
    if newer.key != older.key:
        raise AssertionError("another key signs")
    answer = daemon.call("audit.consistency", {"old": older.size, "new": newer.size})
    proof = [base64.b64decode(step, validate=True) for step in answer["proof"]]
    if not ledger.consistent(older.size, older.root, newer.size, newer.root, proof):
        raise AssertionError(f"the proof from {older.size} to {newer.size} does not verify")


def anchored(directory, key):
    """(size, root) of the newest checkpoint outside the database that verifies."""
    found = []
    for name in ("checkpoint.a", "checkpoint.b"):
        path = Path(directory) / "anchor" / name
        if path.exists():
            try:
                found.append(ledger.open_checkpoint(path.read_text(), key))
            except (ledger.Invalid, ValueError):
                pass  # the one that a kill cut short; the other stands
    if not found:
        raise AssertionError("no checkpoint outside the database verifies")
    return max(found)
