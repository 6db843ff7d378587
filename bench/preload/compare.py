#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Runs a finished program with its own locks and with parkway's preloaded, in turns.

The program must be linked to the shared library whose locks these are. Its output is compared:
what it writes to its standard output or, with --output, into a file. The ratios are those of
neighbouring runs, parkway over stock; below 1 is better for parkway. PARKWAY_* in the environment
reach the preloaded runs.
"""

import argparse
import hashlib
import os
import statistics
import subprocess
import sys
import tempfile
import time


def arguments():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter,
        usage="%(prog)s [option ...] -- PROGRAM [argument ...]")
    parser.add_argument("--library", required=True, metavar="FILE",
                        help="what to preload; the build gives it")
    parser.add_argument("--repetitions", type=int, default=9, metavar="N")
    parser.add_argument("--output", metavar="FILE",
                        help="that the program writes; default: its standard output")
    parser.add_argument("--markdown", metavar="FILE", help="where the table goes as well")
    parser.add_argument("program", nargs="+", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.repetitions < 1:
        parser.error("--repetitions must be above 0")
    return options


def fail(message):
    sys.exit("preload: " + message)


def digest(path):
    total = hashlib.sha256()
    try:
        with open(path, "rb") as file:
            for block in iter(lambda: file.read(1 << 20), b""):
                total.update(block)
    except OSError as error:
        fail("the program's output %s: %s" % (path, error.strerror))
    return total.hexdigest()


class Run:
    """One run of the program, preloaded or not."""

    def __init__(self, options, preloaded, stats=False):
        environment = dict(os.environ)
        environment.pop("PARKWAY_STATS", None)
        if preloaded:
            before = environment.get("LD_PRELOAD")
            environment["LD_PRELOAD"] = options.library + (":" + before if before else "")
        if stats:
            environment["PARKWAY_STATS"] = "1"
        if options.output and os.path.exists(options.output):
            os.unlink(options.output)
        with tempfile.NamedTemporaryFile() as out, tempfile.TemporaryFile() as err:
            start = time.monotonic()
            try:
                process = subprocess.Popen(options.program, env=environment, stdout=out, stderr=err,
                                           cwd=os.environ.get("BUILD_WORKING_DIRECTORY"))
            except OSError as error:
                fail("%s: %s" % (options.program[0], error.strerror))
            _, status, usage = os.wait4(process.pid, 0)
            self.time = time.monotonic() - start
            process.returncode = status
            err.seek(0)
            self.errors = err.read().decode(errors="replace")
            if status != 0:
                how = "signal %d" % os.WTERMSIG(status) if os.WIFSIGNALED(status) else \
                    "status %d" % os.WEXITSTATUS(status)
                fail("%s ended with %s%s:\n%s" % (" ".join(options.program), how,
                                                  " (preloaded)" if preloaded else "", self.errors))
            self.digest = digest(options.output or out.name)
        self.cpu = usage.ru_utime + usage.ru_stime
        self.switches = usage.ru_nvcsw


def check_taken_over(options):
    """One run that says whether the library has taken over."""
    said = Run(options, True, stats=True).errors
    lines = [line for line in said.split("\n") if line.startswith("parkway")]
    if not any(" PARKWAY=on " in line for line in lines):
        fail("%s runs with its own locks, preloaded or not; the library says:\n%s"
             % (options.program[0], "\n".join(lines) or "nothing (is the program static?)"))
    return lines


def figure(value):
    """Four digits, and no exponent."""
    return "%.12g" % float("%.4g" % value)


def row(name, unit, stock, parkway):
    ratios = [p / s for s, p in zip(stock, parkway) if s > 0]
    if not ratios:
        return "| %s | %s %s | %s %s | | |" % (name, figure(statistics.median(stock)), unit,
                                               figure(statistics.median(parkway)), unit)
    return "| %s | %s %s | %s %s | %.3f | %.3f..%.3f |" % (
        name, figure(statistics.median(stock)), unit, figure(statistics.median(parkway)), unit,
        statistics.median(ratios), min(ratios), max(ratios))


def table(options, stock, parkway, stats):
    yield "`%s`" % " ".join(options.program)
    yield ""
    yield "%d runs each, in turns, on %d CPUs; ratios are parkway / stock. Same output in all runs." % (
        options.repetitions, len(os.sched_getaffinity(0)))
    yield ""
    yield "| | stock | parkway | ratio | min..max |"
    yield "|---|---:|---:|---:|---:|"
    for name, unit, get in (("time", "s", lambda r: r.time), ("CPU", "s", lambda r: r.cpu),
                            ("voluntary switches", "", lambda r: r.switches)):
        yield row(name, unit, [get(r) for r in stock], [get(r) for r in parkway])
    yield ""
    yield "What it called in one run:"
    yield ""
    for line in stats:
        yield "    " + line


def main():
    options = arguments()
    options.library = os.path.abspath(options.library)
    if not os.path.exists(options.library):
        fail("--library=%s: no such file" % options.library)
    where = os.environ.get("BUILD_WORKING_DIRECTORY", ".")
    for name in ("output", "markdown"):
        if getattr(options, name):
            setattr(options, name, os.path.join(where, getattr(options, name)))
    stats = check_taken_over(options)
    wanted = Run(options, False).digest  # and both are warm now
    stock, parkway = [], []
    for i in range(options.repetitions):
        sides = [(stock, False), (parkway, True)]
        for runs, preloaded in sides if i % 2 == 0 else reversed(sides):
            run = Run(options, preloaded)
            if run.digest != wanted:
                fail("the outputs differ: run %d%s" % (i + 1, ", preloaded" if preloaded else ""))
            runs.append(run)
            if sys.stderr.isatty():
                sys.stderr.write("\r%d of %d " % (len(stock) + len(parkway),
                                                  2 * options.repetitions))
    if sys.stderr.isatty():
        sys.stderr.write("\r\033[K")
    lines = list(table(options, stock, parkway, stats))
    print("\n".join(lines))
    if options.markdown:
        try:
            with open(options.markdown, "w") as file:
                file.write("\n".join(lines) + "\n")
        except OSError as error:
            fail("--markdown=%s: %s" % (options.markdown, error.strerror))


if __name__ == "__main__":
    main()
