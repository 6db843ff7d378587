#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""ab --html without a browser: the page has what was measured, and needs nothing else. The argument: ab."""

import json
import os
import shutil
import subprocess
import sys

sys.path.insert(0, os.path.join(os.getcwd(), "tests/unit/bench/ab"))
import ab_page  # noqa: E402

_GROUP = "MutexUncontended"


class Html(ab_page.TestCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.errors = cls.measure("--threads=1,2", "--html", cls.path("page.html"), "--json", cls.path("run.json"))
        cls.page = ab_page.Page(cls.path("page.html"))

    def test_elements_are_closed_and_ids_are_unique(self):
        self.assertEqual((self.page.reader.wrong, self.page.reader.open), ([], []))
        self.assertEqual(len(self.page.reader.ids), len(set(self.page.reader.ids)))

    def test_no_network_and_no_other_file(self):
        self.assertEqual(self.page.reader.addresses, ["#main"])
        self.assertIn("default-src 'none'", self.page.text)
        self.assertNotRegex(self.page.scripts[-1], r"url\(|https?:|@import|fetch\(|import\(")

    def test_the_head(self):
        data = self.page.data
        self.assertEqual(data["tool"], "ab")
        self.assertIn("--filter=^MutexUncontended/ --repetitions=2 --threads=1,2", data["title"])
        facts = dict(data["facts"])
        for name in ("cpu", "usable cpus", "system", "date", "build", "repetitions"):
            self.assertTrue(facts[name], name)
        self.assertRegex(data["short"][0]["text"], "^Lost: ")
        self.assertRegex(data["short"][-1]["text"], "^Doubt: ")

    def test_lost_cells_are_first(self):
        self.assertEqual(self.page.titles, ["Lost cells", _GROUP])
        lost = self.page.section("Lost cells")
        self.assertTrue(lost["open"])
        rows = lost["table"]["rows"] if lost["table"] else []
        self.assertEqual(lost["text"], [f"In {len(rows)} of 4 cells parkway is slower than the best other."])
        ratios = [float(row[4]["text"]) for row in rows]
        self.assertEqual(ratios, sorted(ratios, reverse=True))
        self.assertEqual([row[6]["tone"] for row in rows], ["slower"] * len(rows))

    def test_the_figure_is_of_what_was_measured(self):
        with open(self.path("run.json"), encoding="utf-8") as file:
            runs = [run for run in json.load(file)["benchmarks"] if run["run_type"] == "iteration"]
        section = self.page.section(_GROUP)
        self.assertEqual((section["unit"], section["x"]), ("ns", "threads"))
        found = {}
        for series in section["series"]:
            for point in series["points"]:
                found[f"{_GROUP}/{series['name']}/threads:{point['x']}"] = point
        self.assertEqual(set(found), {run["name"] for run in runs})
        self.assertEqual(len(found), 14)
        for name, point in found.items():
            times = [run["real_time"] for run in runs if run["name"] == name]
            self.assertAlmostEqual(point["low"] / min(times), 1, 4)
            self.assertAlmostEqual(point["high"] / max(times), 1, 4)
            self.assertAlmostEqual(point["y"] / (sum(times) / len(times)), 1, 4)
        self.assertEqual([one["name"] for one in section["series"] if one["ours"]], ["FutexMutex", "SemaMutex"])

    def test_the_table_has_all_of_the_figure(self):
        section = self.page.section(_GROUP)
        columns = [column["name"] for column in section["table"]["columns"]]
        self.assertEqual(columns[:4], ["threads", "lock", "ns/op", "min..max"])
        rows = {(int(row[0]["text"]), row[1]["text"]): row for row in section["table"]["rows"]}
        for series in section["series"]:
            for point in series["points"]:
                row = rows.pop((point["x"], series["name"]))
                self.assertEqual(row[1].get("tone"), "ours" if series["ours"] else None)
                self.assertAlmostEqual(float(row[2]["text"]) / point["y"], 1, 1)
        self.assertEqual(rows, {})

    def test_figures_or_the_reason(self):
        reason = self.page.data["no_figures"]
        # Plot and d3 before the page's own.
        self.assertEqual(len(self.page.scripts), 1 if reason else 3)
        self.assertEqual("no figures" in self.errors, bool(reason))
        self.assertIn(reason, self.errors)

    def test_against_a_baseline(self):
        self.measure("--threads=1", "--html", self.path("later.html"), "--baseline", self.path("run.json"))
        page = ab_page.Page(self.path("later.html"))
        self.assertEqual(page.titles, ["Lost cells", "Against the baseline", _GROUP])
        self.assertTrue(page.section("Against the baseline")["open"])
        self.assertTrue([line for line in page.data["short"] if line["text"].startswith("Against the baseline of 20")])

    def test_a_program_that_was_carried_elsewhere(self):
        os.mkdir(self.path("elsewhere"))
        shutil.copy(self.ab, self.path("elsewhere"))
        bare = {name: value for name, value in os.environ.items() if name not in ("RUNFILES_DIR", "TEST_SRCDIR")}
        self.measure("--threads=1", "--html", "page.html", program=self.path("elsewhere/ab"),
                     cwd=self.path("elsewhere"), env=bare)
        page = ab_page.Page(self.path("elsewhere/page.html"))
        self.assertEqual(page.data["no_figures"], self.page.data["no_figures"])
        self.assertEqual(page.scripts, self.page.scripts)

    def test_a_file_that_cannot_be_written(self):
        done = subprocess.run([self.ab, "--filter=MutexUncontended", "--html", self.path("missing/page.html")],
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                              encoding="utf-8", check=False)
        self.assertEqual((done.returncode, done.stdout), (2, ""))
        self.assertEqual(done.stderr, f"ab: --html: cannot write {self.path('missing/page.html')}\n")


if __name__ == "__main__":
    ab_page.main()
