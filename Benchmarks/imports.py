"""A file of fraud reports, and `stationctl import` over it: how fast, and whole after kill -9 of both sides."""

import json
import subprocess
import time

from machine import BenchError

RING = 4  # reports whose money meets in one account
WORDS = "接到自称客服的电话，按对方要求转账后发现被骗"


def card(number):
    """The n-th card of 19 digits (ISO/IEC 7812-1)."""
    body = f"622203{number:012d}"
    total = sum(sum(divmod(2 * int(digit), 10)) for digit in body[::-2]) + sum(map(int, body[-2::-2]))
    return body + str(-total % 10)


def instant(seconds):
    """From the morning of 1 January 2026 on, in order."""
    return time.strftime("%Y-%m-%dT%H:%M:%S+08:00", time.gmtime(1767254400 + seconds))


def reports(count):
    """Reports as they come in: each victim pays into an account that four reports share; of every fourth the money
    has gone on to two more accounts, the second of which five such rings share."""
    for number in range(count):
        ring = number // RING
        victim, first = card(number), card(10**10 + ring)
        accounts = [{"number": victim, "kind": "card", "role": "victim", "holder": "张三"},
                    {"number": first, "kind": "card", "role": "suspect", "holder": "李四", "bank": "ICBKCNBJ"}]
        transfers = [(victim, first, 1_000_000 + number)]
        if number % RING == RING - 1:
            chain = [first, card(2 * 10**10 + ring), card(3 * 10**10 + ring // 5)]
            accounts += [{"number": account, "kind": "card", "role": "suspect"} for account in chain[1:]]
            transfers += [(*pair, 2_000_000) for pair in zip(chain, chain[1:])]
        yield {
            "station": f"st-{number % 12 + 1:02}", "key": f"file-{number}", "fraud_type": "brushing_rebate",
            "occurred_at": instant(number * 10), "summary": WORDS, "accounts": accounts,
            "victim": {"name": "张三", "id_number": "11010519491231002X", "phone": "13800001234"},
            "transfers": [{"at": instant(number * 10 + hop), "amount": amount, "from": sender, "to": receiver}
                          for hop, (sender, receiver, amount) in enumerate(transfers)]}


class ImportRun:
    """The file, and the command that imports it."""

    def __init__(self, stationctl, path, count):
        self.stationctl, self.path, self.count, self.transfers = stationctl, path, count, 0
        with open(path, "w", encoding="utf-8") as file:
            for report in reports(count):
                self.transfers += len(report["transfers"])
                file.write(json.dumps(report, ensure_ascii=False, separators=(",", ":")) + "\n")

    def begin(self, daemon):
        # Progress to a file: it is part of what is measured.
        log = open(self.path.with_suffix(".progress"), "ab")
        with log:
            return subprocess.Popen([self.stationctl, "import", self.path, "--progress", "--json", "--socket",
                                     daemon.socket], stdout=subprocess.PIPE, stderr=log, text=True)

    def finish(self, client, daemon):
        """What it says; every report must be in the store then, and none twice."""
        out, _ = client.communicate(timeout=3600)
        if client.returncode:
            raise BenchError(f"the import ended with {client.returncode}: "
                             f"{self.path.with_suffix('.progress').read_text()[-500:]}")
        said = json.loads(out)
        if said["accepted"] + said["duplicate"] != self.count or said["refused"]:
            raise BenchError(f"of {self.count} reports: {said}")
        # By the day of the report, which is today's.
        stored = daemon.call("stoploss.figures")["total"]["reports"]
        if stored != self.count:
            raise BenchError(f"{stored} reports are stored of {self.count}")
        return said

    def whole(self, daemon):
        """Imports it; reports a second."""
        return self.count / (self.finish(self.begin(daemon), daemon)["elapsed_ms"] / 1000)

    def interrupted(self, daemon):
        """Kills the client at a third, and the daemon at two thirds of a second attempt; then to the end.

        Returns how many reports each step found there already."""
        client = self.begin(daemon)
        had = [self.wait(daemon, client, self.count // 3)]
        client.kill()
        client.wait()
        client = self.begin(daemon)
        had.append(self.wait(daemon, client, self.count * 2 // 3))
        daemon.kill()
        daemon.start()
        self.finish(client, daemon)
        return had

    def wait(self, daemon, client, count):
        """Until so many are stored; how many they are then."""
        while True:
            stored = daemon.call("stoploss.figures")["total"]["reports"]
            if stored >= count:
                if client.poll() is not None:
                    raise BenchError("the import was over before it could be interrupted")
                return stored
            if client.poll() is not None:
                raise BenchError(f"the import ended with {client.returncode} at {stored} reports")
            time.sleep(0.05)
