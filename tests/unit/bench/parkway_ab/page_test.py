#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The page without a browser: it is whole, needs no network, and has in tables what its figures show."""

import hashlib
import json
import os
import re
import sys
from unittest import mock

sys.path.insert(0, os.path.join(os.getcwd(), "tests/unit/bench/parkway_ab"))
import unit  # noqa: E402
import made  # noqa: E402
import reader  # noqa: E402
from parkway_ab import charts, document, page  # noqa: E402

_LIBRARIES = [{"name": "painter", "version": "1", "licence": "ISC", "licence_text": "Do <as> you like",
               "script": "const end = '</script>';"}]


class Pages(unit.TestCase):
    def make(self, with_race=True, watched=False):
        findings = made.findings(self.options("mill", "a<b"), with_race, watched)
        self.text = page.make(json.loads(json.dumps(document.make(findings))), _LIBRARIES)
        self.reader = reader.Reader()
        self.reader.feed(self.text)
        return self.text

    def test_elements_are_closed_and_ids_are_unique(self):
        self.make()
        self.assertEqual((self.reader.wrong, self.reader.open), ([], []))
        self.assertEqual(len(self.reader.ids), len(set(self.reader.ids)))

    def test_no_network(self):
        self.make()
        self.assertEqual(self.reader.addresses, ["#main"])
        self.assertIn("default-src 'none'", self.text)
        self.assertNotRegex("".join(map(page._read, ("base.css", "base.js", "page.css", "page.js"))),
                            r"url\(|https?:|@import|fetch\(")

    def test_texts_of_others_are_no_elements(self):
        self.make()
        self.assertIn("mill a&lt;b", self.text)
        self.assertIn("mutex &lt;table&gt;", self.text)
        self.assertNotIn("mutex <table>", self.text)
        self.assertIn("Do &lt;as&gt; you like", self.text)
        self.assertEqual(self.reader.scripts[1][1].strip(), "const end = '<\\/script>';")

    def test_the_figures_data(self):
        self.make()
        data = json.loads(self.reader.scripts[0][1])
        self.assertEqual([side["name"] for side in data["sides"]], ["stock", "parkway"])
        self.assertEqual([row["name"] for row in data["ratios"]], ["everything", "workers", "waits"])
        self.assertEqual(data["flame"]["value"], 3_000_000_000)
        tops = data["flame"]["children"][0]["children"]
        self.assertEqual({top["name"]: top["value"] for top in tops}, {"mill+0xf00": 2_100_000_000,
                                                                      "mill+0x70": 900_000_000})
        leaf = tops[0]
        while leaf["children"]:
            leaf = leaf["children"][0]
        self.assertEqual((leaf["name"], leaf["lock"]), ("mutex <table>", 0))

    def test_both_sides_waits(self):
        text = self.make(watched=True)
        self.assertEqual((self.reader.wrong, self.reader.open), ([], []))
        self.assertEqual(len(self.reader.ids), len(set(self.reader.ids)))
        for words in ("With its own locks: the hottest", "Preloaded: the hottest", "for the program&#x27;s own locks",
                      "With its own locks: 3.00 s of waits", "Preloaded: 3.00 s of waits"):
            self.assertIn(words, text)
        data = json.loads(self.reader.scripts[0][1])
        self.assertEqual([(side["name"], side["value"]) for side in data["flame"]["children"]],
                         [("With its own locks", 3_000_000_000), ("Preloaded", 3_000_000_000)])
        self.assertEqual(len(data["locks"]), 6)
        self.assertIn('id="lock-5"', text)

    def test_what_figures_show_is_in_tables(self):
        text = re.sub(r"<[^>]*>", " ", self.make())
        for words in ("time:  faster by 10 %", "what workers serves", "stock and stacks differ", "libtbb.so.12",
                      "lower quartile", "futex calls  4000  1000  0.250", "A note &amp; more.", "sleeping workers",
                      "88 % of it, 300 waits", "mill+0x30", "Not known", "4.10 us to 8.19 us  200"):
            self.assertIn(re.sub(r"\s+", " ", words), re.sub(r"\s+", " ", text))

    def test_without_a_race(self):
        text = self.make(with_race=False)
        self.assertIn("It waits 100 % of the time", text)
        self.assertNotIn('id="times"', text)


class Charts(unit.TestCase):
    def test_others_than_the_pinned_ones_are_not_taken(self):
        text = "const d3 = 1;"
        pins = tuple(charts.Pin("d3", "1", "ISC", "", "x.js", hashlib.sha256(one.encode()).hexdigest())
                     for one in (text, text + text))
        good = {"libraries": [{"script": text}, {"script": text + text}]}
        with mock.patch.object(charts, "_PINS", pins):
            self.assertEqual(charts._read(self.write("charts.json", json.dumps(good))), good)
            for other in ("", "{}", "[]", '{"libraries": []}', '{"libraries": [], "reason": "no npm"}',
                          json.dumps(good).replace("d3 = 1", "d3 = 2")):
                self.assertIsNone(charts._read(self.write("charts.json", other)), other)

    def with_npm(self, *lines):
        os.mkdir(self.path("bin"))
        self.script("bin/npm", *lines)
        before, os.environ["PATH"] = os.environ["PATH"], self.path("bin") + ":/bin:/usr/bin"
        self.addCleanup(os.environ.__setitem__, "PATH", before)

    def test_an_archive_that_is_another_one(self):
        self.with_npm("echo other >d3-7.9.0.tgz")
        self.refuses(2, "npm's d3 7.9.0 is not the one that is pinned", charts.fetch)

    def test_an_npm_that_fails(self):
        self.with_npm("echo 'no way there'; exit 1")
        trouble = self.refuses(2, "npm could not bring d3 7.9.0", charts.fetch)
        self.assertEqual(trouble.details, ["no way there"])


if __name__ == "__main__":
    unit.main()
