"""While a commit waits for the disk nobody hears of it: not its caller, no reader, no subscriber, no checkpoint."""

import shutil
import subprocess
import unittest

from harness import ISOLATED, Client, DaemonTestCase, new_directory, wait_until

HELD_SYNC = r"""
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int passed;

static int goes(const char *hold) {
  int limit = 0;
  FILE *file = fopen(hold, "r");
  if (!file) return passed = 0, 1;
  if (fscanf(file, "%d", &limit) != 1) limit = 0;
  fclose(file);
  return passed < limit ? ++passed : 0;
}

// While the file $HOLD is there, each sync of a WAL waits, but for the first so many as the file says. "$HOLD.seen"
// says that one waits, and how many went before.

int fdatasync(int fd) {
  char link[64], path[4096], seen[4096];
  const char *hold = getenv("HOLD"), *name = "stationd.db-wal";
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t length = readlink(link, path, sizeof path - 1);
  if (hold && length > (ssize_t)strlen(name) && !memcmp(path + length - strlen(name), name, strlen(name))) {
    snprintf(seen, sizeof seen, "%s.seen", hold);
    for (; !goes(hold); usleep(1000)) {
      FILE *file = fopen(seen, "w");
      if (file) fprintf(file, "%d", passed), fclose(file);
    }
  }
  return ((int (*)(int))dlsym(RTLD_NEXT, "fdatasync"))(fd);
}
"""
OPENING = {"scenario": 1, "station": "st-02", "urgency": "routine", "summary": "Help needed"}
WHY = {"purpose": "handling", "reason": "test"}
SILENCE = 0.3  # seconds


def held_sync(home):
    """The environment of a daemon whose syncs can be held, the file that holds them, and the one that says so."""
    library, hold = home / "held.so", home / "hold"
    subprocess.run(["gcc", "-O2", "-shared", "-fPIC", "-x", "c", "-", "-o", library, "-ldl"],
                   input=HELD_SYNC.encode(), check=True)
    return {"LD_PRELOAD": str(library), "HOLD": str(hold)}, hold, home / "hold.seen"


class HeldSyncTests(DaemonTestCase):
    def setUp(self):
        self.home = new_directory()
        self.addCleanup(shutil.rmtree, self.home, ignore_errors=True)
        environment, self.hold, self.seen = held_sync(self.home)
        self.daemon = self.new_daemon(environment=environment)
        self.daemon.start()
        self.first = self.daemon.call("support.open", OPENING)["id"]
        self.addCleanup(lambda: self.hold.unlink(missing_ok=True))

    def client(self):
        client = Client(self.daemon.socket_path)
        self.addCleanup(client.close)
        return client

    def silent(self, client):
        client.settimeout(SILENCE)
        with self.assertRaises(TimeoutError, msg="told of what is not on disk"):
            client.receive()
        client.settimeout(20)

    @unittest.skipIf(ISOLATED, "the first commit that waits is of what a handler reads")
    def test_nobody_hears_of_a_commit_before_it_is_on_disk(self):
        caller, reader, prover, follower, other, late = (self.client() for _ in range(6))
        newest = follower.call("events.subscribe", {})
        self.assertIn("subscription", newest)
        size = prover.call("audit.checkpoint")["size"]
        self.hold.touch()
        opening = caller.begin("support.open", OPENING)
        wait_until(self.seen.exists, "a sync that waits")
        # The commit is made: a reader sees it, but may not say so.
        listing = reader.begin("support.list", {"open": True})
        checkpoint = prover.begin("audit.checkpoint")
        getting = other.begin("support.get", {"id": self.first}, **WHY)
        # Whoever catches up reads past what is on disk.
        self.assertIn("subscription", late.call("events.subscribe", {"since": 0}))
        self.silent(caller)
        for client in (reader, prover, follower, other, late):
            self.silent(client)
        self.assertTrue(self.daemon.call("system.ping"))
        self.hold.unlink()
        second = caller.finish(opening)["id"]
        self.assertEqual({self.first, second}, {item["id"] for item in reader.finish(listing)["items"]})
        self.assertEqual(prover.finish(checkpoint)["size"], size + 1)
        self.assertEqual(other.finish(getting)["id"], self.first)
        self.assertEqual(follower.notification()["params"]["events"][0]["kind"], "support.opened")
        told = [event["kind"] for event in late.notification()["params"]["events"]]
        self.assertEqual(told.count("support.opened"), 2)

    def test_the_writer_goes_on_while_the_disk_is_slow_and_a_kill_loses_no_answer(self):
        self.hold.touch()
        clients = [self.client() for _ in range(40)]
        begun = [client.begin("support.open", OPENING) for client in clients]
        wait_until(self.seen.exists, "a sync that waits")
        for client in clients[::13]:
            self.silent(client)
        self.hold.unlink()
        ids = {client.finish(number)["id"] for client, number in zip(clients, begun)}
        self.assertEqual(len(ids), 40)
        self.daemon.kill()
        self.daemon.start()
        found = {item["id"] for item in self.daemon.call("support.list", {"open": True, "limit": 100})["items"]}
        self.assertEqual(found, ids | {self.first})


if __name__ == "__main__":
    unittest.main()
