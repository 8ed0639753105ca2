"""Run with: PYTHONPATH=../../python python3 -m unittest"""

import email
import email.policy
import os
import tempfile
import unittest
from pathlib import Path
from unittest import mock

import mailnotify
from stationd_plugin import Refused
from stationd_plugin.testing import Station

ESCALATED = {"request": "SR-2026-000001", "clock": "response", "rung": 80, "to": ["command-centre"],
             "duty_leader": True, "due": "2026-03-02T10:00:00.000+08:00", "late": False}


class PowerCut(BaseException):
    """The machine ends here."""


class Tests(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.box = Path(folder.name) / "box"
        self.station = Station(mailnotify.plugin, config={"maildir": str(self.box), "to": "duty@example.org"})

    def new(self):
        return sorted(path.name for path in (self.box / "new").iterdir())

    def test_an_escalation_is_a_message(self):
        self.station.tell("support.escalated", ESCALATED, seq=7)
        message = email.message_from_bytes((self.box / "new" / "7.stationd").read_bytes(), policy=email.policy.default)
        self.assertEqual(message["To"], "duty@example.org")
        self.assertEqual(message["Subject"], "SR-2026-000001: 80 % of its response time has passed")
        self.assertIn("提醒时间 / reminder due: 2026-03-02 10:00", message.get_content())
        self.assertEqual(self.station.call("status")["last"], 7)

    def test_told_twice_it_is_delivered_once_also_when_it_was_read_and_removed(self):
        self.station.tell("support.escalated", ESCALATED, seq=7)
        self.station.tell("support.escalated", ESCALATED, seq=7)
        self.assertEqual(self.new(), ["7.stationd"])
        (self.box / "new" / "7.stationd").unlink()
        self.station.tell("support.escalated", ESCALATED, seq=7)
        self.assertEqual(self.new(), [])

    def test_cut_off_at_every_step_it_is_delivered_once(self):
        """Each system call that changes the folder in its turn is the last one; then the event is told again."""
        names = ("open", "fsync", "replace", "rename")
        for steps in range(1, 60):
            seq = 100 + steps
            left = [steps]

            def until(real):
                def call(*arguments, **options):
                    left[0] -= 1
                    if left[0] < 0:
                        raise PowerCut
                    return real(*arguments, **options)
                return call

            box = mailnotify.Maildir(self.box)
            with mock.patch.multiple(os, **{name: until(getattr(os, name)) for name in names}):
                try:
                    box.deliver(seq, b"text")
                    finished = True
                except PowerCut:
                    finished = False
            # Whoever reads it removes it at once.
            seen = len(list((self.box / "new").glob(f"{seq}.*")))
            for path in (self.box / "new").iterdir():
                path.unlink()
            box.deliver(seq, b"text")
            seen += len(list((self.box / "new").glob(f"{seq}.*")))
            for path in (self.box / "new").iterdir():
                path.unlink()
            self.assertEqual(seen, 1, f"cut off after {steps} steps")
            if finished:
                return
        self.fail("it never finished")

    def test_a_configuration_without_a_folder_is_refused(self):
        with self.assertRaisesRegex(Refused, "absolute"):
            Station(mailnotify.plugin, config={"maildir": "mail"})


if __name__ == "__main__":
    unittest.main()
