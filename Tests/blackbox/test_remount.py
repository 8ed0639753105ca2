"""A disk that really turns read-only under the daemon: an ext4 in a file, which its own kernel remounts.

test_degraded.py has the same row with a library in place of the kernel; here nothing is in between.
"""

import os
import subprocess
import unittest
from pathlib import Path

from harness import wait_until
from test_degraded import DegradedTestCase
from test_fulldisk import SmallDisk
from test_personal import OPEN, WHY


def mount(*words):
    return subprocess.run(["mount", *map(str, words)], capture_output=True, text=True)


@unittest.skipUnless(os.getuid() == 0, "mounting needs root")
class RemountTests(DegradedTestCase):
    def setUp(self):
        super().setUp()
        self.disk = SmallDisk()  # skips, with the reason, where it cannot be mounted
        self.addCleanup(self.disk.remove)
        state = self.disk.path / "state"
        state.mkdir()
        self.mine = self.new_daemon(directory=state)
        self.mine.log_path = self.home / "daemon.log"

    def break_disk(self):
        """An error of the file system, as ext4 finds one itself: it goes read-only under all open files."""
        done = mount("-o", "remount,errors=remount-ro", self.disk.path)
        self.assertEqual(done.returncode, 0, done.stderr)
        device = subprocess.run(["findmnt", "-n", "-o", "SOURCE", str(self.disk.path)], capture_output=True, text=True,
                                check=True).stdout.strip()
        # findmnt names the file of a loop mount on some systems.
        if not device.startswith("/dev/"):
            listed = subprocess.run(["losetup", "-n", "-O", "NAME", "-j", str(self.disk.file)], capture_output=True,
                                    text=True, check=True)
            device = listed.stdout.strip()
        trigger = Path("/sys/fs/ext4") / Path(device).name / "trigger_fs_error"
        if not os.access(trigger, os.W_OK):
            self.skipTest(f"{trigger} cannot be written to here")
        trigger.write_text("1")

    def mend_disk(self):
        subprocess.run(["umount", str(self.disk.path)], check=True, capture_output=True)
        # 1: errors were corrected.
        checked = subprocess.run(["e2fsck", "-p", str(self.disk.file)], capture_output=True, text=True)
        self.assertIn(checked.returncode, (0, 1), checked.stdout + checked.stderr)
        done = mount("-o", "loop", self.disk.file, self.disk.path)
        self.assertEqual(done.returncode, 0, done.stderr)

    def test_a_disk_that_turns_read_only_while_the_daemon_serves(self):
        daemon = self.mine.start()
        opened = [daemon.call("support.open", OPEN)["id"] for _ in range(20)]
        with daemon.connect() as client:
            self.break_disk()
            # What needs no record is served until somebody wants to write.
            self.served_without_a_record(daemon)
            number = client.begin("support.open", OPEN)
            self.assertEqual(client.answer(number)["error"]["data"]["kind"], "unavailable")
        self.assertEqual(daemon.wait_end(), 70)
        self.assertIn("the disk failed", daemon.log)
        daemon.spawn()
        self.assertEqual(daemon.wait_end(), 1, daemon.log)
        self.assertIn("Read-only file system", daemon.log)
        self.mend_disk()
        daemon.start()
        # The disk is small, and that is all.
        self.assertEqual(self.problems(daemon) - {("disk", "low", "warning")}, set())
        for id_ in opened:
            self.assertEqual(daemon.call("support.get", {"id": id_}, **WHY)["version"], 1)
        self.assertLessEqual(len(daemon.call("support.list", {"open": True})["items"]), len(opened) + 1)
        daemon.call("support.open", OPEN)
        self.verified(daemon)

    def test_a_remount_by_hand(self):
        daemon = self.mine.start()
        first = daemon.call("support.open", OPEN)["id"]
        # The kernel refuses while files are open for writing: nothing happens to the daemon.
        busy = mount("-o", "remount,ro", self.disk.path)
        self.assertNotEqual(busy.returncode, 0)
        daemon.call("support.open", OPEN)
        daemon.stop()
        wait_until(lambda: mount("-o", "remount,ro", self.disk.path).returncode == 0, "a read-only remount")
        daemon.spawn()
        self.assertEqual(daemon.wait_end(), 1, daemon.log)
        self.assertIn("Read-only file system", daemon.log)
        done = mount("-o", "remount,rw", self.disk.path)
        self.assertEqual(done.returncode, 0, done.stderr)
        daemon.start()
        # The disk is small, and that is all.
        self.assertEqual(self.problems(daemon) - {("disk", "low", "warning")}, set())
        self.assertEqual(daemon.call("support.get", {"id": first}, **WHY)["version"], 1)
        self.verified(daemon)


del DegradedTestCase
