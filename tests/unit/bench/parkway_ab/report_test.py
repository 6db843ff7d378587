#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The words of the report, from made-up results."""

import os
import sys

sys.path.insert(0, os.path.join(os.getcwd(), "tests/unit/bench/parkway_ab"))
import unit  # noqa: E402
from parkway_ab import contention, estimate, problem, race, report, runner  # noqa: E402


class Verdicts(unit.TestCase):
    def text(self, ratios, precision=0.01):
        return report.verdict_text(estimate.Estimate(ratios), precision)

    def test_in_words(self):
        self.assertEqual(self.text([0.9] * 8), "parkway is faster, by 10 %")
        self.assertEqual(self.text([1.25] * 8), "parkway is slower, by 25 %")
        self.assertEqual(self.text([1.003] * 8), "no measurable difference: less than 0.30 %")
        self.assertEqual(self.text([0.9, 1.1] * 8), "no measurable difference; one of 10 % could have been missed")
        self.assertEqual(self.text([0.5]), "unknown: 1 pair of runs; it takes 8")


class Races(unit.TestCase):
    def race(self, count, why, other=0.5):
        sides = [runner.Side("stock"), runner.Side("parkway", ["/x.so"])]
        found = race.Race(sides)
        found.why = why
        for _ in range(count):
            found.rounds.append([self.made_run(sides[0], 1.0, memory=100 << 20, voluntary=10),
                                 self.made_run(sides[1], other, memory=50 << 20, voluntary=5)])
        return found

    def lines(self, found, calls=None):
        return "\n".join(report.race_lines(found, self.options("x"), calls, ["It rains."]))

    def test_all_of_it(self):
        calls = {"tool": "perf", "stock": {"futex": 100, "sched_yield": 0}, "other": {"futex": 25, "sched_yield": 3}}
        text = self.lines(self.race(9, race.NARROW), calls)
        for words in ("time      parkway is faster, by 50 %", "0.500 (0.500..0.500)", "9 pairs", "100 MiB", "50.0 MiB",
                      "under perf", "It rains.", "It ended when the interval was within 1.0 %"):
            self.assertIn(words, text)
        self.assertRegex(text, r"futex calls +100 +25 +0\.250")
        self.assertRegex(text, r"sched_yield calls +0 +3 *\n")
        self.assertRegex(text, r"voluntary switches +10 +5 +0\.500")

    def test_what_more_time_would_give(self):
        self.assertIn("8 pairs take some 12 s: --time-limit.", self.lines(self.race(2, race.TIME)))
        found = self.race(8, race.TIME)
        for turn, wall in zip(found.rounds, [0.5, 0.52] * 4):
            turn[1].wall = wall
        text = self.lines(found)
        self.assertRegex(text, r"within 2\.0 %, not 1\.0 %: that would take some \d+ s more\.")
        for turn, wall in zip(found.rounds, [0.5, 0.9] * 4):
            turn[1].wall = wall
        self.assertIn("it cannot be had here", self.lines(found))

    def test_nobody_counts_calls(self):
        self.assertIn("not counted: there is no perf", self.lines(self.race(8, race.NARROW),
                                                                 {"reason": "there is no perf"}))

    def test_layers_with_one_that_has_failed(self):
        found = self.race(8, race.NARROW)
        found.sides.append(runner.Side("conditions", ["/x.so"]))
        for turn in found.rounds:
            turn.append(None)
        found.out[2] = problem.Problem("they differ", problem.OUTPUTS_DIFFER)
        text = "\n".join(report.layer_lines(found, self.options("x")))
        self.assertIn("conditions  they differ", text)
        self.assertRegex(text, r"parkway +0\.500 \(0\.500\.\.0\.500\) .* faster$")


class Waits(unit.TestCase):
    def profiles(self, nanoseconds, slowed=1.0):
        waits = [{"kind": "rw_mutex, writer", "lock": "0x10", "name": "table", "nanoseconds": nanoseconds, "count": 4,
                  "longest_nanoseconds": nanoseconds // 2, "slept": 3, "histogram": [0] * 20 + [4],
                  "waiter": [f"0x{at:x}" for at in range(0x1001, 0x1009)], "releaser": ["0x1100"]},
                 {"kind": "rw_mutex, reader", "lock": "0x10", "nanoseconds": 0, "count": 1}]
        document = {"parkway_profile": 1, "program": "mill", "seconds": 1.0, "threads": 2, "sample": 1, "waits": waits,
                    "mappings": [{"start": "0x1000", "end": "0x2000", "offset": "0x0", "path": "/nowhere/mill"}]}
        return contention.Profiles([contention.Profile(document)], 1.0, slowed)

    def test_too_little_to_gain(self):
        text = "\n".join(report.ceiling_lines(self.profiles(4_000_000), 0.01))
        for words in ("You wait 0.40 % of the time, all threads together (2 threads, 1.00 s): no lock library can give "
                      "you more.\nnote      They are", "\nnote      Not in it: "):
            self.assertIn(words, text)

    def test_something_to_gain(self):
        text = "\n".join(report.ceiling_lines(self.profiles(100_000_000, 1.5), 0.01))
        for words in ("Waits are 5.0 % of the time of the threads that wait (2): 100 ms in a run of 1.00 s.",
                      "5.0 %  locks", "One after the other they are 10 % of the time", "took 1.50 times as long"):
            self.assertIn(words, text)

    def test_whose_waits_they_are(self):
        for unseen, words in (([], "stock's own could not be watched"),
                              (["tbb workers", "absl locks"],
                               "stock's own cannot be seen: oneTBB's workers and Abseil's locks")):
            self.assertEqual(report.bound_text(False, unseen),
                             f"They are the waits for parkway's locks, in a preloaded run; {words}.")
        found = self.profiles(100_000_000)
        found.stock = True
        self.assertIn("the program's own locks", "\n".join(report.ceiling_lines(found, 0.01)))

    def test_no_limit(self):
        self.assertIn("sets no limit", "\n".join(report.ceiling_lines(self.profiles(3_000_000_000), 0.01)))

    def test_the_hottest_locks(self):
        text = "\n".join(report.lock_lines(self.profiles(4_000_000).profiles, 10))
        for words in ("What mill waited for", "each wait noted", "1. rw_mutex table (locks): 4.00 ms in 5 waits, "
                      "longest 2.00 ms, slept 3", "1.05 ms |", "writer in mill+0x1", "... 2 more",
                      "let go in mill+0x100",
                      "1 more pair of stacks"):
            self.assertIn(words, text)
        self.assertIn("waited for, preloaded, ", text)
        found = self.profiles(4_000_000).profiles
        found[0].stock = True
        self.assertIn("waited for, with its own locks, ", "\n".join(report.lock_lines(found, 10)))


class Figures(unit.TestCase):
    def test_they_can_be_read(self):
        for found, wanted in ((problem.figure(0.0012345), "0.00123"), (problem.figure(1234.5), "1234"),
                              (problem.seconds(0.0123), "12.3 ms"), (problem.seconds(3e-7), "300 ns"),
                              (problem.size(3 << 29), "1.50 GiB"), (problem.size(12), "12 bytes"),
                              (problem.percent(0.004), "0.40 %"), (problem.percent(1.5), "150 %"),
                              (problem.percent(0.5), "50 %"), (problem.percent(0), "0 %"),
                              (problem.percent(0.00001), "under 0.01 %"), (problem.minutes(89.5), "90 s"),
                              (problem.minutes(600), "10 min"), (problem.minutes(9000), "2.5 h"),
                              (problem.plural(1, "run"), "1 run"), (problem.plural(2, "run"), "2 runs")):
            self.assertEqual(found, wanted)


if __name__ == "__main__":
    unit.main()
