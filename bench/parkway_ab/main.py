# SPDX-License-Identifier: Apache-2.0
"""The parts in their order: what it is, what there is to gain, the race, the layers, the report."""

import json
import os
import shutil
import signal
import sys
import tempfile

from parkway_ab import (charts, contention, discover, document, layers, libraries, noise, options as command_line,
                        outputs, page, problem, race, report, runner, syscalls)
from parkway_ab.problem import NOTHING_TO_TAKE_OVER, OUTPUTS_DIFFER, Problem

_SHORTEST = 0.005  # seconds
# Waits in a second from which on one in a hundred is noted, and not each: with fewer that would miss the rare long
# ones.
_MANY_WAITS = 5000
_NO_PROFILE = "These libraries write no contention profile: what there is to gain at most cannot be told."


class Findings:
    """All that is known at the end."""

    def __init__(self, options):
        self.options = options
        self.program = self.said = self.race = self.layers = self.calls = None
        self.watched = self.profiles = None  # of stock, and of the preloaded program
        self.unseen = []  # what stock's lacks
        self.noises, self.notes = [], []
        self.code = problem.MEASURED

    def bound(self):
        """The Profiles that say what there is to gain: stock's, if nothing is missing there; or None."""
        return self.watched if self.watched and not self.unseen else self.profiles


class Measurement:
    """One use of parkway-ab."""

    def __init__(self, options, roots, scratch):
        self._options = options
        self._roots = roots
        self._scratch = scratch
        self._progress = race.Progress(options.quiet)
        self._runner = runner.Runner(options, scratch)
        self._kept = os.path.join(scratch, "kept")
        os.mkdir(self._kept)
        self._outputs = outputs.Outputs(options, self._runner, self._kept)
        self._stock = runner.Side("stock")
        self._parkway = None
        self._first = 0.0  # seconds that stock's first run took
        self._charts = charts.load(roots) if options.html else None
        self.findings = Findings(options)

    def run(self):
        """Measures and prints; the exit code."""
        options, findings = self._options, self.findings
        self._check_environment()
        found = {} if options.aa else libraries.locate(options, self._roots)
        findings.program = discover.look(options.program[0], options.folder, next(iter(found.values()), None))
        self._say(f"$ {' '.join(options.program)}", "")
        self._first_run()
        if options.aa:
            other, alone = runner.Side("stock again"), []
            self._say(*report.found_lines(findings.program, None, []))
        else:
            other, alone = self._take_over(found)
            if not self._worth_it():
                return self._end()
        self._say("")
        self._compare(other)
        if alone and findings.race.why != race.STOPPED:
            self._try_layers(alone)
        for profiles in filter(None, (findings.watched, findings.profiles)):
            self._say(*report.lock_lines(profiles.profiles, options.locks))
        return self._end()

    def _check_environment(self):
        if "libparkway_" in os.environ.get("LD_PRELOAD", ""):
            raise Problem("LD_PRELOAD has a library of parkway's: no run would be stock; unset it")
        if not self._options.aa and layers.switched_off():
            raise Problem(f"{layers.switched_off()} is in the environment: no run would have parkway's locks; unset it")

    def _say(self, *lines):
        self._progress.clear()
        for line in lines:
            print(line, flush=True)

    def _note(self, text):
        if text not in self.findings.notes:
            self.findings.notes.append(text)

    def _checked(self, side, **how):
        """A run that has done what the first one did, without what it has said."""
        run = self._checked_run(side, **how)
        run.errors = ""
        return run

    def _checked_run(self, side, **how):
        run = self._runner.run(side, **how)
        self._outputs.check(run)
        if run.leftover:
            self._note("The program leaves processes behind when it ends; they were ended, and their time is not "
                       "counted.")
        return run

    def _first_run(self):
        """The run of stock that all others are compared with, and one more."""
        options = self._options
        self._progress.say("the first run of stock", now=True)
        first = self._runner.run(self._stock)
        self._refuse(first)
        self._outputs.check(first)
        self._first = first.wall
        if not options.run_limit:
            self._runner.limit = 60 + 10 * first.wall
        self._progress.say(f"the first run took {problem.seconds(first.wall)}; once more", now=True)
        times = [first.wall] + [self._checked(self._stock).wall for _ in range(options.warm_up)]
        if max(times) < _SHORTEST:
            raise Problem(f"{options.program[0]} ends after {problem.seconds(max(times))}: what takes less than "
                          f"{problem.seconds(_SHORTEST)} drowns in the start of a process; give it more to do")

    def _refuse(self, run):
        """Stock's first run has to be good."""
        name = self._options.program[0]
        if run.ended:
            hint = "--run-limit" if "not ended" in run.ended else "--max-output, or let it write to /dev/null"
            raise Problem(f"{name} {run.ended}; see {hint}", problem.WRONG_USE, run.last_words())
        if run.status == 0:
            return
        if run.needs_terminal():
            raise Problem(f"{name} {run.how()} and seems to need a terminal, which parkway-ab does not give it: "
                          "measure a mode of it that needs none", problem.WRONG_USE, run.last_words())
        if run.status < 0 or not self._options.ignore_failure:
            hint = "" if run.status < 0 else "; --ignore-failure measures it all the same"
            raise Problem(f"{name} {run.how()} as it is, with its own locks{hint}", problem.WRONG_USE,
                          run.last_words())

    def _take_over(self, found):
        """What the libraries take over in a run: the side to compare with stock, and the layers alone."""
        findings = self.findings
        everything = runner.Side("parkway", found.values())
        self._progress.say("a run with the libraries, which say what they take over", now=True)
        run = self._runner.run(everything, environment={"PARKWAY_STATS": "1"})
        findings.said = libraries.Said(run.errors)
        self._outputs.check(run)
        hosts = findings.said.hosts()
        alone = layers.alone(found, hosts, findings.said.layers()) if not self._options.no_layers else []
        self._say(*report.found_lines(findings.program, findings.said, alone if hosts else []))
        if not hosts:
            raise Problem(self._why_nothing(found), NOTHING_TO_TAKE_OVER)
        self._parkway = layers.preloaded(found, hosts)
        return self._parkway, alone

    def _why_nothing(self, found):
        program, said = self.findings.program, self.findings.said
        obstacles = [f"{copy}: {copy.obstacle}" for copy in program.copies if copy.obstacle]
        lacking = [host for host in sorted({copy.host for copy in program.copies}) if host not in found]
        if said.remarks or any(not taken.on for taken in said.taken):
            return "nothing to take over: the libraries have stepped aside; see above"
        if obstacles:
            return "nothing to take over: " + "; ".join(obstacles)
        if lacking:
            return "nothing to take over: there is no " + " and no ".join(libraries.FILES[host] for host in lacking)
        return ("nothing to take over: neither oneTBB nor a shared Abseil came into any of its processes"
                + (", or their standard error goes elsewhere" if program.kind == "script" else ""))

    def _worth_it(self):
        """Whether the waits leave something to gain, or cannot be told."""
        findings, options = self.findings, self._options
        self._say("")
        findings.watched = self._noted(self._watch)
        if findings.bound() is None:
            findings.profiles = self._noted(self._profile)
        bound = findings.bound()
        if bound is None:
            self._note(_NO_PROFILE)
            self._say(_NO_PROFILE)
            return True
        self._say(*report.ceiling_lines(bound, options.worth, findings.unseen))
        if bound.ceiling() < options.worth:
            self._say("It goes on all the same: --anyway." if options.anyway else
                      "parkway-ab ends here; --anyway runs the comparison all the same.")
            if not options.anyway:
                return False
        if findings.profiles is None:
            findings.profiles = self._noted(self._profile)
        return True

    def _noted(self, profile):
        """What profile(one_in) gives: with each wait noted, if there are few enough."""
        profiles = profile(1)
        if profiles and profiles.waits() > _MANY_WAITS * profiles.seconds:
            # Noting each takes too long here.
            profiles = profile(100) or profiles
        return profiles

    def _watch(self, one_in):
        """The Profiles of a run of stock that is watched, or None."""
        findings, side = self.findings, layers.watched(self._parkway)
        try:
            run, profiles = self._run_for_profile(side, one_in, {"PARKWAY_STATS": "1"})
        except Problem as trouble:
            # What is compared later will not be watched.
            self._note(f"Stock could not be watched: {trouble.message}.")
            return None
        if profiles is None or not profiles.stock:
            return None
        said = libraries.Said(run.errors)
        findings.unseen = findings.said.unseen(said)
        for remark in said.remarks:
            self._note(remark)
        return profiles

    def _profile(self, one_in):
        """The Profiles of a preloaded run, or None."""
        side = runner.Side("parkway", self._parkway.libraries)
        return self._run_for_profile(side, one_in, {})[1]

    def _run_for_profile(self, side, one_in, environment):
        """A run under the contention profile, and its Profiles, or None."""
        folder = tempfile.mkdtemp(dir=self._scratch)
        self._progress.say(f"a run under the contention profile: {side.name}, 1 in {one_in} waits noted", now=True)
        run = self._checked_run(side, environment=dict(environment, **{
            "PARKWAY_PROFILE": os.path.join(folder, "%h.%p.json"), "PARKWAY_PROFILE_ONE_IN": str(one_in)}))
        profiles, trouble = contention.read_all(folder, run.wall, run.wall / self._first)
        if trouble:
            self._note(trouble)
        for profile in profiles.profiles if profiles else []:
            profile.load_symbols(max(self._options.locks, document.MOST_STACKS))
        return run, profiles

    def _measured(self, when, measure):
        """The result of measure(); notes what else the machine did."""
        before = noise.Counts()
        result = measure()
        self.findings.noises.append((when, noise.Noise(before, noise.Counts())))
        return result

    def _compare(self, other):
        options, findings = self._options, self.findings
        self._progress.say(f"warm-up of {other.name}", now=True)
        for _ in range(options.warm_up):
            self._checked(other)
        limit = options.time_limit if options.no_layers or options.aa else options.time_limit / 2
        sides = [self._stock, other]
        findings.race = self._measured("The comparison", lambda: race.run_race(
            sides, self._checked, options, limit, "comparison", self._progress))
        if not findings.race.runs(1):
            raise KeyboardInterrupt
        if findings.race.why != race.STOPPED:
            findings.calls = self._count_calls(other)
        remarks = report.noise_lines(options.pin or os.sched_getaffinity(0), findings.noises)
        self._say(*report.race_lines(findings.race, options, findings.calls, remarks))
        wall = findings.race.estimate(1)
        if options.fail_above and wall.low > options.fail_above:
            findings.code = problem.SLOWER

    def _count_calls(self, other):
        counter = syscalls.Counter(self._scratch)
        if not counter.tool:
            return {"reason": counter.reason}
        self._progress.say(f"counting system calls, with {counter.tool}", now=True)
        counts = [counter.count(self._runner, side) for side in (self._stock, other)]
        if None in counts:
            return {"reason": f"the run under {counter.tool} failed"}
        return {"tool": counter.tool, "stock": counts[0], "other": counts[1]}

    def _try_layers(self, alone):
        options, findings = self._options, self.findings
        sides = [self._stock] + alone
        findings.layers = self._measured("The layers", lambda: race.run_race(
            sides, self._checked, options, options.time_limit / 2, "layers", self._progress, lenient=True))
        if findings.layers.rounds:
            self._say("", *report.layer_lines(findings.layers, options))

    def _end(self):
        findings, options = self.findings, self._options
        for text in findings.notes:
            self._say(*report.note(text) if text != _NO_PROFILE else ())
        if findings.code == problem.SLOWER:
            self._say("", f"Slower than --fail-above {options.fail_above:g}: the whole interval is above it.")
        self.write()
        return findings.code

    def write(self):
        """--json and --html."""
        options = self._options
        if not options.json and not options.html:
            return
        made = document.make(self.findings)
        if options.json:
            _write("--json", options.json, json.dumps(made, indent=1) + "\n")
        if options.html:
            _write("--html", options.html, page.make(made, self._charts))

    def keep_outputs(self):
        """Copies both outputs to where they stay; the folder."""
        folder = tempfile.mkdtemp(prefix="parkway-ab.outputs.")
        for name in ("first", "other"):
            path = os.path.join(self._kept, name)
            if os.path.exists(path):
                shutil.copyfile(path, os.path.join(folder, name))
        return folder

    def interrupted(self):
        return any(part and part.why == race.STOPPED for part in (self.findings.race, self.findings.layers))

    def clear(self):
        self._progress.clear()


def _write(option, path, text):
    try:
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
    except OSError as error:
        raise Problem(f"{option}={path}: {error.strerror}") from error


def _complain(trouble):
    sys.stdout.flush()
    sys.stderr.write(f"parkway-ab: {trouble.message}\n")
    for line in trouble.details:
        sys.stderr.write(f"    {line}\n")


def main(arguments, roots):
    """The exit code. roots: folders where the libraries may lie."""
    options = command_line.parse(arguments)
    with tempfile.TemporaryDirectory(prefix="parkway-ab.") as scratch:
        signal.signal(signal.SIGTERM, signal.default_int_handler)
        measurement = None
        try:
            measurement = Measurement(options, roots, scratch)
            code = measurement.run()
            return 128 + signal.SIGINT if measurement.interrupted() else code
        except Problem as trouble:
            if measurement:
                measurement.clear()
            _complain(trouble)
            if trouble.code == OUTPUTS_DIFFER:
                sys.stderr.write(f"    all of both: {measurement.keep_outputs()}\n")
            return trouble.code
        except KeyboardInterrupt:
            if measurement:
                measurement.clear()
            sys.stderr.write("parkway-ab: interrupted before there was a result\n")
            return 128 + signal.SIGINT
        except BrokenPipeError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            return problem.WRONG_USE
