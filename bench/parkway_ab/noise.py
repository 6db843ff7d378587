# SPDX-License-Identifier: Apache-2.0
"""What else the machine did meanwhile, and what makes its times unsure."""

import glob
import os
import re
import resource
import time

from parkway_ab import problem

_OTHERS = 0.05  # of all CPUs
_STEAL = 0.01


def _read(path):
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            return file.read()
    except OSError:
        return ""


def _total(pattern):
    """The sum of the numbers in the files, or None without one."""
    numbers = [int(text) for text in map(_read, glob.glob(pattern)) if text.strip().isdigit()]
    return sum(numbers) if numbers else None


def _throttled_groups():
    """How often control groups of this process were held back, of all versions of cgroups."""
    total = None
    for line in _read("/proc/self/cgroup").splitlines():
        _, controllers, path = line.split(":", 2)
        if controllers and "cpu" not in controllers.split(","):
            continue
        root = "/sys/fs/cgroup" + ("/" + controllers if controllers else "")
        parts = path.strip("/").split("/") if path != "/" else []
        for depth in range(len(parts) + 1):
            text = _read(os.path.join(root, *parts[:depth], "cpu.stat"))
            match = re.search(r"^nr_throttled (\d+)$", text, re.M)
            if match:
                total = (total or 0) + int(match.group(1))
    return total


class Counts:
    """The counters of one moment."""

    def __init__(self):
        ticks = os.sysconf("SC_CLK_TCK")
        fields = [int(field) / ticks for field in _read("/proc/stat").split("\n")[0].split()[1:]]
        fields += [0] * (8 - len(fields))
        self.busy = sum(fields[:3]) + fields[5] + fields[6]
        self.steal = fields[7]
        self.time = time.monotonic()
        self.hot = _total("/sys/devices/system/cpu/cpu[0-9]*/thermal_throttle/core_throttle_count")
        self.held = _throttled_groups()
        own, children = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
        self.own = own.ru_utime + own.ru_stime + children.ru_utime + children.ru_stime


class Noise:
    """What happened between two moments, as shares of all CPUs: others (other programs), steal; and hot, held
    (how often the processor or a control group slowed us down; None where nobody counts)."""

    def __init__(self, before, after):
        whole = max(1e-9, (after.time - before.time) * (os.cpu_count() or 1))
        self.others = max(0.0, (after.busy - before.busy - (after.own - before.own)) / whole)
        self.steal = max(0.0, (after.steal - before.steal) / whole)
        self.hot = _difference(before.hot, after.hot)
        self.held = _difference(before.held, after.held)


def _difference(before, after):
    return None if before is None or after is None else after - before


def _siblings():
    """CPU -> those of its core, for the CPUs that share one."""
    found = {}
    for path in glob.glob("/sys/devices/system/cpu/cpu[0-9]*/topology/thread_siblings_list"):
        cpus = set()
        for part in _read(path).strip().split(","):
            first, _, last = part.partition("-")
            if first.isdigit():
                cpus |= set(range(int(first), int(last or first) + 1))
        if len(cpus) > 1:
            found[int(re.search(r"cpu(\d+)/topology", path).group(1))] = cpus
    return found


def place_remarks(cpus, siblings=None):
    """What to know of the CPUs `cpus` that the program runs on."""
    siblings = _siblings() if siblings is None else siblings
    shared = sorted({tuple(sorted(siblings[cpu] & cpus)) for cpu in cpus if len(siblings.get(cpu, set()) & cpus) > 1})
    outside = sorted(cpu for cpu in cpus if siblings.get(cpu, {cpu}) - cpus)
    if len(shared) == 1 and len(cpus) == len(shared[0]):
        yield f"The CPUs {','.join(map(str, shared[0]))} are one core: what runs there takes turns."
    elif outside:
        yield (f"CPUs {','.join(map(str, outside))} share their cores with CPUs outside of --pin: "
               "other programs may run there.")
    governors = {_read(f"/sys/devices/system/cpu/cpu{cpu}/cpufreq/scaling_governor").strip() for cpu in cpus} - {""}
    if governors and governors != {"performance"}:
        yield (f"The CPUs' speed changes with the load (governor {', '.join(sorted(governors))}): "
               "'performance' gives steadier times.")


def remarks(noise):
    """What to know of a time."""
    if noise.others > _OTHERS:
        yield f"Other programs used {problem.percent(noise.others)} of all CPUs meanwhile."
    if noise.steal > _STEAL:
        yield f"The host of this virtual machine took away {problem.percent(noise.steal)} of its CPU time."
    if noise.hot:
        yield f"The processor slowed itself down for its heat, {problem.plural(noise.hot, 'time')}."
    if noise.held:
        yield (f"A limit on CPU time (a control group, as containers have) held this process back, "
               f"{problem.plural(noise.held, 'time')}.")
