# SPDX-License-Identifier: Apache-2.0
"""The preload libraries: where they are, and what they say they have taken over."""

import os
import re

from parkway_ab.problem import Problem

FILES = {"tbb": "libparkway_tbb.so", "absl": "libparkway_absl.so"}
# Below the folder that holds the package: in the archive, and among Bazel's runfiles.
_PLACES = {
    "tbb": ("lib/libparkway_tbb.so", "adapters/parkway/tbb/preload/libparkway_tbb.so"),
    "absl": ("lib/libparkway_absl.so", "adapters/parkway/absl/preload/libparkway_absl.so"),
}

_STATS = re.compile(r"parkway: stats of (?P<program>.+) \((?P<pid>\d+)\): "
                    r"PARKWAY=(?P<on>on|off|watch)(?: PARKWAY_TBB=(?P<tbb>[a-z,]*[a-z]))?"
                    r"(?: PARKWAY_ABSL=(?P<absl>\w+))?, (?P<name>.*)$")
# Layers whose waits are in a contention profile.
_THAT_WAIT = ("waits", "workers", "locks")
_ABOUT = re.compile(r"parkway: libparkway_(?:tbb|absl)\.so ")


def locate(options, roots):
    """Host -> path of its library. `roots`: folders to look in."""
    found = {}
    for host, places in _PLACES.items():
        named = getattr(options, host)
        candidates = [named] if named else [os.path.join(root, place) for root in roots for place in places]
        path = next((path for path in candidates if os.path.isfile(path)), None)
        if path is not None:
            found[host] = os.path.realpath(path)
            if re.search(r"[\s:]", found[host]):
                raise Problem(f"{found[host]}: LD_PRELOAD takes no path with a space or a colon in it; "
                              "move the library to another folder")
    if not found:
        raise Problem(f"there is neither {FILES['tbb']} nor {FILES['absl']}: give them with --tbb and --absl")
    return found


class Taken:
    """One line of the libraries' stats: a copy of a host in a process, and what serves it."""

    def __init__(self, match):
        self.program = match.group("program")
        self.on = match.group("on") == "on"
        self.watched = match.group("on") == "watch"
        self.layers = match.group("tbb").split(",") if match.group("tbb") else []
        self.mode = match.group("absl") or ""
        self.name = match.group("name")
        self.host = "tbb" if self.layers else "absl" if self.mode else ""

    def key(self):
        return self.program, self.on, self.watched, tuple(self.layers), self.mode, self.name


class Said:
    """What the libraries have said in one run: taken (each once), remarks, lines (all of them)."""

    def __init__(self, errors):
        self.lines = [line for line in errors.splitlines() if line.startswith("parkway: ")]
        self.taken, self.remarks = [], []
        for line in self.lines:
            match = _STATS.match(line)
            if match:
                taken = Taken(match)
                if taken.key() not in [other.key() for other in self.taken]:
                    self.taken.append(taken)
            elif _ABOUT.match(line) and line not in self.remarks:
                self.remarks.append(line)

    def hosts(self):
        """Those of which something was taken over."""
        return sorted({taken.host for taken in self.taken if taken.on and taken.host}, reverse=True)

    def layers(self):
        """oneTBB's layers at work, of all copies."""
        found = []
        for taken in self.taken:
            found += [layer for layer in taken.layers if layer not in found]
        return found

    def _waits(self, of_watched):
        """(host, what waits) of all copies: "waits" and "workers" of oneTBB, "locks" of Abseil."""
        return {(taken.host, what) for taken in self.taken if (taken.watched if of_watched else taken.on)
                for what in (taken.layers if taken.host == "tbb" else ["locks"] if taken.host else [])
                if what in _THAT_WAIT}

    def unseen(self, watched):
        """What is taken over, and not seen where stock is watched: `watched`, what the libraries said there. "tbb
        workers" and the like."""
        return sorted((" ".join(what) for what in self._waits(False) - watched._waits(True)), reverse=True)
