#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Runs oneTBB's own suites with stock and with parkway's locks, in turns.

One suite at a time: its program with stock, with parkway, and again, with the first of them
changing. A suite that fails ends the comparison. The ratios are those of neighbouring runs, parkway
over stock; below 1 is better for parkway.
"""

import argparse
import math
import os
import re
import statistics
import subprocess
import sys
import tempfile
import threading
import time

# What every suite should reach: of the median of its ratios.
GOAL = 1.2


def arguments():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pair", action="append", required=True, metavar="STOCK,PARKWAY",
                        help="the two programs; the build gives them")
    parser.add_argument("--filter", default="", metavar="REGEX", help="the suites; default: all")
    parser.add_argument("--repetitions", type=int, default=5, metavar="N")
    parser.add_argument("--min-time", type=float, default=0.3, metavar="SECONDS",
                        help="a program that is faster runs several times in a row")
    parser.add_argument("--timeout", type=float, default=600, metavar="SECONDS",
                        help="after which a run of a suite counts as hanging")
    parser.add_argument("--markdown", metavar="FILE", help="where the table goes as well")
    parser.add_argument("arguments", nargs="*", metavar="ARGUMENT",
                        help="of the programs, after --: doctest's, such as --test-case=NAME")
    options = parser.parse_args()
    try:
        re.compile(options.filter)
    except re.error as error:
        parser.error("--filter=%s: %s" % (options.filter, error))
    if options.repetitions < 1 or options.min_time <= 0 or options.timeout <= 0:
        parser.error("--repetitions, --min-time and --timeout must be above 0")
    options.pair = [pair.split(",") for pair in options.pair if re.search(options.filter, suite(pair))]
    if not options.pair:
        parser.error("--filter=%s: there is no such suite" % options.filter)
    return options


def suite(pair):
    return re.sub("_stock(_program)?$", "", os.path.basename(pair.split(",")[0]))


def fail(message):
    print("tbb_upstream: " + message, file=sys.stderr)
    sys.exit(1)


def run(program, options):
    """Seconds on the clock and of CPU, and the number of test cases."""
    with tempfile.TemporaryFile() as out:
        start = time.monotonic()
        process = subprocess.Popen([program] + options.arguments, stdout=out,
                                   stderr=subprocess.STDOUT)
        hanging = threading.Timer(options.timeout, process.kill)
        hanging.start()
        _, status, usage = os.wait4(process.pid, 0)
        elapsed = time.monotonic() - start
        hanging.cancel()
        process.returncode = status
        out.seek(0)
        said = out.read().decode(errors="replace")
    if elapsed >= options.timeout:
        fail("%s did not end within %g seconds" % (program, options.timeout))
    if status != 0:
        fail("%s failed:\n%s" % (program, said))
    cases = re.search(r"test cases: *(\d+)", said)
    return elapsed, usage.ru_utime + usage.ru_stime, int(cases.group(1)) if cases else 0


def runs_in_a_row(program, count, options):
    """The same for `count` runs, in one sum."""
    each = [run(program, options) for _ in range(count)]
    return sum(r[0] for r in each), sum(r[1] for r in each), each[0][2]


def compare(stock, parkway, options):
    """The measurements of one suite: how many runs each is of, and for each side a list of (seconds
    of a run, CPU seconds of a run, test cases)."""
    first = [run(program, options) for program in (stock, parkway)]  # and both are warm now
    if first[0][2] != first[1][2]:
        fail("%s and %s do not run the same test cases" % (stock, parkway))
    count = max(1, math.ceil(options.min_time / min(r[0] for r in first)))
    measured = [], []
    sides = list(zip(measured, (stock, parkway)))
    for i in range(options.repetitions):
        for results, program in sides if i % 2 == 0 else reversed(sides):
            elapsed, cpu, cases = runs_in_a_row(program, count, options)
            results.append((elapsed / count, cpu / count, cases))
            if sys.stderr.isatty():
                sys.stderr.write("\r\033[K%s: run %d" % (os.path.basename(program), i + 1))
    if sys.stderr.isatty():
        sys.stderr.write("\r\033[K")
    return count, measured


def ratios(measured, column):
    return [p[column] / s[column] for s, p in zip(*measured) if s[column] > 0] or [1]


def table(results, options):
    yield ("%d measurements of each program, in turns, on %d CPUs, each of so many runs; times are of"
           " one run, ratios are parkway / stock." % (
               options.repetitions, len(os.sched_getaffinity(0))))
    yield ""
    yield "| suite | cases | runs | stock | parkway | time | min..max | CPU | time <= %g |" % GOAL
    yield "|---|---:|---:|---:|---:|---:|---:|---:|---|"
    for name, (count, measured) in results:
        time_ratios = ratios(measured, 0)
        median = statistics.median(time_ratios)
        stock, parkway = (statistics.median(r[0] for r in side) for side in measured)
        yield "| %s | %d | %d | %.3g s | %.3g s | %.2f | %.2f..%.2f | %.2f | %s |" % (
            name, measured[0][0][2], count, stock, parkway, median, min(time_ratios),
            max(time_ratios), statistics.median(ratios(measured, 1)),
            "reached" if median <= GOAL else "MISSED")


def main():
    options = arguments()
    programs = [[os.path.abspath(program) for program in pair] for pair in options.pair]
    results = [(suite(stock), compare(stock, parkway, options)) for stock, parkway in programs]
    lines = list(table(results, options))
    print("\n".join(lines))
    if options.markdown:
        path = os.path.join(os.environ.get("BUILD_WORKING_DIRECTORY", "."), options.markdown)
        try:
            with open(path, "w") as file:
                file.write("\n".join(lines) + "\n")
        except OSError as error:
            fail("--markdown=%s: %s" % (options.markdown, error.strerror))


if __name__ == "__main__":
    main()
