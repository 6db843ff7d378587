#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Runs programs that nobody here wrote with their own locks and with parkway's preloaded, in turns.

They are Debian's; each says which package it is from. One that is not installed is left out, with a
sentence. Each run's result is compared with stock's. The table begins with the programs that
parkway makes slower.
"""

import argparse
import datetime
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import types

sys.path.insert(0, os.path.dirname(os.path.realpath(__file__)))
import compare  # noqa: E402
import program_inputs  # noqa: E402


class Program:
    """One of them: a shell command whose standard output is its result.

    Where the result depends on the schedule, or has times in it, the command prints the part that
    does not. `prepare` is a command that makes more inputs from `inputs`, `module` one of Python's that
    the command needs.
    """

    def __init__(self, name, package, host, command, inputs=(), prepare="", module=""):
        self.name = name
        self.package = package
        self.host = host
        self.command = command
        self.inputs = dict(inputs)
        self.prepare = prepare
        self.module = module

    def needs(self):
        return [part.split()[0] for part in (self.command, self.prepare) if part]


PROGRAMS = [
    Program("mathicgb", "mathicgb", "tbb",
            "mgb gb cyc8 -threadCount 4 -reducer 26 -outputResult >/dev/null; sed 's/[+-].*//' cyc8.gb | sort",
            {"cyc8.ideal": program_inputs.ideal}),
    Program("embree", "embree-tools", "tbb", "bvh_builder --threads 4 >/dev/null"),
    Program("prusa-slicer", "prusa-slicer", "tbb",
            "prusa-slicer --export-gcode -o model.gcode model.stl >/dev/null; grep -c LAYER_CHANGE model.gcode",
            {"model.stl": program_inputs.model}),
    Program("vdb_tool", "libopenvdb-tools", "tbb",
            "vdb_tool -quiet -sphere dim=300 -gauss iter=2 -ls2mesh -write ball.ply; cat ball.ply"),
    Program("vdb_render", "libopenvdb-tools", "tbb",
            "vdb_render ball.vdb ball.ppm -cpus 4 -res 1024x1024 -samples 9; cat ball.ppm",
            prepare="vdb_tool -quiet -sphere dim=300 -write ball.vdb"),
    Program("OpenCV", "python3-opencv", "tbb", "/usr/bin/python3 filters.py",
            {"filters.py": program_inputs.filters}, module="cv2"),
    Program("Open3D", "python3-open3d", "tbb", "/usr/bin/python3 scans.py",
            {"scans.py": program_inputs.scans}, module="open3d"),
    Program("flexbar", "flexbar", "tbb",
            "flexbar -r reads.fq -n 4 --adapter-seq AGATCGGAAGAGCACACGTC -t cut >/dev/null; sort cut.fastq",
            {"reads.fq": program_inputs.reads}),
    Program("twopaco", "twopaco", "tbb",
            "twopaco -k 25 -f 24 -t 4 --tmpdir . -o graph.bin genomes.fa >/dev/null; wc -c <graph.bin",
            {"genomes.fa": program_inputs.genomes}),
    Program("salmon", "salmon", "tbb",
            "salmon quant -i index -l A -r reads.fq -p 4 -o quant >/dev/null; cut -f 1,2,5 quant/quant.sf | sort",
            {"reads.fq": program_inputs.reads, "transcripts.fa": program_inputs.transcripts},
            prepare="salmon index -t transcripts.fa -i index -p 2 >/dev/null 2>&1"),
    Program("gav1", "libgav1-bin", "absl",
            "gav1_decode --threads 8 --frame_parallel -o /dev/stdout clip.ivf",
            {"clip.y4m": program_inputs.clip},
            prepare="aomenc --cpu-used=6 --rt --tile-columns=2 --tile-rows=1 -o clip.ivf --ivf clip.y4m >/dev/null 2>&1"),
    Program("gRPC", "python3-grpcio", "absl", "/usr/bin/python3 calls.py",
            {"calls.py": program_inputs.calls}, module="grpc"),
]


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tbb", metavar="FILE", help="libparkway_tbb.so; the build gives it")
    parser.add_argument("--absl", metavar="FILE", help="libparkway_absl.so; the build gives it")
    parser.add_argument("--repetitions", type=int, default=9, metavar="N")
    parser.add_argument("--only", action="append", metavar="NAME", choices=[p.name for p in PROGRAMS],
                        help="one of %(choices)s; may be repeated")
    parser.add_argument("--folder", metavar="DIR", help="for inputs and results, kept; default: a new one, removed")
    parser.add_argument("--markdown", metavar="FILE", help="where the page goes as well")
    options = parser.parse_args()
    if options.repetitions < 1:
        parser.error("--repetitions must be above 0")
    return options


def missing(program, libraries):
    """Why it can't be run, or nothing."""
    if not libraries.get(program.host):
        return "this build has no preload library for %s" % {"tbb": "oneTBB", "absl": "Abseil"}[program.host]
    absent = [tool for tool in program.needs() if not shutil.which(tool)]
    if absent:
        return "%s is not installed (Debian: %s)" % (" and ".join(absent), program.package)
    if program.module and not has_module(program.module):
        return "/usr/bin/python3 has no module %s (Debian: %s)" % (program.module, program.package)
    return ""


def has_module(name):
    look = "import importlib.util, sys; sys.exit(importlib.util.find_spec(sys.argv[1]) is None)"
    return subprocess.run(["/usr/bin/python3", "-c", look, name], check=False).returncode == 0


def prepare(program, folder):
    for name, make in program.inputs.items():
        path = os.path.join(folder, name)
        if not os.path.exists(path):
            make(path)
    if program.prepare and subprocess.run(program.prepare, shell=True, cwd=folder, check=False).returncode != 0:
        compare.fail("%s: this failed: %s" % (program.name, program.prepare))


def measure(program, library, repetitions, folder):
    """The runs of stock and of parkway, and the library's own lines."""
    options = types.SimpleNamespace(library=library, output=None, program=["/bin/bash", "-c", program.command])
    os.environ["BUILD_WORKING_DIRECTORY"] = folder
    said = compare.check_taken_over(options)
    wanted = compare.Run(options, False).digest
    sides = ([], [])
    for i in range(repetitions):
        for preloaded in (False, True) if i % 2 == 0 else (True, False):
            run = compare.Run(options, preloaded)
            if run.digest != wanted:
                compare.fail("%s: the results differ: run %d%s" % (program.name, i + 1,
                                                                   ", preloaded" if preloaded else ""))
            sides[preloaded].append(run)
    return sides + (said,)


def ratio(sides, get):
    """Median, least and most of parkway's over stock's in neighbouring runs; None where there is nothing."""
    ratios = [get(p) / get(s) for s, p in zip(sides[0], sides[1]) if get(s) > 0]
    return (statistics.median(ratios), min(ratios), max(ratios)) if ratios else None


def cells(sides):
    yield "%s s" % compare.figure(statistics.median(run.time for run in sides[0]))
    for get in (lambda run: run.time, lambda run: run.cpu):
        found = ratio(sides, get)
        yield "%.3f" % found[0] if found else "-"
        yield "%.3f..%.3f" % found[1:] if found else "-"
    for side in sides[:2]:
        yield compare.figure(statistics.median(run.switches for run in side))


def processor():
    with open("/proc/cpuinfo") as file:
        for line in file:
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    return "unknown processor"


def page(measured, left_out, options):
    yield "# Finished programs"
    yield ""
    yield ("Programs of Debian that nobody here wrote, with their own locks and with parkway's preloaded. Ratios are "
           "parkway / stock")
    yield "of neighbouring runs; the slowest first. Each run's result was compared with stock's."
    yield ""
    command = "    ./bazelw run //bench/preload:programs -- --repetitions %d" % options.repetitions
    yield command + "".join(" --only " + name for name in options.only or [])
    yield ""
    yield "%s, %s, %d CPUs, Linux %s. One run more of each side warms a program up." % (
        datetime.date.today(), processor(), len(os.sched_getaffinity(0)), os.uname().release)
    yield ""
    yield "| program | host | stock | time | min..max | CPU | min..max | switches, stock | parkway |"
    yield "|---|---|---:|---:|---:|---:|---:|---:|---:|"
    for program, sides in sorted(measured, key=lambda m: -ratio(m[1], lambda run: run.time)[0]):
        yield "| %s | %s | %s |" % (program.name, {"tbb": "oneTBB", "absl": "Abseil"}[program.host],
                                    " | ".join(cells(sides)))
    for program, why in left_out:
        yield ""
        yield "%s was left out: %s." % (program.name, why)
    yield ""
    yield "## What was run"
    for program, sides in measured:
        yield ""
        yield "%s (package `%s`):" % (program.name, program.package)
        yield ""
        yield "    " + program.command
        yield ""
        for line in sides[2]:
            yield "    " + line
    yield ""
    yield "What the programs read is made by `bench/preload/program_inputs.py`."


def main():
    options = arguments()
    where = os.environ.get("BUILD_WORKING_DIRECTORY", ".")
    if options.markdown:
        options.markdown = os.path.join(where, options.markdown)
    libraries = {host: os.path.abspath(path) for host, path in (("tbb", options.tbb), ("absl", options.absl)) if path}
    measured, left_out = [], []
    with tempfile.TemporaryDirectory() as temporary:
        folder = os.path.join(where, options.folder) if options.folder else temporary
        os.makedirs(folder, exist_ok=True)
        for program in PROGRAMS:
            if options.only and program.name not in options.only:
                continue
            why = missing(program, libraries)
            if why:
                sys.stderr.write("programs: %s: %s\n" % (program.name, why))
                left_out.append((program, why))
                continue
            prepare(program, folder)
            sides = measure(program, libraries[program.host], options.repetitions, folder)
            measured.append((program, sides))
            sys.stderr.write("%s: %s\n" % (program.name, " ".join(cells(sides))))
    if not measured:
        compare.fail("no program could be run")
    text = "\n".join(page(measured, left_out, options)) + "\n"
    sys.stdout.write(text)
    if options.markdown:
        try:
            with open(options.markdown, "w") as file:
                file.write(text)
        except OSError as error:
            compare.fail("--markdown=%s: %s" % (options.markdown, error.strerror))


if __name__ == "__main__":
    main()
