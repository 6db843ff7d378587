# SPDX-License-Identifier: Apache-2.0
"""The command line."""

import argparse
import os
import re

_DESCRIPTION = """\
Runs a program as it is ("stock") and with parkway's locks preloaded, in turns, and says whether it is
faster and why.

The ratios are parkway / stock: below 1 is better for parkway. The program gets no terminal: its input
is empty (or --input), its output goes into files. PARKWAY_* in the environment reach the preloaded runs.
"""

_END = """\
exit codes: 0 measured; 1 slower than --fail-above; 2 wrong use, or a program that cannot be measured;
3 outputs or exit statuses differ; 4 nothing to take over.
"""


def _percent(text):
    match = re.fullmatch(r"\s*([0-9.]+)\s*%?\s*", text)
    try:
        value = float(match.group(1)) / 100 if match else 0
    except ValueError:
        value = 0
    if not 0 < value < 1:
        raise argparse.ArgumentTypeError(f"{text}: has to be a percentage above 0, such as 1%")
    return value


def _scaled(units, example):
    def parse(text):
        match = re.fullmatch(r"([0-9]+(?:\.[0-9]+)?)([a-zA-Z]*)", text)
        if not match or match.group(2) not in units or float(match.group(1)) == 0:
            raise argparse.ArgumentTypeError(f"{text}: has to be a number above 0, such as {example}")
        return float(match.group(1)) * units[match.group(2)]
    return parse


_time = _scaled({"": 1, "s": 1, "m": 60, "min": 60, "h": 3600}, "90, 90s, 5m or 1h")
_size = _scaled({"": 1, "K": 1 << 10, "M": 1 << 20, "G": 1 << 30}, "1000, 64M or 1G")


def _count(text):
    if not text.isdigit() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text}: has to be a whole number above 0")
    return int(text)


def _ratio(text):
    try:
        value = float(text)
    except ValueError:
        value = 0
    if not 0 < value < float("inf"):
        raise argparse.ArgumentTypeError(f"{text}: has to be a ratio, such as 1.05")
    return value


def _cpus(text):
    found = set()
    for part in text.split(","):
        match = re.fullmatch(r"(\d+)(?:-(\d+))?", part)
        if not match:
            raise argparse.ArgumentTypeError(f"{text}: has to be a list of CPUs, such as 0-3,6")
        first = int(match.group(1))
        found.update(range(first, int(match.group(2) or first) + 1))
    allowed = os.sched_getaffinity(0)
    if not found or found - allowed:
        raise argparse.ArgumentTypeError(
            f"{text}: this process may run on the CPUs {','.join(map(str, sorted(allowed)))}")
    return found


def _parser():
    parser = argparse.ArgumentParser(
        prog="parkway-ab", description=_DESCRIPTION, epilog=_END, allow_abbrev=False,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        usage="%(prog)s [option ...] -- PROGRAM [argument ...]")
    how = parser.add_argument_group("how it measures")
    how.add_argument("--precision", type=_percent, default=0.01, metavar="P",
                     help="it runs until the interval of the ratio is within P of it; default: 1%%")
    how.add_argument("--time-limit", type=_time, default=600, metavar="T",
                     help="for the runs that are compared; the layers get half of it; default: 10m")
    how.add_argument("--run-limit", type=_time, metavar="T",
                     help="for one run; default: a minute more than ten times the first one")
    how.add_argument("--warm-up", type=_count, default=1, metavar="N", help="runs of each side before; default: 1")
    how.add_argument("--pin", type=_cpus, metavar="CPUS", help="where the program may run: 0-3,6")
    how.add_argument("--anyway", action="store_true", help="go on where the waits leave nothing to gain")
    how.add_argument("--worth", type=_percent, default=0.01, metavar="P",
                     help="ends after the profile if all waits together are below P of the time; default: 1%%")
    how.add_argument("--no-layers", action="store_true", help="do not try each layer alone")
    how.add_argument("--aa", action="store_true", help="stock against stock: shows what noise alone does here")
    how.add_argument("--seed", type=int, default=1, metavar="N", help="of the order of runs; default: 1")
    what = parser.add_argument_group("what it compares")
    what.add_argument("--input", metavar="FILE", help="the program's standard input; default: empty")
    what.add_argument("--output", metavar="FILE",
                      help="compare this file, which the program writes; default: its standard output")
    what.add_argument("--check", metavar="CMD",
                      help="a shell command that gets the output as its input; it has to end with 0, and to print "
                           "the same for both sides. $PARKWAY_AB_RUN is a folder with the files stdout, stderr, "
                           "status and output. With 'true' no output is compared")
    what.add_argument("--ignore-failure", action="store_true",
                      help="a program that fails is measured as well, if it fails alike")
    what.add_argument("--max-output", type=_size, default=1 << 30, metavar="SIZE",
                      help="a program that writes more than this is ended; default: 1G")
    out = parser.add_argument_group("what it writes")
    out.add_argument("--json", metavar="FILE", help="all results")
    out.add_argument("--html", metavar="FILE", help="a page with charts, which needs no network")
    out.add_argument("--fail-above", type=_ratio, metavar="R",
                     help="exit code 1 if the whole interval of the time ratio is above R")
    out.add_argument("--locks", type=_count, default=10, metavar="N", help="how many locks to show; default: 10")
    out.add_argument("--quiet", action="store_true", help="no progress")
    files = parser.add_argument_group("where its parts are, if not beside it")
    files.add_argument("--tbb", metavar="FILE", help="libparkway_tbb.so")
    files.add_argument("--absl", metavar="FILE", help="libparkway_absl.so")
    return parser


def parse(arguments):
    """The options; `program` is the command, `folder` where it runs."""
    parser = _parser()
    split = arguments.index("--") if "--" in arguments else len(arguments)
    options, rest = parser.parse_known_args(arguments[:split])
    if rest:
        parser.error(f"{rest[0]}: unknown; the program stands behind --: parkway-ab [option ...] -- PROGRAM ...")
    options.program = arguments[split + 1:]
    if not options.program:
        parser.error("no program: parkway-ab [option ...] -- PROGRAM [argument ...]")
    if options.aa and options.fail_above:
        parser.error("--fail-above has no meaning with --aa: both sides are stock")
    options.folder = os.environ.get("BUILD_WORKING_DIRECTORY", os.getcwd())
    for name in ("input", "output", "json", "html", "tbb", "absl"):
        value = getattr(options, name)
        if value is not None:
            setattr(options, name, os.path.join(options.folder, value))
    options.max_output = int(options.max_output)
    for name in ("json", "html"):
        path = getattr(options, name)
        if path and not os.path.isdir(os.path.dirname(path)):
            parser.error(f"--{name}={path}: there is no such folder")
    for name in ("input", "tbb", "absl"):
        path = getattr(options, name)
        if path and not os.path.isfile(path):
            parser.error(f"--{name}={path}: no such file")
    return options
