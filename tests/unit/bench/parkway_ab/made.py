# SPDX-License-Identifier: Apache-2.0
"""Findings of a measurement that nobody has made, with everything in them that a page can show."""

import math
import random

from parkway_ab import contention, discover, libraries, main, noise, race, runner

_SAID = "parkway: stats of mill (12): PARKWAY=on PARKWAY_TBB=waits,workers, libtbb.so.12 (interface 12080)\n"


def _run(chance, side, seconds):
    run = runner.Run(side)
    run.wall = seconds * math.exp(chance.gauss(0, 0.02))
    run.cpu = 1.8 * run.wall
    run.voluntary, run.involuntary, run.memory = 1000, 20, 300 << 20
    return run


def _race(sides, seconds, rounds=20):
    chance = random.Random(1)
    made = race.Race(sides)
    made.why = race.NARROW
    made.rounds = [[_run(chance, side, one) for side, one in zip(sides, seconds)] for _ in range(rounds)]
    return made


def _wait(kind, lock, nanoseconds, waiter, releaser=(), **others):
    return dict({"kind": kind, "lock": lock, "name": "", "count": 300, "nanoseconds": nanoseconds,
                 "longest_nanoseconds": nanoseconds // 10, "slept": 100, "histogram": [0] * 12 + [200, 90, 0, 10],
                 "waiter": waiter, "releaser": list(releaser)}, **others)


def profiles():
    """Of mill, whose functions are named after their addresses."""
    document = {
        "parkway_profile": 1, "program": "mill", "pid": 12, "seconds": 2.0, "cpu_seconds": 3.0, "threads": 4,
        "sample": 1,
        "waits": [
            _wait("mutex", "0x7f0010", 1_500_000_000, ["0x1010", "0x1020", "0x1f00"], ["0x1030", "0x1f00"],
                  name="<table>"),
            _wait("mutex", "0x7f0010", 200_000_000, ["0x1040", "0x1020", "0x1f00"]),
            _wait("condition variable", "0x7f0020", 400_000_000, ["0x1050", "0x1f00"], ["0x1060"]),
            _wait("worker", "0x7f0030", 900_000_000, ["0x1070"], histogram=[])],
        "mappings": [{"start": "0x1000", "end": "0x2000", "offset": "0x0", "path": "/nowhere/mill"}],
    }
    return contention.Profiles([contention.Profile(document)], 2.0, 1.0)


def findings(options, with_race=True, watched=False):
    """main.Findings. options: as those of unit.TestCase.options(); watched: stock's waits are known as well."""
    made = main.Findings(options)
    made.program = discover.Program("/usr/bin/mill", "program")
    made.program.linkage = "dynamically linked"
    made.program.copies = [discover.Copy("tbb", "libtbb.so.12", "2021.8", "/usr/lib/libtbb.so.12")]
    made.said = libraries.Said(_SAID)
    made.profiles = profiles()
    if watched:
        made.watched = profiles()
        made.watched.stock = True
    if with_race:
        stock = runner.Side("stock")
        made.race = _race([stock, runner.Side("parkway", ["/lib/libparkway_tbb.so"])], [1.0, 0.9])
        alone = [runner.Side(name, ["/lib/libparkway_tbb.so"], {"PARKWAY_TBB": name}, "what " + name + " serves")
                 for name in ("waits", "workers", "stacks")]
        made.layers = _race([stock] + alone, [1.0, 0.92, 1.1, 1.0])
        made.layers.out[3] = main.Problem("stock and stacks differ: the output is another one")
        for turn in made.layers.rounds:
            turn[3] = None
        made.calls = {"tool": "perf", "stock": {"futex": 4000, "sched_yield": 10, "membarrier": 0},
                      "other": {"futex": 1000, "sched_yield": 30, "membarrier": 2}}
    quiet = noise.Noise.__new__(noise.Noise)
    quiet.others, quiet.steal, quiet.hot, quiet.held = 0.02, 0.0, None, None
    made.noises = [("The comparison", quiet)]
    made.notes = ["A note & more."]
    return made
