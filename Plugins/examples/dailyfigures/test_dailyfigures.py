"""Run with: PYTHONPATH=../../python python3 -m unittest"""

import csv
import tempfile
import unittest
from pathlib import Path

import dailyfigures
from stationd_plugin import Refused
from stationd_plugin.testing import Station


def figures(cycles, percent=100.0, median=250):
    clock = {"on_time": {"percent": percent}, "measured": cycles, "median_s": median, "p90_s": median}
    return {"cycles": cycles, "response": clock, "support": clock, "redirects": {"total": 1}}


class Tests(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.asked = []
        self.station = Station(dailyfigures.plugin, config={"folder": folder.name},
                               answers={"support.figures": self.answer})

    def answer(self, params):
        self.asked.append(params)
        if "by" not in params:
            return {"total": figures(3)}
        return {"groups": [{"key": "command-centre", **figures(2)}, {"key": "<cyber>", **figures(1, None, None)}]}

    def test_a_report_is_a_page_and_a_table(self):
        made = self.station.call("make", day="2026-03-01")
        self.assertEqual(self.asked, [{"by": "department", "from": "2026-03-01", "to": "2026-03-01"},
                                      {"from": "2026-03-01", "to": "2026-03-01"}])
        self.assertEqual(made["requests"], 3)
        with open(made["csv"], encoding="utf-8-sig", newline="") as file:
            rows = list(csv.DictReader(file))
        self.assertEqual([row["department"] for row in rows], ["command-centre", "<cyber>", "total"])
        self.assertEqual(rows[0]["response_on_time_percent"], "100.0")
        self.assertEqual(rows[1]["support_median_s"], "")
        page = Path(made["html"]).read_text()
        self.assertIn("<td>&lt;cyber&gt;</td>", page)
        self.assertIn("<td>—</td>", page)
        self.assertEqual(self.station.events, [("made", made)])

    def test_made_again_it_is_replaced(self):
        self.station.call("make", day="2026-03-01")
        self.station.call("make", day="2026-03-01")
        self.assertEqual(len(self.station.call("list")["items"]), 1)
        self.assertEqual(sorted(path.name for path in self.folder.iterdir()), ["2026-03-01.csv", "2026-03-01.html"])

    def test_every_morning_has_the_day_before_also_after_a_long_stop(self):
        self.assertEqual(self.station.call("begin"), {"next": "2026-03-03T00:30:00+08:00"})
        self.station.advance("2026-03-06T12:00:00+08:00")
        days = [item["day"] for item in self.station.call("list")["items"]]
        self.assertEqual(days, ["2026-03-05", "2026-03-04", "2026-03-03", "2026-03-02"])
        self.station.call("end")
        self.assertEqual(self.station.deadlines(), {})

    def refusal(self, **call):
        with self.assertRaises(Refused) as raised:
            self.station.call("make", **call)
        return raised.exception

    def test_what_is_no_day_or_has_not_ended_is_refused(self):
        for day in ("2026-02-30", "2026-03-02", "2026-03-03"):
            with self.subTest(day=day):
                self.assertEqual(self.refusal(day=day).pointer, "/day")

    def test_who_does_not_see_all_units_leaves_the_report_as_it_is(self):
        made = self.station.call("make", day="2026-03-01")
        page = Path(made["html"]).read_bytes()
        self.asked.clear()
        self.assertEqual(self.refusal(day="2026-03-01", units=["st-02"]).kind, "denied")
        self.assertEqual((self.asked, Path(made["html"]).read_bytes()), ([], page))

    def test_a_configuration_without_a_folder_is_refused(self):
        with self.assertRaisesRegex(Refused, "absolute"):
            Station(dailyfigures.plugin)


if __name__ == "__main__":
    unittest.main()
