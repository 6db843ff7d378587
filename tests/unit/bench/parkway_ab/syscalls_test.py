#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Counting system calls, with tools that play perf and strace."""

import os
import sys

sys.path.insert(0, os.path.join(os.getcwd(), "tests/unit/bench/parkway_ab"))
import unit  # noqa: E402
from parkway_ab import runner, syscalls  # noqa: E402

_PERF = """\
# started on Mon

12,,syscalls:sys_enter_futex,618348,100.00,,
3,,syscalls:sys_enter_sched_yield,618348,100.00,,
0,,syscalls:sys_enter_membarrier,618348,100.00,,
"""
_STRACE = """\
% time     seconds  usecs/call     calls    errors syscall
------ ----------- ----------- --------- --------- ----------------
 98.00    0.000100          10        12         5 futex
  2.00    0.000001           1         3           sched_yield
------ ----------- ----------- --------- --------- ----------------
100.00    0.000101                    15         5 total
"""


class Counting(unit.TestCase):
    def setUp(self):
        super().setUp()
        self.before = os.environ["PATH"]
        os.mkdir(self.path("bin"))
        for tool in ("true", "cat", "sh", "env"):
            os.symlink(f"/bin/{tool}" if os.path.exists(f"/bin/{tool}") else f"/usr/bin/{tool}",
                       self.path(f"bin/{tool}"))
        os.environ["PATH"] = self.path("bin")

    def tearDown(self):
        os.environ["PATH"] = self.before

    def plays(self, tool, text):
        """A tool that writes this into the file behind -o, and runs what it is to run."""
        self.write("text." + tool, text)
        self.script("bin/" + tool, 'while [ "$1" != -- ]; do [ "$1" != -o ] || out=$2; shift; done; shift',
                    f'cat {self.path("text." + tool)} >"$out"', 'exec "$@"')

    def count(self):
        counter = syscalls.Counter(self.folder)
        made = runner.Runner(self.options(self.script("mill", "echo ran")), self.folder)
        return counter, counter.count(made, runner.Side("parkway", ["/none.so"])) if counter.tool else None

    def test_perf(self):
        self.plays("perf", _PERF)
        counter, counts = self.count()
        self.assertEqual((counter.tool, counts), ("perf", {"futex": 12, "sched_yield": 3, "membarrier": 0}))

    def test_strace_where_perf_may_not(self):
        self.plays("perf", _PERF.replace("12,", "<not supported>,"))
        self.plays("strace", _STRACE)
        counter, counts = self.count()
        self.assertEqual((counter.tool, counts), ("strace", {"futex": 12, "sched_yield": 3, "membarrier": 0}))

    def test_neither(self):
        self.plays("perf", "")
        counter, _ = self.count()
        self.assertEqual((counter.tool, counter.reason), ("", "perf may not count here and there is no strace"))


if __name__ == "__main__":
    unit.main()
