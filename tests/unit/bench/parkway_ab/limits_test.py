#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What depends on times, with the times made up: a program that is too short, a profile that slows down."""

import contextlib
import io
import os
import sys
from unittest import mock

sys.path.insert(0, os.path.join(os.getcwd(), "tests/unit/bench/parkway_ab"))
import unit  # noqa: E402
import made  # noqa: E402
from parkway_ab import contention, main, runner  # noqa: E402


class Limits(unit.TestCase):
    def measurement(self):
        options = self.options(self.script("mill", "echo flour"), quiet=True, html=None, json=None, worth=0.01,
                               anyway=False, warm_up=1)
        os.mkdir(self.path("scratch"))
        return main.Measurement(options, [], self.path("scratch"))

    def test_a_program_that_ends_before_it_can_be_seen(self):
        said = io.StringIO()
        library = self.write("lib.so", "")
        with mock.patch.object(main, "_SHORTEST", 1e6), contextlib.redirect_stderr(said), \
                contextlib.redirect_stdout(io.StringIO()):
            code = main.main(["--tbb", library, "--quiet", "--", self.script("mill", "echo flour")], [])
        self.assertEqual(code, 2)
        self.assertIn("drowns in the start of a process; give it more to do", said.getvalue())

    def profiled(self, slowed, waits):
        """How often waits were noted in each run of a profile, and what is said."""
        measurement, asked = self.measurement(), []
        profiles = made.profiles()  # of 2 s
        profiles.slowed = slowed
        profiles.profiles[0].locks[0].count = waits

        def profile(one_in):
            asked.append(one_in)
            return profiles

        said = io.StringIO()
        with mock.patch.object(measurement, "_profile", profile), \
                mock.patch.object(measurement, "_watch", lambda one_in: None), contextlib.redirect_stdout(said):
            self.goes_on = measurement._worth_it()
        return asked, said.getvalue()

    def test_each_of_few_waits_is_noted_also_where_the_run_was_slow_for_another_reason(self):
        asked, said = self.profiled(1.5, 5000)
        self.assertEqual((asked, self.goes_on), ([1], True))
        self.assertIn("sets no limit", said)

    def test_one_in_a_hundred_of_many(self):
        self.assertEqual(self.profiled(1.0, 10 ** 6)[0], [1, 100])

    def test_no_profile_is_said_and_it_goes_on(self):
        measurement, said = self.measurement(), io.StringIO()
        with mock.patch.object(measurement, "_profile", lambda one_in: None), \
                mock.patch.object(measurement, "_watch", lambda one_in: None), contextlib.redirect_stdout(said):
            self.assertTrue(measurement._worth_it())
        self.assertIn("write no contention profile", said.getvalue())

    def test_a_damaged_profile_is_noted_and_it_goes_on(self):
        measurement = self.measurement()
        measurement._first = 1.0
        measurement._parkway = runner.Side("parkway", [])
        with mock.patch.object(contention, "read_all", lambda *parts: (None, "it cannot be read")), \
                mock.patch.object(measurement._outputs, "check"):
            self.assertIsNone(measurement._profile(1))
        self.assertEqual(measurement.findings.notes, ["it cannot be read"])


if __name__ == "__main__":
    unit.main()
