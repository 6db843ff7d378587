# SPDX-License-Identifier: Apache-2.0
"""The contention profile that a preload library writes: what the program waited for, and for how long."""

import glob
import json
import os
import re

from parkway_ab.symbols import Mapping, Symbols

VERSION = 1
GROUPS = ("locks", "condition variables", "sleeping workers", "queues", "suspended tasks", "semaphores", "other waits")
_OF_KIND = (("condition", 1), ("note", 1), ("worker", 2), ("idle", 2), ("queue", 3), ("task", 4), ("coroutine", 4),
            ("semaphore", 5), ("mutex", 0), ("lock", 0), ("address", 0))
# Frames of the library that waits, which say nothing of the program.
_OURS = ("libparkway_tbb.so", "libparkway_absl.so")


def group_of(kind):
    return GROUPS[next((group for word, group in _OF_KIND if word in kind), 6)]


class Stacks:
    """Who waited and who let go, as often as that was the same: waiter, releaser (addresses), role ("reader",
    "writer" or empty), nanoseconds, count."""

    def __init__(self, wait, role):
        self.waiter, self.releaser, self.role = _addresses(wait, "waiter"), _addresses(wait, "releaser"), role
        self.nanoseconds, self.count = _number(wait, "nanoseconds"), _number(wait, "count")


class Lock:
    """All waits for one thing: kind, lock (address), name, count, nanoseconds, longest, slept, histogram, stacks."""

    def __init__(self, kind, lock):
        self.kind, self.lock, self.name = kind, lock, ""
        self.count = self.nanoseconds = self.longest = self.slept = 0
        self.histogram, self.stacks = [], []

    def add(self, wait, role):
        stacks = Stacks(wait, role)
        self.name = self.name or str(wait.get("name") or "")
        self.count += stacks.count
        self.nanoseconds += stacks.nanoseconds
        self.longest = max(self.longest, _number(wait, "longest_nanoseconds"))
        self.slept += _number(wait, "slept")
        buckets = wait.get("histogram") or []
        self.histogram += [0] * (len(buckets) - len(self.histogram))
        for i, waits in enumerate(buckets):
            self.histogram[i] += waits
        self.stacks.append(stacks)

    def title(self):
        return f"{self.kind} {self.name or self.lock}".rstrip()


def _number(wait, key):
    value = wait.get(key, 0)
    if isinstance(value, bool) or not isinstance(value, (int, float)) or value < 0:
        raise ValueError(f"{key} is {value!r}")
    return value


def _addresses(wait, key):
    return tuple(int(address, 16) for address in wait.get(key) or [])


class Profile:
    """Of one process and one library: program, pid, seconds, cpu_seconds, threads, sample, stock (whether the waits
    are for the program's own locks), locks (the most time first), symbols."""

    def __init__(self, document, pid=0):
        if document.get("parkway_profile") != VERSION:
            raise ValueError(f"its version is {document.get('parkway_profile')!r}, and this tool reads {VERSION}")
        mappings = [Mapping(int(m["start"], 16), int(m["end"], 16), int(m["offset"], 16), str(m["path"]))
                    for m in document.get("mappings", [])]
        first = next((mapping.path for mapping in mappings), "the program")
        self.program = str(document.get("program") or os.path.basename(first))
        self.pid = int(document.get("pid") or pid)
        self.seconds = float(document["seconds"])
        self.cpu_seconds = float(document.get("cpu_seconds", 0))
        self.threads = max(1, int(document.get("threads", 1)))
        self.sample = max(1, int(document.get("sample", 1)))
        self.stock = document.get("locks") == "stock"
        locks = {}
        for wait in document["waits"]:
            kind, _, role = str(wait["kind"]).partition(", ")
            # Each of oneTBB's own workers sleeps at a word of its own.
            key = (kind, "" if self.stock and kind == "worker" else str(wait.get("lock", "")))
            locks.setdefault(key, Lock(*key)).add(wait, role)
        self.locks = sorted(locks.values(), key=lambda lock: -lock.nanoseconds)
        for lock in self.locks:
            lock.stacks.sort(key=lambda stacks: -stacks.nanoseconds)
        self.symbols = Symbols(mappings)

    def waited(self):
        return sum(lock.nanoseconds for lock in self.locks) / 1e9

    def load_symbols(self, most):
        """Names for the stacks of the first `most` locks, in few calls."""
        self.symbols.load(address for lock in self.locks[:most] for stacks in lock.stacks
                          for address in stacks.waiter + stacks.releaser)

    def frames(self, addresses):
        """The functions of a stack, innermost first, without the library's own at the inner end."""
        frames = self.symbols.stack(addresses)
        inner = next((i for i, frame in enumerate(frames) if os.path.basename(frame.path) not in _OURS), 0)
        return frames[inner:]


class Profiles:
    """Those of one run, of all of its processes and both libraries: seconds (of the run), profiles (the most waits
    first), slowed (the run's time over that of stock), stock (whether it was a watched run of stock)."""

    def __init__(self, profiles, seconds, slowed):
        self.profiles = sorted(profiles, key=lambda profile: -profile.waited())
        self.seconds = seconds
        self.slowed = slowed
        self.stock = any(profile.stock for profile in self.profiles)

    def waited(self):
        return sum(profile.waited() for profile in self.profiles)

    def waits(self):
        return sum(lock.count for profile in self.profiles for lock in profile.locks)

    def threads(self):
        return sum(self._of_processes(lambda profile: profile.threads))

    def thread_seconds(self):
        return sum(self._of_processes(lambda profile: profile.threads * profile.seconds))

    def _of_processes(self, get):
        """The greater one of the two libraries, for each process."""
        most = {}
        for profile in self.profiles:
            most[profile.pid] = max(get(profile), most.get(profile.pid, 0))
        return most.values()

    def groups(self):
        """(group, seconds) of all waits, the most first."""
        sums = {}
        for lock in (lock for profile in self.profiles for lock in profile.locks):
            group = group_of(lock.kind)
            sums[group] = sums.get(group, 0) + lock.nanoseconds / 1e9
        return sorted(sums.items(), key=lambda item: -item[1])

    def average(self):
        """What part of its time a thread waits, as the mean of all threads."""
        return self.waited() / self.thread_seconds() if self.thread_seconds() > 0 else 0

    def ceiling(self):
        """No more than this part of the time can be gained: as if all waits came one after the other, on the path
        that the program's end waits for, and took no time at all."""
        return min(1.0, self.waited() / self.seconds) if self.seconds > 0 else 0


def read(path):
    """The Profile in a file. ValueError, with the reason, if it is none."""
    try:
        with open(path, encoding="utf-8") as file:
            match = re.search(r"\.(\d+)\.json$", path)
            return Profile(json.load(file), int(match.group(1)) if match else 0)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"a contention profile cannot be read: {error!r}") from error


def read_all(folder, seconds, slowed):
    """(the Profiles in a folder, or None; what is wrong with one, or nothing)."""
    found, trouble = [], ""
    for path in sorted(glob.glob(os.path.join(folder, "*.json"))):
        try:
            found.append(read(path))
        except ValueError as error:
            trouble = str(error)
    return Profiles(found, seconds, slowed) if found else None, trouble


_BARS = " .:-=+*#%@"


def histogram_lines(buckets, bars=_BARS):
    """Waits of [2^i, 2^(i+1)) ns as bars, one character each, between the ends of the times."""
    used = [i for i, waits in enumerate(buckets) if waits]
    if not used:
        return []
    first, last = used[0], used[-1]
    most = max(buckets)
    shown = "".join(bars[0] if not waits else bars[1 + int((len(bars) - 2) * waits / most)]
                    for waits in buckets[first:last + 1])
    return [f"{_end(first)} |{shown}| {_end(last + 1)}"]


def _end(power):
    value = 2.0 ** power
    for unit, scale in (("s", 1e9), ("ms", 1e6), ("us", 1e3)):
        if value >= scale:
            return f"{value / scale:.3g} {unit}"
    return f"{value:.0f} ns"
