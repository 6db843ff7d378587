#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Whether two runs have done the same, and what is said if not."""

import os
import sys

sys.path.insert(0, os.path.join(os.getcwd(), "tests/unit/bench/parkway_ab"))
import unit  # noqa: E402
from parkway_ab import outputs, problem, runner  # noqa: E402


class Comparing(unit.TestCase):
    def setUp(self):
        super().setUp()
        self.stock, self.parkway = runner.Side("stock"), runner.Side("parkway", ["/lib.so"])

    def compare(self, first, other, other_side=None, **options):
        """first, other: what the runs print, or the values of a Run."""
        options = self.options("x", **options)
        one = runner.Runner(options, self.folder)
        os.mkdir(self.path("kept"))
        self.checker = outputs.Outputs(options, one, self.path("kept"))
        for side, what in ((self.stock, first), (other_side or self.parkway, other)):
            values = what if isinstance(what, dict) else {"text": what}
            self.write("stdout", values.pop("text", ""))
            self.write("stderr", values.get("errors", ""))
            if options.output and "file" in values:
                with open(options.output, "w", encoding="utf-8") as file:
                    file.write(values.pop("file"))
            self.checker.check(self.made_run(side, 1, **values))

    def test_the_same(self):
        self.compare("a\nb\n", "a\nb\n")

    def test_another_output_is_shown_for_both(self):
        trouble = self.refuses(problem.OUTPUTS_DIFFER, "stock and parkway differ: the output is another one",
                               self.compare, "a\nb\nc\n", "a\nx\nc\n")
        self.assertEqual(trouble.details, ["the first difference is in line 2, at byte 2",
                                           "stock (6 bytes):", "  b", "  c", "parkway (6 bytes):", "  x", "  c"])

    def test_an_output_that_ends_early(self):
        trouble = self.refuses(problem.OUTPUTS_DIFFER, "differ", self.compare, "a\nb\n", "a\n")
        self.assertIn("  (ends here)", trouble.details)

    def test_bytes_that_are_no_text(self):
        trouble = self.refuses(problem.OUTPUTS_DIFFER, "differ", self.compare, b"\x00\xff\x1b[1m", b"\x00\xfe")
        self.assertTrue(all("\x1b" not in line for line in trouble.details))

    def test_stock_that_differs_from_itself_is_not_our_fault(self):
        trouble = self.refuses(problem.WRONG_USE, "two runs of stock differ", self.compare, "1\n", "2\n", self.stock)
        self.assertIn("--check", trouble.message)

    def test_how_they_ended(self):
        crash = {"status": -11, "errors": "last words\n"}
        trouble = self.refuses(problem.OUTPUTS_DIFFER, "stock ended with status 0, parkway crashed with SIGSEGV",
                               self.compare, {}, crash)
        self.assertEqual(trouble.details, ["last words"])

    def test_one_that_does_not_end(self):
        self.refuses(problem.OUTPUTS_DIFFER, "parkway had not ended after 9 s", self.compare, {},
                     {"status": -9, "ended": "had not ended after 9 s"})

    def test_the_same_failure_is_the_same(self):
        self.compare({"status": 3}, {"status": 3})

    def test_a_file(self):
        path = self.path("result")
        self.compare({"text": "1", "file": "same"}, {"text": "2", "file": "same"}, output=path)

    def test_a_file_that_differs(self):
        path = self.path("result")
        self.refuses(problem.OUTPUTS_DIFFER, f"what is in {path} is another", lambda: self.compare(
            {"file": "one"}, {"file": "other"}, output=path))

    def test_a_file_that_is_not_written(self):
        self.refuses(problem.WRONG_USE, "has not written such a file", lambda: self.compare(
            {}, {}, output=self.path("result")))

    def test_a_check_keeps_what_has_to_be_the_same(self):
        self.compare("b 1\na 2\n", "a 3\nb 4\n", check="cut -c 1 | sort")

    def test_a_check_that_prints_something_else(self):
        trouble = self.refuses(problem.OUTPUTS_DIFFER, "the check prints something else", lambda: self.compare(
            "b 1\n", "c 1\n", check="cut -c 1"))
        self.assertIn("  b", trouble.details)

    def test_a_check_that_fails(self):
        self.refuses(problem.OUTPUTS_DIFFER, "parkway fails the check: the command ends with 1", lambda: self.compare(
            "good", "bad", check="grep -q good"))

    def test_a_check_that_fails_for_stock(self):
        trouble = self.refuses(problem.WRONG_USE, "ends with 7 after a run of stock", lambda: self.compare(
            "", "", check="echo why >&2; exit 7"))
        self.assertEqual(trouble.details, ["why"])

    def test_a_check_has_a_folder_with_everything(self):
        check = 'cd "$PARKWAY_AB_RUN" && cat status stderr stdout output'
        self.compare({"text": "out", "file": "file", "errors": "err"}, {"text": "out", "file": "file", "errors": "err"},
                     check=check, output=self.path("result"))
        with open(self.path("kept/first"), encoding="utf-8") as file:
            self.assertEqual(file.read(), "0\nerroutfile")


class Differences(unit.TestCase):
    def test_the_first_byte_that_differs(self):
        long = "x" * (3 << 20)
        for one, other, at in (("", "", 0), ("ab", "ab", 2), ("ab", "ac", 1), ("ab", "abc", 2),
                               (long, long[:-1] + "y", len(long) - 1), (long, long + "y", len(long))):
            self.assertEqual(outputs.first_difference(self.write("one", one), self.write("other", other)), at)


if __name__ == "__main__":
    unit.main()
