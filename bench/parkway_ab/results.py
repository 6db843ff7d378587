#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Makes docs/results/ab from what parkway-ab has said of several programs.

For each NAME.json and NAME.txt (--json and the standard output of one call) it writes NAME.md; README.md
begins with the programs that became slower. What `--aa` has compared, stock with stock, is aa.md together.
"""

import argparse
import json
import os
import shlex
import sys


def fail(message):
    sys.exit("results: " + message)


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--to", required=True, metavar="DIR")
    parser.add_argument("results", nargs="+", metavar="NAME.json")
    return parser.parse_args()


def read(path):
    try:
        with open(path) as file:
            return file.read()
    except OSError as error:
        return fail("%s: %s" % (path, error.strerror))


class Program:
    """What one call of parkway-ab has said."""

    def __init__(self, path):
        self.name = os.path.splitext(os.path.basename(path))[0]
        try:
            self.data = json.loads(read(path))
        except ValueError as error:
            fail("%s is no JSON: %s" % (path, error))
        if not isinstance(self.data, dict) or "parkway_ab" not in self.data:
            fail("%s was not written by parkway-ab --json" % path)
        self.text = read(os.path.splitext(path)[0] + ".txt")

    def verdict(self, what):
        """What the line of the summary says that begins with it: "parkway is faster, ..."."""
        for line in self.text.split("\n"):
            if line.startswith(what + " "):
                return line[len(what):].strip()
        return "not measured"

    def is_aa(self):
        return bool(self.data["options"].get("aa"))

    def differs(self):
        """Whether a difference was reported, of time or CPU time."""
        verdicts = self.verdict("time"), self.verdict("CPU time")
        return any(" is faster" in verdict or " is slower" in verdict for verdict in verdicts)

    def slower(self):
        return self.verdict("time").startswith("parkway is slower")

    def options(self):
        """Those of the call that change what is compared or for how long."""
        options = self.data["options"]
        yield "--anyway"
        yield "--time-limit %ds" % options["time_limit"]
        for name in ("output", "check"):
            if options.get(name):
                yield "--%s %s" % (name, shlex.quote(options[name]))

    def waits(self):
        of_stock = self.data.get("ceiling", {}).get("of") == "stock"
        waits = self.data.get("stock_waits" if of_stock else "waits") or {}
        return "%.1f %%" % (100 * waits["average"]) if "average" in waits else "-"


def page(program):
    machine = program.data["machine"]
    yield "# " + program.name
    yield ""
    yield "%s, %s, %d CPUs, Linux %s:" % (
        program.data["date"][:10], machine["processor"], machine["cpus"], machine["kernel"])
    yield ""
    yield "    ./bazelw run //bench:parkway-ab -- %s -- %s" % (
        " ".join(program.options()), " ".join(shlex.quote(word) for word in program.data["command"]))
    yield ""
    yield "What it said:"
    yield ""
    for line in program.text.rstrip().split("\n"):
        yield ("    " + line).rstrip()


def aa_page(programs):
    machine = programs[0].data["machine"]
    different = [program for program in programs if program.differs()]
    yield "# Stock against stock"
    yield ""
    yield "%d calls with `--aa`: both sides are the same program without parkway. A difference that is reported is an error." % (
        len(programs))
    yield ""
    yield "Reported: %d." % len(different)
    yield ""
    yield "%s, %s, %d CPUs, Linux %s; each call:" % (
        programs[0].data["date"][:10], machine["processor"], machine["cpus"], machine["kernel"])
    yield ""
    commands = {}
    for program in programs:
        options = program.data["options"]
        command = " ".join(shlex.quote(word) for word in program.data["command"])
        call = "./bazelw run //bench:parkway-ab -- --aa --seed N --precision %g%% --time-limit %ds -- %s" % (
            100 * options["precision"], options["time_limit"], command)
        commands.setdefault(call, []).append(options["seed"])
    for command, seeds in commands.items():
        yield "    %s    # N: %s" % (command, ", ".join(str(seed) for seed in sorted(seeds)))
    yield ""
    yield "| program | seed | pairs | other load | time | CPU time |"
    yield "|---|---:|---:|---:|---|---|"
    for program in sorted(programs, key=lambda p: (not p.differs(), p.data["options"]["seed"])):
        load = max((entry["other_programs"] for entry in program.data["noise"]), default=0)
        yield "| %s | %s | %d | %.0f %% | %s | %s |" % (
            os.path.basename(program.data["program"]["path"]), program.data["options"]["seed"],
            program.data["race"]["rounds"], 100 * load, program.verdict("time"), program.verdict("CPU time"))


def index(programs, aa):
    yield "# parkway-ab on programs of Debian"
    yield ""
    yield "Programs that nobody here wrote, one page each; those that became slower first. A ratio is parkway / stock, with its"
    yield "99 % interval. \"Waits\" is their share of the time of the threads that wait: no lock library can give more."
    yield ""
    yield "| program | waits | time | CPU time |"
    yield "|---|---:|---|---|"
    for program in sorted(programs, key=lambda p: (not p.slower(), p.name)):
        yield "| [%s](%s.md) | %s | %s | %s |" % (
            program.name, program.name, program.waits(), program.verdict("time"), program.verdict("CPU time"))
    if aa:
        yield ""
        yield "[Stock against stock](aa.md): a difference was reported in %d of %d calls." % (
            sum(program.differs() for program in aa), len(aa))
    yield ""
    yield "[How to read them](../../../bench/parkway_ab/README.md). The pages are made by `bench/parkway_ab/results.py`."


def write(path, lines):
    try:
        with open(path, "w") as file:
            file.write("\n".join(lines) + "\n")
    except OSError as error:
        fail("%s: %s" % (path, error.strerror))


def main():
    options = arguments()
    programs = [Program(path) for path in options.results]
    aa = [program for program in programs if program.is_aa()]
    programs = [program for program in programs if not program.is_aa()]
    for program in programs:
        write(os.path.join(options.to, program.name + ".md"), page(program))
    if aa:
        write(os.path.join(options.to, "aa.md"), aa_page(aa))
    write(os.path.join(options.to, "README.md"), index(programs, aa))


if __name__ == "__main__":
    main()
