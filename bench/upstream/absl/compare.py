#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Runs Abseil's own benchmarks, and one of readers, with stock and with parkway's locks, in turns.

One cell (a benchmark with its arguments) at a time: a process with stock, a process with parkway,
and again, with the first of them changing. The ratios are those of neighbouring runs, parkway over
stock; below 1 is better for parkway.
"""

import argparse
import json
import math
import os
import re
import statistics
import subprocess
import sys

# Not the locks that are the same on both sides; and not a benchmark that polls until all its other
# threads sleep, for which two CPUs take minutes with either lock.
DEFAULT_FILTER = r"^BM_(?!Contended<(?!absl::Mutex>))(?!MutexEnqueue)"

# What each group should reach: of the geometric mean, and of the worst cell.
GOALS = {
    "BM_Mutex": (None, 0.85),
    "BM_Readers": (None, 0.9),
    "BM_Contended<absl::Mutex>": (0.8, 1.1),
    "BM_ConditionWaiters": (None, 1.1),
}


def arguments():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pair", action="append", required=True, metavar="STOCK,PARKWAY",
                        help="the two programs; the build gives them")
    parser.add_argument("--filter", default=DEFAULT_FILTER, metavar="REGEX",
                        help="the cells to run; default: all but BM_MutexEnqueue and those of"
                             " std::mutex and SpinLock")
    parser.add_argument("--repetitions", type=int, default=5, metavar="N")
    parser.add_argument("--min-time", type=float, default=0.1, metavar="SECONDS",
                        help="of each run of a cell")
    parser.add_argument("--timeout", type=float, default=60, metavar="SECONDS",
                        help="after which a run of a cell counts as hanging")
    parser.add_argument("--json", metavar="FILE", help="where all measured times go")
    parser.add_argument("--markdown", metavar="FILE", help="where the tables go as well")
    options = parser.parse_args()
    try:
        re.compile(options.filter)
    except re.error as error:
        parser.error("--filter=%s: %s" % (options.filter, error))
    if options.repetitions < 1 or options.min_time <= 0 or options.timeout <= 0:
        parser.error("--repetitions, --min-time and --timeout must be above 0")
    return options


def cells(program, pattern):
    listed = subprocess.run([program, "--benchmark_list_tests"], check=True,
                            stdout=subprocess.PIPE, universal_newlines=True).stdout.split("\n")
    return [name for name in listed if name and re.search(pattern, name)]


def measure(program, cell, options):
    """(real, CPU) nanoseconds of one operation, or None if it hangs."""
    command = [program, "--benchmark_filter=^%s$" % re.escape(cell), "--benchmark_format=json",
               "--benchmark_min_time=%g" % options.min_time]
    try:
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                              timeout=options.timeout)
    except subprocess.TimeoutExpired:
        return None
    if done.returncode != 0:
        sys.exit("%s ended with %d:\n%s" % (" ".join(command), done.returncode,
                                            done.stderr.decode(errors="replace")))
    (run,) = json.loads(done.stdout.decode())["benchmarks"]
    unit = {"ns": 1, "us": 1e3, "ms": 1e6, "s": 1e9}[run["time_unit"]]
    return run["real_time"] * unit, run["cpu_time"] * unit


def geometric_mean(values):
    return math.exp(sum(map(math.log, values)) / len(values))


def number(value):
    return "%.3g" % value if value < 1000 else "%.0f" % value


class OtherLoad:
    """How much of the machine went to other processes since this was made."""

    def __init__(self):
        self.start = self.read()

    @staticmethod
    def read():
        """(all CPU seconds, those not idle, those of our children)."""
        with open("/proc/stat") as file:
            ticks = [int(t) for t in file.readline().split()[1:9]]
        children = os.times()
        return (sum(ticks) / os.sysconf("SC_CLK_TCK"),
                (sum(ticks) - ticks[3] - ticks[4]) / os.sysconf("SC_CLK_TCK"),
                children.children_user + children.children_system)

    def __str__(self):
        total, busy, own = (now - then for now, then in zip(self.read(), self.start))
        return "%.0f %%" % (100 * max(busy - own, 0) / max(total, 0.01))


class Cell:
    """What was measured in one cell: lists of (real, CPU), a repetition each."""

    def __init__(self, name):
        self.name = name
        self.group = name.split("/")[0]
        self.stock = []
        self.parkway = []

    def hangs(self):
        return [side for side in ("stock", "parkway") if None in getattr(self, side)]

    def ratios(self, which):
        return [p[which] / s[which] for s, p in zip(self.stock, self.parkway) if s[which]]

    def time(self, side):
        return number(statistics.median(t for t, _ in getattr(self, side)))

    def row(self):
        if self.hangs():
            return "| %s | | | | | | %s did not end |" % (self.name, " and ".join(self.hangs()))
        real, cpu = self.ratios(0), self.ratios(1)
        median = statistics.median(real)
        remark = ""
        if median > 1:
            remark = "LOSES in every run" if min(real) > 1 else "LOSES, within the spread"
        elif max(real) < 1:
            remark = "faster in every run"
        return "| %s | %s | %s | %.2f | %.2f..%.2f | %s | %s |" % (
            self.name, self.time("stock"), self.time("parkway"), median, min(real), max(real),
            "%.2f" % statistics.median(cpu) if cpu else "", remark)


def tables(measured, load, options):
    yield "Ratios are parkway / stock, medians of %d neighbouring runs of %g s each; %d CPUs." % (
        options.repetitions, options.min_time, len(os.sched_getaffinity(0)))
    yield "Other processes took %s of the machine meanwhile." % load
    yield ""
    yield "| benchmark | stock ns | parkway ns | time ratio | min..max | cpu ratio | parkway |"
    yield "|---|---:|---:|---:|---:|---:|---|"
    for cell in measured:
        yield cell.row()
    yield ""
    yield "| group | cells | geometric mean | worst cell | goal | |"
    yield "|---|---:|---:|---:|---|---|"
    for group in dict.fromkeys(cell.group for cell in measured):
        ratios = [statistics.median(cell.ratios(0)) for cell in measured
                  if cell.group == group and not cell.hangs()]
        if not ratios:
            continue
        mean, worst = geometric_mean(ratios), max(ratios)
        mean_goal, worst_goal = GOALS.get(group, (None, None))
        goals, missed = [], False
        for what, value, goal in (("mean", mean, mean_goal), ("worst", worst, worst_goal)):
            if goal is not None:
                goals.append("%s <= %g" % (what, goal))
                missed = missed or value > goal
        yield "| %s | %d | %.2f | %.2f | %s | %s |" % (
            group, len(ratios), mean, worst, ", ".join(goals),
            "MISSED" if missed else "reached" if goals else "")


def main():
    options = arguments()
    load = OtherLoad()
    measured = []
    for pair in options.pair:
        programs = dict(zip(("stock", "parkway"), pair.split(",")))
        for name in cells(programs["stock"], options.filter):
            cell = Cell(name)
            measured.append(cell)
            for repetition in range(options.repetitions):
                order = ["stock", "parkway"]
                for side in order if repetition % 2 == 0 else reversed(order):
                    getattr(cell, side).append(measure(programs[side], name, options))
                if cell.hangs():
                    break
            print(cell.row(), file=sys.stderr)
    if not measured:
        sys.exit("--filter=%s: no benchmark has such a name" % options.filter)
    report = "\n".join(tables(measured, load, options)) + "\n"
    sys.stdout.write(report)
    # The folder in which `bazel run` was called.
    os.chdir(os.environ.get("BUILD_WORKING_DIRECTORY", "."))
    if options.markdown:
        with open(options.markdown, "w") as file:
            file.write(report)
    if options.json:
        with open(options.json, "w") as file:
            json.dump([{"name": cell.name, "stock": cell.stock, "parkway": cell.parkway}
                       for cell in measured], file, indent=1)
    sys.exit(1 if any(cell.hangs() for cell in measured) else 0)


if __name__ == "__main__":
    main()
