#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The command line: what is understood, and what is refused with one sentence."""

import contextlib
import io
import os
import sys

sys.path.insert(0, os.path.join(os.getcwd(), "tests/unit/bench/parkway_ab"))
import unit  # noqa: E402
from parkway_ab import options  # noqa: E402


class Options(unit.TestCase):
    def refused(self, words, *arguments):
        said = io.StringIO()
        with contextlib.redirect_stderr(said), self.assertRaises(SystemExit) as caught:
            options.parse(list(arguments))
        self.assertEqual(caught.exception.code, 2)
        self.assertIn(words, said.getvalue())

    def test_numbers_with_units(self):
        found = options.parse(["--precision", "0.5%", "--time-limit=5m", "--run-limit", "2h", "--max-output", "3M",
                               "--fail-above=1.05", "--", "mill", "--pin", "--"])
        self.assertEqual((found.precision, found.time_limit, found.run_limit, found.max_output, found.fail_above),
                         (0.005, 300, 7200, 3 << 20, 1.05))
        self.assertEqual(found.program, ["mill", "--pin", "--"])

    def test_the_programs_own_options_are_its_own(self):
        self.assertEqual(options.parse(["--", "mill", "--help"]).program, ["mill", "--help"])

    def test_files_are_of_the_folder_where_the_user_is(self):
        os.environ["BUILD_WORKING_DIRECTORY"] = self.folder
        try:
            found = options.parse(["--output", "out", "--json=/tmp/all.json", "--", "mill"])
        finally:
            del os.environ["BUILD_WORKING_DIRECTORY"]
        self.assertEqual((found.folder, found.output, found.json),
                         (self.folder, self.path("out"), "/tmp/all.json"))

    def test_cpus(self):
        cpu = min(os.sched_getaffinity(0))
        self.assertEqual(options.parse(["--pin", f"{cpu}-{cpu}", "--", "mill"]).pin, {cpu})
        self.refused("may run on the CPUs", "--pin", "100000", "--", "mill")
        self.refused("list of CPUs", "--pin", "all", "--", "mill")
        self.refused("may run on the CPUs", "--pin", "3-1", "--", "mill")

    def test_what_is_wrong(self):
        self.refused("no program")
        self.refused("no program", "--aa", "--")
        self.refused("mill: unknown; the program stands behind --", "mill", "x")
        self.refused("--prec: unknown", "--prec", "1%", "--", "mill")
        for text in ("0", "100%", "x", "-1", "1.2.3"):
            self.refused("percentage", f"--precision={text}", "--", "mill")
        for text in ("0", "5x", "m", ""):
            self.refused("number above 0", f"--time-limit={text}", "--", "mill")
        self.refused("such as 1000, 64M", "--max-output=1T", "--", "mill")
        self.refused("whole number", "--warm-up=0", "--", "mill")
        for text in ("fast", "0", "inf", "nan"):
            self.refused("ratio", f"--fail-above={text}", "--", "mill")
        self.refused("both sides are stock", "--aa", "--fail-above=1.1", "--", "mill")
        self.refused("no such folder", "--json", self.path("none/x.json"), "--", "mill")
        self.refused("no such file", "--input", self.path("none"), "--", "mill")
        self.refused("no such file", "--tbb", self.path("none"), "--", "mill")


if __name__ == "__main__":
    unit.main()
