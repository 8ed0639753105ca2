"""A sample of the fault sweep; `make sweep` tries every point."""

import shutil
import unittest

from harness import DaemonTestCase, new_directory
from sweep import FAULTS, Sweep

POINTS = {"write": (2, 11, 37), "sync": (1, 4), "truncate": (1,), "rename": (1, 3), "remove": (2,)}


class SweepTests(DaemonTestCase):
    def sample(self, new, points):
        home = new_directory()
        self.addCleanup(shutil.rmtree, home, ignore_errors=True)
        sweep, hits = Sweep(home, new), 0
        for call, numbers in points.items():
            for fault in FAULTS:
                for number in numbers:
                    with self.subTest(call=call, fault=fault, number=number):
                        hits += sweep.point(call, fault, number)
        return hits

    def test_a_sample_over_a_state_in_use(self):
        self.assertGreaterEqual(self.sample(False, POINTS), 3 * 6)

    def test_a_sample_over_the_first_start(self):
        self.assertGreater(self.sample(True, {"write": (1, 5, 30), "sync": (1, 3), "rename": (1,)}), 3 * 4)


if __name__ == "__main__":
    unittest.main()
