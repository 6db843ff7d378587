# SPDX-License-Identifier: Apache-2.0
"""The result as one JSON document."""

import datetime
import os

from parkway_ab import contention

VERSION = 1
MOST_STACKS = 50  # locks with their stacks


def _estimate(found):
    finite = found.high != float("inf")
    return {"ratio": found.ratio if found.count else None, "low": found.low if finite else None,
            "high": found.high if finite else None, "pairs": found.count}


def _run(run):
    return {"seconds": run.wall, "cpu_seconds": run.cpu, "voluntary_switches": run.voluntary,
            "involuntary_switches": run.involuntary, "peak_bytes": run.memory}


def _race(result, options):
    sides = []
    for i, side in enumerate(result.sides):
        entry = {"name": side.name, "environment": side.environment,
                 "libraries": [os.path.basename(path) for path in side.libraries],
                 "runs": [_run(run) for run in result.runs(i)]}
        if i:
            entry["rounds"] = [n for n, turn in enumerate(result.rounds) if turn[i] is not None]
            wall, cpu = result.estimate(i), result.estimate(i, lambda run: run.cpu)
            entry["serves"] = side.serves
            entry["time"] = dict(_estimate(wall), verdict=wall.verdict(options.precision))
            entry["cpu"] = dict(_estimate(cpu), verdict=cpu.verdict(options.precision))
            if i in result.out:
                entry["failed"] = result.out[i].message
        sides.append(entry)
    return {"ended_by": result.why, "rounds": len(result.rounds), "sides": sides}


def _frames(profile, addresses):
    return [{"function": frame.name, "place": frame.place, "file": frame.path} for frame in profile.frames(addresses)]


def _stacks(profile, stacks):
    return {"role": stacks.role, "nanoseconds": stacks.nanoseconds, "count": stacks.count,
            "waiter": _frames(profile, stacks.waiter), "releaser": _frames(profile, stacks.releaser)}


def _lock(profile, lock, with_stacks):
    entry = {"kind": lock.kind, "group": contention.group_of(lock.kind), "lock": lock.lock, "name": lock.name,
             "count": lock.count, "nanoseconds": lock.nanoseconds, "longest_nanoseconds": lock.longest,
             "slept": lock.slept, "histogram": lock.histogram}
    if with_stacks:
        entry["stacks"] = [_stacks(profile, stacks) for stacks in lock.stacks]
    return entry


def _profile(profile, most):
    return {"program": profile.program, "pid": profile.pid, "seconds": profile.seconds,
            "cpu_seconds": profile.cpu_seconds, "threads": profile.threads, "sample": profile.sample,
            "locks": [_lock(profile, lock, i < most) for i, lock in enumerate(profile.locks)]}


def _profiles(profiles, most):
    if profiles is None:
        return None
    return {"seconds": profiles.seconds, "waited_seconds": profiles.waited(), "threads": profiles.threads(),
            "average": profiles.average(), "ceiling": profiles.ceiling(), "slowed": profiles.slowed,
            "groups": dict(profiles.groups()),
            "processes": [_profile(profile, most) for profile in profiles.profiles]}


def _ceiling(findings):
    bound = findings.bound()
    return {"ratio": bound.ceiling() if bound else None,
            "of": None if bound is None else "stock" if bound.stock else "parkway",
            "stock_unseen": findings.unseen}


def _noise(noises):
    return [{"when": when, "other_programs": what.others, "steal": what.steal, "throttled_by_heat": what.hot,
             "throttled_by_group": what.held} for when, what in noises]


def _processor():
    try:
        with open("/proc/cpuinfo", encoding="utf-8", errors="replace") as file:
            return next((line.split(":", 1)[1].strip() for line in file if line.startswith("model name")), "")
    except OSError:
        return ""


def make(findings):
    """The document of main.Findings."""
    options, program = findings.options, findings.program
    document = {
        "parkway_ab": VERSION,
        "command": options.program,
        "date": datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="seconds"),
        "machine": {"processor": _processor(), "cpus": len(os.sched_getaffinity(0)), "kernel": os.uname().release,
                    "architecture": os.uname().machine},
        "options": {"precision": options.precision, "time_limit": options.time_limit, "aa": options.aa,
                    "pin": sorted(options.pin) if options.pin else None, "seed": options.seed,
                    "check": options.check, "output": options.output},
        "program": {"path": program.path, "kind": program.kind, "linkage": program.linkage,
                    "stripped": program.stripped,
                    "copies": [{"host": copy.host, "name": copy.name, "version": copy.version, "path": copy.path,
                                "obstacle": copy.obstacle} for copy in program.copies]},
        "libraries_said": findings.said.lines if findings.said else [],
        "waits": _profiles(findings.profiles, max(options.locks, MOST_STACKS)),
        "stock_waits": _profiles(findings.watched, max(options.locks, MOST_STACKS)),
        "ceiling": _ceiling(findings),
        "noise": _noise(findings.noises),
        "system_calls": findings.calls,
        "notes": findings.notes,
        "exit_code": findings.code,
    }
    if findings.race:
        document["race"] = _race(findings.race, options)
    if findings.layers:
        document["layers"] = _race(findings.layers, options)
    return document
