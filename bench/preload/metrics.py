#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Runs programs that print figures ("name: value unit") stock and preloaded, in turns.

A program may print "name: crashed" instead: of a part that it ran in a child process.

A pair of runs gives one ratio, parkway over stock; the table has the median of each side, and the
median, least and greatest ratio of the pairs. Below 1 is better for parkway. PARKWAY_* in the
environment reach the preloaded runs.
"""

import argparse
import os
import re
import statistics
import subprocess
import sys


def arguments():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter,
        usage="%(prog)s [option ...] -- PROGRAM [argument ...] [-- PROGRAM ...]")
    parser.add_argument("--library", required=True, metavar="FILE",
                        help="what to preload; the build gives it")
    parser.add_argument("--repetitions", type=int, default=11, metavar="N", help="pairs of runs")
    parser.add_argument("--under", default="", metavar="COMMAND",
                        help='runs every program with this in front: "taskset -c 0"')
    parser.add_argument("--markdown", metavar="FILE", help="where the tables go as well")
    own, programs = split(sys.argv[1:])
    options = parser.parse_args(own)
    if options.repetitions < 1:
        parser.error("--repetitions must be above 0")
    if not programs or not all(programs):
        parser.error("no program: -- PROGRAM [argument ...]")
    options.programs = programs
    return options


def split(words):
    """What stands before, between and behind the "--"."""
    parts = [[]]
    for word in words:
        if word == "--":
            parts.append([])
        else:
            parts[-1].append(word)
    return parts[0], parts[1:]


def fail(message):
    sys.exit("metrics: " + message)


def run(options, program, preloaded, stats=False):
    """Figures of one run: name -> (value, unit); and its standard error."""
    command = options.under.split() + program
    if preloaded:
        command = options.under.split() + ["env", "LD_PRELOAD=" + options.library] + program
    environment = dict(os.environ)
    environment.pop("PARKWAY_STATS", None)
    if stats:
        environment["PARKWAY_STATS"] = "1"
    try:
        done = subprocess.run(command, env=environment, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, universal_newlines=True, check=False)
    except OSError as error:
        fail("%s: %s" % (command[0], error.strerror))
    if done.returncode != 0:
        fail("%s ended with status %d%s:\n%s" % (" ".join(program), done.returncode,
                                                 " (preloaded)" if preloaded else "", done.stderr))
    figures = {}
    for line in done.stdout.split("\n"):
        match = re.match(r"(.+): ([0-9.]+) (\S+)$", line)
        if match:
            figures[match.group(1)] = (float(match.group(2)), match.group(3))
        elif line.endswith(": crashed"):
            figures[line[:-len(": crashed")]] = (None, "")
    if not figures:
        fail("%s prints no figures" % " ".join(program))
    return figures, done.stderr


def taken_over(options, program):
    """The line of one run that says what the library was in use for."""
    _, errors = run(options, program, True, stats=True)
    for line in errors.split("\n"):
        if "stats of" in line and " PARKWAY=on " in line:
            return line.split("): ", 1)[-1]
    return fail("%s was not taken over; the library says:\n%s" % (program[0],
                                                                 errors or "nothing"))


def figure(value):
    """Four digits, and no exponent."""
    return "%.12g" % float("%.4g" % value)


def cell(figures):
    """The median of a side's runs; how many have crashed, if some did."""
    crashed = sum(value is None for value, _ in figures)
    if crashed == len(figures):
        return "crashed"
    text = "%s %s" % (figure(statistics.median(value for value, _ in figures if value is not None)),
                      next(unit for value, unit in figures if value is not None))
    return text if crashed == 0 else text + " (%d of %d crashed)" % (crashed, len(figures))


def ratio_cells(sides):
    ratios = [p[0] / s[0] for s, p in zip(*sides) if s[0] and p[0] is not None]
    if not ratios:
        return "", ""
    return "%.2f" % statistics.median(ratios), "%.2f..%.2f" % (min(ratios), max(ratios))


def table(options, program):
    label = " ".join([os.path.basename(program[0])] + program[1:])
    yield "`%s`, %s" % (label, taken_over(options, program))
    yield ""
    yield "| | stock | parkway | ratio | min..max |"
    yield "|---|---:|---:|---:|---:|"
    pairs = []
    for i in range(options.repetitions):
        order = [False, True] if i % 2 == 0 else [True, False]
        both = {preloaded: run(options, program, preloaded)[0] for preloaded in order}
        pairs.append((both[False], both[True]))
    for name in pairs[0][0]:
        sides = [[pair[side][name] for pair in pairs] for side in (0, 1)]
        yield "| %s | %s | %s | %s | %s |" % (
            (name, cell(sides[0]), cell(sides[1])) + ratio_cells(sides))
    yield ""


def main():
    options = arguments()
    options.library = os.path.abspath(options.library)
    if not os.path.exists(options.library):
        fail("--library=%s: no such file" % options.library)
    lines = ["%d pairs of runs each, in turns, on %d CPUs%s; ratios are parkway / stock." % (
        options.repetitions, len(os.sched_getaffinity(0)),
        ", under `%s`" % options.under if options.under else ""), ""]
    print("\n".join(lines))
    for program in options.programs:
        for line in table(options, program):
            lines.append(line)
            print(line, flush=True)
    if options.markdown:
        path = os.path.join(os.environ.get("BUILD_WORKING_DIRECTORY", "."), options.markdown)
        try:
            with open(path, "w") as file:
                file.write("\n".join(lines))
        except OSError as error:
            fail("--markdown=%s: %s" % (path, error.strerror))


if __name__ == "__main__":
    main()
