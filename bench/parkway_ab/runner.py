# SPDX-License-Identifier: Apache-2.0
"""One run of the program."""

import os
import re
import resource
import signal
import subprocess
import threading
import time

from parkway_ab import problem
from parkway_ab.problem import Problem

# What a user may have set for other runs, and what would make runs differ.
_OURS = ("PARKWAY_STATS", "PARKWAY_PROFILE", "PARKWAY_PROFILE_ONE_IN")
_LOOK_EVERY = 0.1  # seconds
_NEEDS_TERMINAL = re.compile(
    r"not a (?:tty|terminal)|inappropriate ioctl for device|error opening terminal|TERM environment variable"
    r"|(?:needs|requires|must be run (?:in|from)) an? (?:interactive )?(?:tty|terminal)|/dev/tty", re.I)


class Side:
    """A way to run the program: name, preloaded libraries, more environment, what it serves (for people)."""

    def __init__(self, name, libraries=(), environment=None, serves=""):
        self.name = name
        self.serves = serves
        self.libraries = list(libraries)
        self.environment = dict(environment or {})

    def variables(self):
        """The environment, but for LD_PRELOAD."""
        variables = {name: value for name, value in os.environ.items() if name not in _OURS}
        if not self.libraries:
            variables = {name: value for name, value in variables.items() if not name.startswith("PARKWAY")}
        variables.update(self.environment)
        return variables

    def preload(self):
        """The value of LD_PRELOAD; empty for none."""
        before = os.environ.get("LD_PRELOAD", "")
        return ":".join(self.libraries + ([before] if before else []))


class Run:
    """What one run has used and said.

    wall, cpu; status (negative: a signal); ended (why we ended it); errors; memory (most bytes at once; 0: less than
    this tool has itself, which hides it); voluntary and involuntary switches; leftover (whether it left processes).
    """

    def __init__(self, side):
        self.side = side
        self.wall = self.cpu = self.memory = self.voluntary = self.involuntary = self.status = 0
        self.errors = self.ended = ""
        self.leftover = False
        self.digest = None

    def how(self):
        """How it ended, in words."""
        if self.ended:
            return self.ended
        if self.status < 0:
            try:
                name = signal.Signals(-self.status).name
            except ValueError:
                name = str(-self.status)
            return f"crashed with {name}" if -self.status in _CRASHES else f"was ended by {name}"
        return f"ended with status {self.status}"

    def last_words(self):
        return [line for line in self.errors.splitlines() if line.strip()][-8:]

    def needs_terminal(self):
        return self.status != 0 and not self.ended and bool(_NEEDS_TERMINAL.search(self.errors))


_CRASHES = (signal.SIGSEGV, signal.SIGABRT, signal.SIGBUS, signal.SIGILL, signal.SIGFPE, signal.SIGSYS, signal.SIGTRAP)


class _Watch(threading.Thread):
    """Ends a run that takes too long or writes too much."""

    def __init__(self, process, limit, most, files):
        super().__init__(daemon=True)
        self._process, self._limit, self._most, self._files = process, limit, most, files
        self._over = threading.Event()
        self._lock = threading.Lock()
        self.why = ""

    def run(self):
        end = time.monotonic() + self._limit
        while not self._over.wait(_LOOK_EVERY):
            why = ""
            if time.monotonic() > end:
                why = f"had not ended after {problem.minutes(self._limit)}"
            for what, path in self._files:
                if _size(path) > self._most:
                    why = f"wrote more than {problem.size(self._most)} to {what}"
            if why:
                with self._lock:
                    if not self._over.is_set():
                        self.why = why
                        kill_group(self._process)
                return

    def stop(self):
        with self._lock:
            self._over.set()


def _size(path):
    try:
        return os.stat(path).st_size
    except OSError:
        return 0


def kill_group(process):
    """Whether there was something left to end."""
    try:
        os.killpg(process, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        return False
    return True


class Runner:
    """Runs one command, each time with its output in `scratch`."""

    def __init__(self, options, scratch):
        self._options = options
        self._scratch = scratch
        self.stdout = os.path.join(scratch, "stdout")
        self.stderr = os.path.join(scratch, "stderr")
        self.limit = options.run_limit or 24 * 3600

    def run(self, side, environment=None, prefix=(), slow=1):
        """The Run; `prefix`: a command that runs it; `slow`: times that it may take longer."""
        options, result = self._options, Run(side)
        variables = dict(side.variables(), **environment or {})
        command = options.program
        if side.preload():
            if prefix:
                command = ["env", "LD_PRELOAD=" + side.preload()] + command
            else:
                variables["LD_PRELOAD"] = side.preload()
        if options.output and os.path.lexists(options.output):
            os.unlink(options.output)
        with open(self.stdout, "wb") as out, open(self.stderr, "wb") as err, \
                open(options.input or os.devnull, "rb") as source:
            start = time.monotonic()
            process = self._start(list(prefix) + command, variables, source, out, err)
            watch = _Watch(process.pid, self.limit * slow, options.max_output, self._watched())
            watch.start()
            try:
                os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
                result.wall = time.monotonic() - start
            except BaseException:
                kill_group(process.pid)
                raise
            finally:
                watch.stop()
                _, status, usage = os.wait4(process.pid, 0)
                process.returncode = status
        result.leftover = kill_group(process.pid) and not watch.why
        result.ended = watch.why
        result.status = -os.WTERMSIG(status) if os.WIFSIGNALED(status) else os.WEXITSTATUS(status)
        result.cpu = usage.ru_utime + usage.ru_stime
        # A new process counts as its first memory that of the one which starts it.
        own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        result.memory = usage.ru_maxrss * 1024 if usage.ru_maxrss > 1.02 * own else 0
        result.voluntary, result.involuntary = usage.ru_nvcsw, usage.ru_nivcsw
        with open(self.stderr, "rb") as file:
            result.errors = file.read(64 << 20).decode(errors="replace")
        return result

    def _watched(self):
        files = [("its standard output", self.stdout), ("its standard error", self.stderr)]
        return files + ([(self._options.output, self._options.output)] if self._options.output else [])

    def _start(self, command, variables, source, out, err):
        options = self._options
        before = os.sched_getaffinity(0)
        if options.pin:
            os.sched_setaffinity(0, options.pin)
        try:
            return subprocess.Popen(command, env=variables, stdin=source, stdout=out, stderr=err,
                                    cwd=options.folder, start_new_session=True)
        except OSError as error:
            raise Problem(f"{command[0]}: cannot be started: {error.strerror}") from error
        finally:
            if options.pin:
                os.sched_setaffinity(0, before)
