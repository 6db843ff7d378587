#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The interval, the verdict and the stopping rule, on known data and on simulated runs of stock against stock."""

import math
import os
import random
import sys

sys.path.insert(0, os.path.join(os.getcwd(), "tests/unit/bench/parkway_ab"))
import unit  # noqa: E402
from parkway_ab import estimate  # noqa: E402


def simulate(draw, precision, most):
    """One race on drawn ratios: the Estimate at its end."""
    ratios, look = [], estimate.FEWEST
    while True:
        ratios.append(draw())
        if len(ratios) < look:
            continue
        found = estimate.Estimate(ratios)
        if found.half() <= precision or len(ratios) >= most:
            return found
        look = estimate.next_look(len(ratios))


class Ranks(unit.TestCase):
    def test_ranks_hold_the_median_with_the_confidence_that_they_promise(self):
        for count in range(estimate.FEWEST, 200):
            k = estimate.rank(count)
            outside = sum(math.comb(count, i) for i in range(k)) / 2 ** count
            one_more = outside + math.comb(count, k) / 2 ** count
            self.assertGreaterEqual(k, 1)
            self.assertLessEqual(2 * outside, 1 - estimate.CONFIDENCE)
            self.assertGreater(2 * one_more, 1 - estimate.CONFIDENCE)

    def test_one_pair_fewer_has_no_interval(self):
        self.assertEqual(estimate.rank(estimate.FEWEST - 1), 0)
        found = estimate.Estimate([1.5] * (estimate.FEWEST - 1))
        self.assertEqual(found.half(), math.inf)
        self.assertEqual(found.verdict(0.01), estimate.UNKNOWN)


class Intervals(unit.TestCase):
    def test_equal_ratios_leave_no_doubt(self):
        found = estimate.Estimate([0.9] * 8)
        self.assertEqual((found.low, found.ratio, found.high), (0.9, 0.9, 0.9))
        self.assertEqual(found.verdict(0.01), estimate.FASTER)

    def test_eight_pairs_reach_from_the_least_to_the_greatest(self):
        found = estimate.Estimate([0.97, 1.01, 1.00, 1.02, 0.99, 1.03, 0.98, 1.04])
        self.assertEqual((found.low, found.high), (0.97, 1.04))
        self.assertAlmostEqual(found.ratio, 1.005)

    def test_the_same_data_give_the_same_interval(self):
        chance = random.Random(3)
        ratios = [chance.gauss(1, 0.1) for _ in range(50)]
        one, other = estimate.Estimate(ratios), estimate.Estimate(list(ratios))
        self.assertEqual((one.low, one.high), (other.low, other.high))

    def test_more_pairs_are_narrower_also_where_resamples_are_cut_short(self):
        chance = random.Random(4)
        halves = [estimate.Estimate([chance.gauss(1, 0.05) for _ in range(count)]).half() for count in (20, 200, 2000)]
        self.assertGreater(halves[0], 2 * halves[1])
        self.assertGreater(halves[1], 2 * halves[2])

    def test_the_interval_holds_the_true_median(self):
        chance, held = random.Random(5), 0
        for _ in range(300):
            found = estimate.Estimate([math.exp(chance.gauss(0.1, 0.05)) for _ in range(20)])
            held += found.low <= math.exp(0.1) <= found.high
        self.assertGreaterEqual(held, 291)


class Verdicts(unit.TestCase):
    def test_a_difference_has_to_reach_further_than_the_precision(self):
        self.assertEqual(estimate.Estimate([1.005] * 9).verdict(0.01), estimate.SAME)
        self.assertEqual(estimate.Estimate([1.005] * 9).verdict(0.001), estimate.SLOWER)
        self.assertEqual(estimate.Estimate([0.995] * 9).verdict(0.01), estimate.SAME)
        self.assertEqual(estimate.Estimate([0.995] * 9).verdict(0.001), estimate.FASTER)

    def test_an_interval_with_1_in_it_is_no_difference(self):
        self.assertEqual(estimate.Estimate([0.8] * 6 + [1.2] * 6).verdict(0.01), estimate.SAME)

    def test_a_true_difference_is_found(self):
        chance = random.Random(6)
        for true, verdict in ((0.95, estimate.FASTER), (1.05, estimate.SLOWER)):
            found = simulate(lambda: true * math.exp(chance.gauss(0, 0.02)), 0.01, 200)
            self.assertEqual(found.verdict(0.01), verdict)
            self.assertLess(abs(found.ratio / true - 1), 0.02)

    def test_stock_against_stock_has_a_difference_in_at_most_one_of_twenty(self):
        chance = random.Random(7)

        def steady(spread):
            return math.exp(chance.gauss(0, spread))

        def disturbed(spread):
            """Now and then something else runs."""
            return steady(spread) * (1 + chance.expovariate(1 / (5 * spread)) if chance.random() < 0.1 else 1)

        def of_two_kinds(spread):
            """Such as of a program whose memory lies well or badly."""
            return steady(spread) * (1 + 5 * spread if chance.random() < 0.3 else 1)

        for one, spread in ((steady, 0.005), (steady, 0.03), (disturbed, 0.01), (of_two_kinds, 0.02)):
            wrong = sum(simulate(lambda: one(spread) / one(spread), 0.01, 40).verdict(0.01) != estimate.SAME
                        for _ in range(100))
            self.assertLessEqual(wrong, 5, (one.__name__, spread))


class Stopping(unit.TestCase):
    def test_looks_come_at_first_where_an_interval_is_possible_and_then_less_often(self):
        self.assertEqual(estimate.next_look(1), estimate.FEWEST)
        self.assertEqual(estimate.next_look(8), 10)
        self.assertGreaterEqual(estimate.next_look(100), 115)

    def test_what_is_left_goes_with_the_square_of_the_width(self):
        found = estimate.Estimate([0.96] * 6 + [1.04] * 6)
        self.assertAlmostEqual(found.half(), 0.04)
        self.assertAlmostEqual(found.pairs_wanted(0.02), 48, delta=1)
        self.assertEqual(found.pairs_wanted(0.5), 12)

    def test_pairs_without_a_value_of_stock_have_no_ratio(self):
        self.assertEqual(estimate.ratios([(2, 1), (0, 5), (4, 8)], float), [0.5, 2.0])


if __name__ == "__main__":
    unit.main()
