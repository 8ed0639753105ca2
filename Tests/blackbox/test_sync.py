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

// While the file $HOLD is there, each sync of a WAL waits; "$HOLD.seen" says that one does.
int fdatasync(int fd) {
  char link[64], path[4096], seen[4096];
  const char *hold = getenv("HOLD"), *name = "stationd.db-wal";
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t length = readlink(link, path, sizeof path - 1);
  if (hold && length > (ssize_t)strlen(name) && !memcmp(path + length - strlen(name), name, strlen(name))) {
    snprintf(seen, sizeof seen, "%s.seen", hold);
    while (!access(hold, F_OK)) {
      FILE *file = fopen(seen, "w");
      if (file) fclose(file);
      usleep(1000);
    }
  }
  return ((int (*)(int))dlsym(RTLD_NEXT, "fdatasync"))(fd);
}
"""
OPENING = {"scenario": 1, "station": "st-02", "urgency": "routine", "summary": "Help needed"}
WHY = {"purpose": "handling", "reason": "test"}
SILENCE = 0.3  # seconds


class HeldSyncTests(DaemonTestCase):
    def setUp(self):
        self.home = new_directory()
        self.addCleanup(shutil.rmtree, self.home, ignore_errors=True)
        library = self.home / "held.so"
        subprocess.run(["gcc", "-O2", "-shared", "-fPIC", "-x", "c", "-", "-o", library, "-ldl"],
                       input=HELD_SYNC.encode(), check=True)
        self.hold, self.seen = self.home / "hold", self.home / "hold.seen"
        self.daemon = self.new_daemon(environment={"LD_PRELOAD": str(library), "HOLD": str(self.hold)})
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
        caller, reader, prover, follower, other = (self.client() for _ in range(5))
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
        self.silent(caller)
        for client in (reader, prover, follower, other):
            self.silent(client)
        self.assertTrue(self.daemon.call("system.ping"))
        self.hold.unlink()
        second = caller.finish(opening)["id"]
        self.assertEqual({self.first, second}, {item["id"] for item in reader.finish(listing)["items"]})
        self.assertEqual(prover.finish(checkpoint)["size"], size + 1)
        self.assertEqual(other.finish(getting)["id"], self.first)
        self.assertEqual(follower.notification()["params"]["events"][0]["kind"], "support.opened")

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
