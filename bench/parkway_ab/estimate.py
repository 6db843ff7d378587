# SPDX-License-Identifier: Apache-2.0
"""From the ratios of pairs of runs to an interval, a verdict and when to stop.

The estimate is the median of the ratios of neighbouring runs. Its interval is the wider one, at each end, of two
99 % intervals: the bootstrap's percentiles, and the ranks that hold the median of any distribution. The second one
needs no assumption, and there is none for fewer than eight pairs. A difference is called one if the interval
leaves out 1 and reaches further from 1 than the precision that was asked for, or than 1 % if that is less.
"""

import functools
import math
import random
import statistics

CONFIDENCE = 0.99
FEWEST = 8
_RESAMPLES = 2000
_SEED = 20240229
_LEAST = 0.01
_MOST_DRAWN = 400  # of a resample; more ratios change nothing that can be seen, and the ranks still hold

FASTER, SLOWER, SAME, UNKNOWN = "faster", "slower", "no measurable difference", "unknown"


@functools.lru_cache(maxsize=None)
def rank(count):
    """The greatest k for which the k-th least and the k-th greatest of `count` values hold the median."""
    tail, k = 0.0, 0
    while k < count // 2:
        logarithm = math.lgamma(count + 1) - math.lgamma(k + 1) - math.lgamma(count - k + 1) - count * math.log(2)
        tail += math.exp(logarithm)
        if 2 * tail > 1 - CONFIDENCE:
            break
        k += 1
    return k


def _bootstrap(values):
    chance = random.Random(_SEED)
    drawn = min(len(values), _MOST_DRAWN)
    medians = sorted(statistics.median(chance.choices(values, k=drawn)) for _ in range(_RESAMPLES))
    outside = (1 - CONFIDENCE) / 2
    low = medians[int(outside * _RESAMPLES)]
    high = medians[min(_RESAMPLES - 1, math.ceil((1 - outside) * _RESAMPLES) - 1)]
    if drawn < len(values):
        middle, shrink = statistics.median(values), math.sqrt(drawn / len(values))
        low, high = middle - (middle - low) * shrink, middle + (high - middle) * shrink
    return low, high


class Estimate:
    """ratio, low, high (the interval; infinite with too few pairs), count of pairs."""

    def __init__(self, ratios):
        self.count = len(ratios)
        self.ratio = statistics.median(ratios) if ratios else math.nan
        self.low, self.high = 0.0, math.inf
        if self.count >= FEWEST:
            ordered = sorted(ratios)
            k = rank(self.count)
            low, high = _bootstrap(ordered)
            self.low, self.high = min(low, ordered[k - 1]), max(high, ordered[-k])

    def half(self):
        """Half of the interval's width, as a part of the ratio."""
        return (self.high - self.low) / 2 / self.ratio if self.count >= FEWEST and self.ratio > 0 else math.inf

    def verdict(self, precision):
        if self.count < FEWEST:
            return UNKNOWN
        least = min(precision, _LEAST)
        if self.low > 1 and self.high > 1 + least:
            return SLOWER
        if self.high < 1 and self.low < 1 - least:
            return FASTER
        return SAME

    def pairs_wanted(self, precision):
        """How many pairs it may take in all: the interval narrows with their square root."""
        if self.count < FEWEST:
            return FEWEST
        return max(self.count, math.ceil(self.count * (self.half() / precision) ** 2))


def ratios(pairs, get):
    """get(other) / get(stock) for each pair; those without a value on stock's side are left out."""
    return [get(other) / get(stock) for stock, other in pairs if get(stock) > 0]


def next_look(count):
    """After how many pairs to look again: looking costs time, and each look is one more chance to be wrong."""
    return max(FEWEST, count + 1, math.ceil(count * 1.15))


def spread(values):
    """(least, lower quartile, median, upper quartile, greatest)."""
    if len(values) < 2:
        return (values[0],) * 5 if values else (math.nan,) * 5
    quartiles = statistics.quantiles(values, n=4, method="inclusive")
    return (min(values), *quartiles, max(values))
