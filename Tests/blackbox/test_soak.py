"""The soak in short: half a minute of two hundred connections, well-behaved and not, and a flood of each class.

`make soak` runs it for an hour.
"""

import sys
import unittest
import xml.etree.ElementTree

from harness import REPOSITORY

sys.path.insert(0, str(REPOSITORY / "Benchmarks"))
from plot import plot  # noqa: E402 (the path has to be set first)
from soak import CLASSES, Soak  # noqa: E402

SECONDS, EVERY, FLOOD = 30, 3, 5
MIB = 1 << 20
# Far above what is measured, far below what a class would wait that had to wait for another's queue to empty.
PATIENCE_MS = 2000


class SoakTests(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.soak = Soak(SECONDS, EVERY).start()
        cls.addClassCleanup(cls.soak.daemon.remove)

    def test_1_nothing_leaks(self):
        soak = self.soak
        soak.run()
        self.assertEqual(soak.errors, 0)
        rows = soak.rows
        self.assertGreaterEqual(len(rows), SECONDS // EVERY - 1)
        for row in rows:
            for kind in CLASSES:
                self.assertGreater(row[f"{kind}_answers"], 0, row)
                self.assertLess(row[f"{kind}_p99_ms"], PATIENCE_MS, row)
        # Two hundred connections, and no more descriptors than they need.
        self.assertGreater(max(row["descriptors"] for row in rows), 150)
        self.assertLess(max(row["descriptors"] for row in rows), soak.before + 260)
        self.assertEqual(rows[-1]["threads"], rows[1]["threads"])
        self.assertLess(rows[-1]["rss_bytes"] - rows[len(rows) // 2]["rss_bytes"], 32 * MIB)
        picture = xml.etree.ElementTree.fromstring(plot(rows, list(CLASSES)))
        self.assertEqual(len(picture.findall(".//{*}polyline")), 9)

    def test_2_no_class_starves_another(self):
        for kind in CLASSES:
            with self.subTest(floods=kind):
                for other, (answers, _, p99) in self.soak.flooded(kind, FLOOD).items():
                    if other != kind:
                        self.assertGreater(answers, FLOOD * 2, other)
                        self.assertLess(p99, PATIENCE_MS, other)

    def test_3_afterwards_all_is_as_before(self):
        self.assertEqual(self.soak.finish(), [])
