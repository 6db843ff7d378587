#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The race: order, when it ends, who leaves it. Its runs are made up."""

import os
import sys

sys.path.insert(0, os.path.join(os.getcwd(), "tests/unit/bench/parkway_ab"))
import unit  # noqa: E402
from parkway_ab import estimate, problem, race, runner  # noqa: E402


class Racing(unit.TestCase):
    def setUp(self):
        super().setUp()
        self.sides = [runner.Side(name) for name in ("stock", "one", "other")]
        self.order = []
        self.quiet = race.Progress(quiet=True)

    def race(self, times, limit=3600, sides=None, lenient=False, **options):
        """times: name -> a function of the run's number, or a list that repeats."""
        counts = dict.fromkeys(times, 0)

        def once(side):
            number = counts[side.name]
            counts[side.name] += 1
            self.order.append(side.name)
            found = times[side.name]
            return self.made_run(side, found(number) if callable(found) else found[number % len(found)])

        return race.run_race(sides or self.sides[:2], once, self.options("x", **options), limit, "test", self.quiet,
                             lenient)

    def test_it_ends_as_soon_as_the_interval_is_narrow(self):
        found = self.race({"stock": [2.0], "one": [1.0]})
        self.assertEqual(found.why, race.NARROW)
        self.assertEqual(len(found.rounds), estimate.FEWEST)
        self.assertEqual(found.estimate(1).ratio, 0.5)
        self.assertEqual(found.estimate(1, lambda run: 3 * run.cpu).ratio, 0.5)

    def test_the_order_within_pairs_is_random_and_that_of_the_seed(self):
        times = {"stock": [2.0], "one": [1.0, 3.0]}
        self.race(times, precision=0.9)
        one = list(self.order)
        pairs = list(zip(one[::2], one[1::2]))
        self.assertTrue(all(set(pair) == {"stock", "one"} for pair in pairs))
        self.assertEqual(len(set(pairs)), 2)
        self.order.clear()
        self.race(times, precision=0.9)
        self.assertEqual(self.order, one)

    def test_pairs_are_those_of_one_round_whatever_their_order(self):
        found = self.race({"stock": lambda n: 1.0 + n, "one": lambda n: 2.0 + 2 * n})
        self.assertTrue(all(other.wall == 2 * stock.wall for stock, other in found.pairs(1)))

    def test_the_time_limit_ends_it_after_one_round_at_the_least(self):
        found = self.race({"stock": [1.0, 5.0], "one": [3.0]}, limit=0)
        self.assertEqual((found.why, len(found.rounds)), (race.TIME, 1))
        self.assertEqual(found.estimate(1).verdict(0.01), estimate.UNKNOWN)

    def test_all_sides_have_to_be_narrow(self):
        def wide(number):
            return 1.0 + (number % 2) * 0.5 if number < 20 else 1.25

        found = self.race({"stock": [1.0], "one": [1.0], "other": wide}, sides=self.sides)
        self.assertEqual(found.why, race.NARROW)
        self.assertGreater(len(found.rounds), 20)

    def test_a_problem_ends_it(self):
        def fail(number):
            raise problem.Problem("they differ", problem.OUTPUTS_DIFFER)

        times = {"stock": [1.0], "one": fail, "other": [2.0]}
        self.refuses(problem.OUTPUTS_DIFFER, "they differ", self.race, times)
        found = self.race(times, sides=self.sides, lenient=True)
        self.assertEqual(found.out[1].message, "they differ")
        self.assertEqual((found.pairs(1), found.estimate(2).ratio, found.why), ([], 2.0, race.NARROW))

    def test_one_that_fails_later_keeps_its_pairs(self):
        def fail(number):
            if number == 3:
                raise problem.Problem("they differ", problem.OUTPUTS_DIFFER)
            return 1.0

        found = self.race({"stock": [1.0], "one": fail, "other": [2.0]}, sides=self.sides, lenient=True)
        self.assertEqual((len(found.pairs(1)), len(found.pairs(2))), (3, estimate.FEWEST))

    def test_no_side_left_ends_it(self):
        def fail(number):
            raise problem.Problem("they differ", problem.OUTPUTS_DIFFER)

        found = self.race({"stock": [1.0], "one": fail}, lenient=True)
        self.assertEqual((len(found.rounds), found.pairs(1)), (1, []))

    def test_stocks_own_failure_ends_it_always(self):
        def fail(number):
            raise problem.Problem("stock differs", problem.WRONG_USE)

        self.refuses(problem.WRONG_USE, "stock differs", self.race, {"stock": fail, "one": [1.0]}, 1,
                     self.sides[:2], True)

    def test_an_interrupt_keeps_what_there_is(self):
        def interrupted(number):
            if number == 5:
                raise KeyboardInterrupt
            return 1.0

        found = self.race({"stock": [1.0], "one": interrupted})
        self.assertEqual((found.why, len(found.rounds)), (race.STOPPED, 5))


if __name__ == "__main__":
    unit.main()
