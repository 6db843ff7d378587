#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What the locks cost where no process barrier is to be had: on macOS, on the BSDs but FreeBSD, under a filter.

Runs //bench:ab in turns with and without PARKWAY_BARRIER=off, and prints the ratios of neighbouring runs.

  ./bazelw build //bench:ab && bench/without_barrier.py [--turns N] [--threads LIST] [--markdown FILE]
"""

import argparse
import collections
import datetime
import json
import os
import statistics
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)), "..", "tests", "house"))
import proof  # pylint: disable=wrong-import-position
import tree  # pylint: disable=wrong-import-position

_PAGE = """# Without a process barrier

Made by `bench/without_barrier.py --markdown`; not to be changed by hand.

FutexMutex and what is made of it unlock by a plain store where the system can make all threads pass a barrier. Where it
can't (macOS, NetBSD, OpenBSD, Wine, or a filter of system calls), they unlock by an exchange. The first column is what
that costs here, time over time of neighbouring runs; the second is against std::mutex, which has the same two atomic
instructions. SemaMutex has no plain store: its rows show the spread. Medians, with the smallest and the largest.

%s, %s, commit %s:

    %s

%s"""

_AB = "bazel-bin/bench/ab"
_FILTER = "MutexUncontended|MutexContention|ChanContended"
_OURS = ("FutexMutex", "SemaMutex")
_STD = "std::mutex"


def run(barrier, threads):
    """Name of a benchmark -> its ns per operation."""
    environment = dict(os.environ)
    environment.pop("PARKWAY_BARRIER", None)
    if not barrier:
        environment["PARKWAY_BARRIER"] = "off"
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "ab.json")
        command = [_AB, "--filter", _FILTER, "--repetitions", "1", "--json", path, "--threads", threads]
        done = subprocess.run(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
                              check=False)
        if done.returncode != 0:
            sys.exit("%s failed:\n%s" % (" ".join(command), done.stderr))
        with open(path, encoding="utf-8") as file:
            rows = json.load(file)["benchmarks"]
    times = {}
    for row in rows:
        if row.get("run_type", "iteration") == "iteration" and not row.get("error_occurred"):
            times[row["name"].split("/repeats:")[0]] = row["real_time"]
    return times


def table(turns, threads):
    ratios, against = collections.defaultdict(list), collections.defaultdict(list)
    for _ in range(turns):
        with_barrier, without = run(True, threads), run(False, threads)
        for name in with_barrier:
            parts = name.split("/")
            if parts[1] not in _OURS or name not in without:
                continue
            ratios[name].append(without[name] / with_barrier[name])
            std = "/".join([parts[0], _STD] + parts[2:])
            if std in without:
                against[name].append(without[name] / without[std])
    lines = ["| benchmark | without / with | without / std::mutex |", "|---|---|---|"]
    # The largest loss first.
    for name, values in sorted(ratios.items(), key=lambda row: -statistics.median(row[1])):
        cells = [
            "%.2f (%.2f..%.2f)" % (statistics.median(v), min(v), max(v)) if v else "-"
            for v in (values, against[name])
        ]
        lines.append("| %s | %s | %s |" % (name, *cells))
    return "\n".join(lines) + "\n"


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--turns", type=int, default=7, help="of both, one after the other")
    parser.add_argument("--threads", default="1,2,4,8,16")
    parser.add_argument("--markdown", metavar="FILE")
    options = parser.parse_args()
    if not os.path.exists(_AB):
        sys.exit("there is no %s here: ./bazelw build //bench:ab" % _AB)
    text = table(options.turns, options.threads)
    print(text, end="")
    if options.markdown:
        command = "./bazelw build //bench:ab && bench/without_barrier.py --turns %d --threads %s" % (
            options.turns, options.threads)
        with open(options.markdown, "w", encoding="utf-8") as file:
            file.write(_PAGE % (datetime.date.today(), proof.machine_here(), proof.commit_of(tree.ROOT), command, text))


if __name__ == "__main__":
    main()
