#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The pages of docs/results/ab."""

import json
import os
import subprocess
import sys

sys.path.insert(0, os.path.join(os.getcwd(), "tests/unit/bench/parkway_ab"))
import unit  # noqa: E402

_RESULTS = os.path.join(os.getcwd(), "bench/parkway_ab/results.py")


class Pages(unit.TestCase):
    def result(self, name, verdict, average=0.25, check=None):
        self.write(name + ".json", json.dumps({
            "parkway_ab": 1, "date": "2026-11-30T18:00:00+00:00", "command": [name, "a b"],
            "machine": {"processor": "P", "cpus": 2, "kernel": "6"},
            "options": {"time_limit": 60.0, "check": check, "output": None},
            "waits": {"average": average}}))
        self.write(name + ".txt", "time      %s\nCPU time  no measurable difference\n\n  time  1 s  2 s\n" % verdict)
        return self.path(name + ".json")

    def make(self, *names):
        return subprocess.run([sys.executable, _RESULTS, "--to", self.folder] + list(names), stderr=subprocess.PIPE,
                              universal_newlines=True, check=False)

    def read(self, name):
        with open(self.path(name)) as file:
            return file.read()

    def test_the_waits_are_those_that_the_ceiling_is_of(self):
        path = self.result("a", "parkway is faster, by 2 %")
        with open(path) as file:
            data = json.load(file)
        data.update(stock_waits={"average": 0.5}, ceiling={"of": "stock"})
        self.write("a.json", json.dumps(data))
        self.make(path)
        self.assertIn("| 50.0 % |", self.read("README.md"))

    def test_the_slower_first(self):
        done = self.make(self.result("a", "parkway is faster, by 2 %"), self.result("z", "parkway is slower, by 3 %"))
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        rows = [line for line in self.read("README.md").split("\n") if line.startswith("| [")]
        self.assertEqual(rows, [
            "| [z](z.md) | 25.0 % | parkway is slower, by 3 % | no measurable difference |",
            "| [a](a.md) | 25.0 % | parkway is faster, by 2 % | no measurable difference |"])

    def test_a_page_has_the_command_and_all_that_was_said(self):
        self.make(self.result("a", "unknown", check="sort x"))
        page = self.read("a.md")
        self.assertIn("-- --anyway --time-limit 60s --check 'sort x' -- a 'a b'\n", page)
        self.assertIn("\n    time      unknown\n    CPU time  no measurable difference\n\n      time  1 s  2 s\n", page)

    def test_stock_against_stock_is_a_page_of_its_own(self):
        paths = []
        for seed, verdict in ((10, "no measurable difference"), (2, "stock again is slower, by 3 %")):
            paths.append(self.result("run%d" % seed, verdict))
            with open(paths[-1]) as file:
                data = json.load(file)
            data["options"].update(aa=True, seed=seed, precision=0.01)
            data.update(program={"path": "/usr/bin/p"}, race={"rounds": 7}, noise=[{"other_programs": 0.04}])
            self.write("run%d.json" % seed, json.dumps(data))
        self.assertEqual(self.make(self.result("a", "parkway is faster, by 2 %"), *paths).stderr, "")
        page = self.read("aa.md")
        self.assertIn("2 calls with `--aa`", page)
        self.assertIn("\nReported: 1.\n", page)
        rows = [line for line in page.split("\n") if line.startswith("| p ")]
        self.assertEqual(rows, [
            "| p | 2 | 7 | 4 % | stock again is slower, by 3 % | no measurable difference |",
            "| p | 10 | 7 | 4 % | no measurable difference | no measurable difference |"])
        self.assertIn("a difference was reported in 1 of 2 calls", self.read("README.md"))
        self.assertFalse(os.path.exists(self.path("run2.md")))

    def test_refuses_what_is_no_result(self):
        for content, words in (("{}", "was not written by parkway-ab"), ("x", "is no JSON")):
            done = self.make(self.write("b.json", content))
            self.assertEqual(done.returncode, 1)
            self.assertIn(words, done.stderr)
        self.assertIn("No such file", self.make(self.path("c.json")).stderr)


if __name__ == "__main__":
    unit.unittest.main()
