# SPDX-License-Identifier: Apache-2.0
"""Runs the sides in turns, in random order, until the interval is narrow or the time is over."""

import random
import sys
import time

from parkway_ab import estimate, problem
from parkway_ab.problem import OUTPUTS_DIFFER, WRONG_USE, Problem

NARROW, TIME, STOPPED = "as narrow as asked", "the time limit", "interrupted"
_SAY_EVERY = 15  # seconds, where lines stay


class Race:
    """rounds: one Run of each side in each, the first side's (stock) first; why: what ended it; out: the sides that
    left it, with the Problem of each."""

    def __init__(self, sides):
        self.sides = sides
        self.rounds = []
        self.why = ""
        self.out = {}

    def pairs(self, side):
        """(stock's run, the side's run) of each round that has both."""
        return [(turn[0], turn[side]) for turn in self.rounds if turn[side] is not None]

    def runs(self, side):
        return [turn[side] for turn in self.rounds if turn[side] is not None]

    def estimate(self, side, get=lambda run: run.wall):
        return estimate.Estimate(estimate.ratios(self.pairs(side), get))


class Progress:
    """The present estimate and what is left, on standard error."""

    def __init__(self, quiet):
        self._quiet = quiet
        self._live = sys.stderr.isatty()
        self._said = time.monotonic()

    def say(self, text, now=False):
        if self._quiet:
            return
        if self._live:
            sys.stderr.write("\r\033[K" + text[:118])
            sys.stderr.flush()
        elif now or time.monotonic() - self._said > _SAY_EVERY:
            self._said = time.monotonic()
            sys.stderr.write(text + "\n")

    def clear(self):
        if not self._quiet and self._live:
            sys.stderr.write("\r\033[K")
            sys.stderr.flush()


def run_race(sides, run_once, options, limit, what, progress, lenient=False):
    """The Race of `sides` within `limit` seconds. run_once(side) is a checked Run, or raises a Problem.

    lenient: a side that fails leaves the race, which goes on without it.
    """
    chance = random.Random(options.seed)
    race, start, look = Race(sides), time.monotonic(), estimate.FEWEST
    try:
        while not race.why:
            turn = [None] * len(sides)
            order = [side for side in range(len(sides)) if side not in race.out]
            chance.shuffle(order)
            for side in order:
                turn[side] = _one(race, side, run_once, lenient)
            race.rounds.append(turn)
            if len(race.out) == len(sides) - 1:
                race.why = "no side is left"
                break
            spent = time.monotonic() - start
            count = len(race.rounds)
            if count >= look:
                look = estimate.next_look(count)
                race.why = _narrow(race, options.precision)
            if not race.why and spent + spent / count > limit and count >= 1:
                race.why = TIME
            progress.say(_state(race, what, options.precision, spent, limit))
    except KeyboardInterrupt:
        race.why = STOPPED
    progress.clear()
    return race


def _one(race, side, run_once, lenient):
    try:
        return run_once(race.sides[side])
    except Problem as trouble:
        if not lenient or side == 0 or trouble.code not in (OUTPUTS_DIFFER, WRONG_USE):
            raise
        race.out[side] = trouble
        return None


def _narrow(race, precision):
    left = [side for side in range(1, len(race.sides)) if side not in race.out]
    return NARROW if all(race.estimate(side).half() <= precision for side in left) else ""


def _state(race, what, precision, spent, limit):
    count = len(race.rounds)
    left = [side for side in range(1, len(race.sides)) if side not in race.out]
    if count < estimate.FEWEST:
        return f"{what}: round {count}; an estimate needs {estimate.FEWEST}"
    widest = max((race.estimate(side) for side in left), key=lambda found: found.half())
    wanted = widest.pairs_wanted(precision)
    rest = min(limit - spent, (wanted - count) * spent / count)
    return (f"{what}: round {count}, time ratio {widest.ratio:.3f} +-{problem.percent(widest.half())}, "
            f"wanted +-{problem.percent(precision)}; {problem.minutes(max(0, rest))} left at most")
