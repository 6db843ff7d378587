#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What is said of a noisy machine."""

import os
import sys

sys.path.insert(0, os.path.join(os.getcwd(), "tests/unit/bench/parkway_ab"))
import unit  # noqa: E402
from parkway_ab import noise  # noqa: E402


def counts(**values):
    found = noise.Counts.__new__(noise.Counts)
    for name in ("busy", "steal", "time", "own"):
        setattr(found, name, values.get(name, 0.0))
    found.hot, found.held = values.get("hot"), values.get("held")
    return found


class Noises(unit.TestCase):
    def between(self, **after):
        return noise.Noise(counts(hot=5, held=None), counts(**dict(dict(time=10.0, hot=5), **after)))

    def test_what_others_used_is_what_is_not_ours(self):
        cpus = os.cpu_count()
        found = self.between(busy=6.0 * cpus, own=4.0 * cpus, steal=1.0 * cpus)
        self.assertAlmostEqual(found.others, 0.2)
        self.assertAlmostEqual(found.steal, 0.1)
        said = " ".join(noise.remarks(found))
        self.assertIn("Other programs used 20 %", said)
        self.assertIn("took away 10 %", said)

    def test_a_quiet_machine_is_not_worth_a_word(self):
        self.assertEqual(list(noise.remarks(self.between(busy=4.0, own=4.1))), [])

    def test_heat_and_limits(self):
        self.assertIn("for its heat, 3 times", " ".join(noise.remarks(self.between(hot=8))))
        found = noise.Noise(counts(held=1), counts(time=1.0, held=2))
        self.assertIn("held this process back, 1 time.", " ".join(noise.remarks(found)))
        self.assertIsNone(self.between().held)

    def test_the_counters_of_this_machine_grow(self):
        one, other = noise.Counts(), noise.Counts()
        self.assertGreaterEqual(other.busy, one.busy)
        self.assertGreater(other.time, one.time)

    def test_shared_cores(self):
        siblings = {0: {0, 4}, 4: {0, 4}, 1: {1, 5}, 5: {1, 5}}
        self.assertIn("are one core", " ".join(noise.place_remarks({0, 4}, siblings)))
        self.assertIn("CPUs 0,1 share their cores", " ".join(noise.place_remarks({0, 1}, siblings)))
        self.assertNotIn("core", " ".join(noise.place_remarks({0, 1, 4, 5}, siblings)))
        self.assertNotIn("core", " ".join(noise.place_remarks({0, 1}, {})))


if __name__ == "__main__":
    unit.main()
