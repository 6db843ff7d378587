# SPDX-License-Identifier: Apache-2.0
"""The ways to run a program preloaded: everything, and each layer alone."""

import os

from parkway_ab.runner import Side

# What each layer serves, for the report.
SERVES = {
    "waits": "oneTBB's waits: tbb::mutex, tbb::rw_mutex, bounded queues",
    "workers": "oneTBB's worker threads",
    "workers,yields": "the same, and workers that find no work",
    "stacks": "stacks of suspended tasks",
    "conditions": "condition variables of the whole process; read docs/guide/tbb.md before use",
    "locks": "absl::Mutex, CondVar and what goes with them",
    "sem": "Abseil's own Mutex over parkway's semaphore",
}
_TBB = ("waits", "workers", "workers,yields", "stacks", "conditions")


def preloaded(libraries, hosts):
    """The side that is compared with stock: as somebody would preload the libraries."""
    return Side("parkway", [libraries[host] for host in hosts])


def alone(libraries, hosts, in_use):
    """A Side for each layer alone. in_use: oneTBB's layers that the full side has."""
    sides = []
    if "tbb" in hosts:
        for layers in _TBB:
            by_default = all(layer in in_use for layer in layers.split(","))
            name = layers if by_default else layers + " (off by default)"
            sides.append(Side(name, [libraries["tbb"]], {"PARKWAY": "on", "PARKWAY_TBB": layers}, SERVES[layers]))
    if "absl" in hosts:
        for mode in ("locks", "sem"):
            name = mode if mode == "locks" else mode + " (off by default)"
            sides.append(Side(f"Abseil: {name}" if "tbb" in hosts else name, [libraries["absl"]],
                              {"PARKWAY": "on", "PARKWAY_ABSL": mode}, SERVES[mode]))
    return sides


def watched(side):
    """Stock, whose own locks the libraries of `side` put into a contention profile."""
    return Side("watched stock", side.libraries, {"PARKWAY": "watch"})


def switched_off():
    """What the environment says against the libraries, or nothing."""
    return "PARKWAY=off" if os.environ.get("PARKWAY") == "off" else ""
