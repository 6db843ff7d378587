# SPDX-License-Identifier: Apache-2.0
"""Counts of the system calls that locks make, by perf, or by strace where perf may not."""

import os
import re
import shutil
import subprocess

CALLS = ("futex", "sched_yield", "membarrier")
_STRACE_SLOW = 30


class Counter:
    """tool: "perf", "strace" or ""; reason: why there is none."""

    def __init__(self, scratch):
        self._file = os.path.join(scratch, "syscalls")
        self.tool, self.reason = "", ""
        reasons = []
        tools = (("perf", self._perf(), self._read_perf), ("strace", self._strace(), self._read_strace))
        for tool, prefix, read in tools:
            if not shutil.which(tool):
                reasons.append(f"there is no {tool}")
                continue
            try:
                subprocess.run(prefix + ["true"], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                               stderr=subprocess.DEVNULL, timeout=60, check=False)
                works = read() is not None
            except (OSError, subprocess.TimeoutExpired):
                works = False
            if works:
                self.tool, self._prefix, self._read = tool, prefix, read
                return
            reasons.append(f"{tool} may not count here")
        self.reason = " and ".join(reasons)

    def _perf(self):
        events = ",".join("syscalls:sys_enter_" + call for call in CALLS)
        return ["perf", "stat", "-x", ",", "-o", self._file, "-e", events, "--"]

    def _strace(self):
        return ["strace", "-f", "-qq", "-c", "-o", self._file, "-e", "trace=" + ",".join(CALLS), "--"]

    def count(self, runner, side):
        """Call -> how often one run makes it, or None where it failed."""
        if os.path.exists(self._file):
            os.unlink(self._file)
        slow = _STRACE_SLOW if self.tool == "strace" else 4
        run = runner.run(side, prefix=self._prefix, slow=slow)
        return None if run.ended else self._read()

    def _text(self):
        try:
            with open(self._file, encoding="utf-8", errors="replace") as file:
                return file.read()
        except OSError:
            return ""

    def _read_perf(self):
        found = {}
        for line in self._text().splitlines():
            fields = line.split(",")
            name = fields[2].rpartition("sys_enter_")[2] if len(fields) > 2 else ""
            if name in CALLS and fields[0].isdigit():
                found[name] = int(fields[0])
        return found if len(found) == len(CALLS) else None

    def _read_strace(self):
        if not os.path.exists(self._file):
            return None
        found = dict.fromkeys(CALLS, 0)
        for match in re.finditer(r"^\s*[\d.]+\s+[\d.]+\s+\d+\s+(\d+)\s+(?:\d+\s+)?(\w+)$", self._text(), re.M):
            if match.group(2) in found:
                found[match.group(2)] = int(match.group(1))
        return found
