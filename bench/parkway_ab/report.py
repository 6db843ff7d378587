# SPDX-License-Identifier: Apache-2.0
"""The result in the terminal."""

import statistics
import sys
import textwrap

from parkway_ab import contention, discover, estimate, noise, problem, race, syscalls

_STACK = 6  # functions of a stack
_WIDTH = 110
NOT_IN_IT = "Not in it: waits for the C library's own locks, which parkway does not serve, and spin locks."
_WORST_FIRST = {estimate.SLOWER: 0, estimate.UNKNOWN: 1, estimate.SAME: 2, estimate.FASTER: 3}
_BLOCKS = " \u2581\u2582\u2583\u2584\u2585\u2586\u2587\u2588"


def bars():
    """Characters for histograms that the terminal can show."""
    return _BLOCKS if (sys.stdout.encoding or "").lower().replace("-", "") == "utf8" else " .:-=+*#%@"


def note(text):
    """Lines of a note, none too long for a terminal."""
    for i, line in enumerate(textwrap.wrap(text, _WIDTH - 10) or [""]):
        yield ("note      " if i == 0 else 10 * " ") + line


def ratio_text(found):
    if found.count == 0:
        return "none"
    if found.count < estimate.FEWEST:
        return f"{found.ratio:.3f} (too few pairs for an interval)"
    return f"{found.ratio:.3f} ({found.low:.3f}..{found.high:.3f})"


def verdict_text(found, precision, name="parkway"):
    verdict = found.verdict(precision)
    if verdict == estimate.UNKNOWN:
        return f"unknown: {problem.plural(found.count, 'pair')} of runs; it takes {estimate.FEWEST}"
    if verdict == estimate.SAME:
        widest = max(1 - found.low, found.high - 1)
        if widest <= precision:
            return f"no measurable difference: less than {problem.percent(widest)}"
        if found.half() > precision:
            return f"no measurable difference; one of {problem.percent(found.half())} could have been missed"
        return "no measurable difference"
    return f"{name} is {verdict}, by {problem.percent(abs(1 - found.ratio))}"


def found_lines(program, said, sides):
    """What was found before the first comparison."""
    yield f"program   {program.describe()}"
    for copy in program.copies:
        yield f"{discover.HOSTS[copy.host]:<9} {copy}, {copy.path}" + (f": {copy.obstacle}" if copy.obstacle else "")
    for host, name in discover.HOSTS.items():
        if said is not None and not any(copy.host == host for copy in program.copies):
            by_run = any(taken.host == host for taken in said.taken)
            yield f"{name:<9} " + ("not linked; it came while the program ran" if by_run else "not linked")
    for taken in said.taken if said else []:
        if taken.on:
            what = "layers " + ",".join(taken.layers) if taken.layers else taken.mode
            yield f"taken     {taken.name} of {taken.program}: {what}"
        else:
            yield f"left      {taken.name} of {taken.program} keeps its own locks"
    hosts = said.hosts() if said else []
    for remark in (said.remarks if said else []) + ([] if hosts else program.remarks):
        yield from note(remark)
    if sides:
        yield "tries     all of it; then each layer alone:"
        for side in sides:
            yield f"          {side.name}: {side.serves}"


def bound_text(stock, unseen):
    """Whose waits the ceiling is of. unseen: what the watched run of stock lacks, as libraries.Said.unseen() has it."""
    if stock:
        return "They are the waits for the program's own locks, in a run in which these were watched."
    words = {"tbb waits": "oneTBB's waits", "tbb workers": "oneTBB's workers", "absl locks": "Abseil's locks"}
    names = " and ".join(words[what] for what in unseen)
    why = f"stock's own cannot be seen: {names}" if unseen else "stock's own could not be watched"
    return f"They are the waits for parkway's locks, in a preloaded run; {why}."


def ceiling_lines(profiles, worth, unseen=()):
    """What there is to gain at most. unseen: as for bound_text()."""
    ceiling = profiles.ceiling()
    if ceiling < worth:
        yield (f"You wait {problem.percent(ceiling)} of the time, all threads together "
               f"({problem.plural(profiles.threads(), 'thread')}, {problem.seconds(profiles.seconds)}): "
               "no lock library can give you more.")
        yield from note(bound_text(profiles.stock, unseen))
        yield from note(NOT_IN_IT)
        return
    yield (f"Waits are {problem.percent(profiles.average())} of the time of the threads that wait "
           f"({profiles.threads()}): {problem.seconds(profiles.waited())} in a run of "
           f"{problem.seconds(profiles.seconds)}.")
    for group, spent in profiles.groups():
        yield f"  {problem.percent(spent / max(1e-9, profiles.thread_seconds())):>8}  {group}"
    if ceiling < 1:
        yield (f"One after the other they are {problem.percent(ceiling)} of the time: no lock library can give you "
               "more.")
    else:
        yield "One after the other they are more than the whole time: this sets no limit to what there is to gain."
    yield from note(bound_text(profiles.stock, unseen))
    yield from note(NOT_IN_IT)
    if profiles.slowed > 1.1:
        yield from note(f"The profile's run took {profiles.slowed:.2f} times as long as stock's.")


def _median(runs, get):
    return statistics.median(get(run) for run in runs)


def _memory(runs):
    found = _median(runs, lambda run: run.memory)
    return problem.size(found) if found else "small"


def _row(name, stock, other, ratio):
    return f"  {name:<22} {stock:>12} {other:>12}   {ratio}"


def race_lines(result, options, calls, noises):
    """The comparison of the first two sides."""
    stock, other = result.runs(0), result.runs(1)
    names = [side.name for side in result.sides[:2]]
    wall, cpu = result.estimate(1), result.estimate(1, lambda run: run.cpu)
    verdicts = sorted((("time", wall), ("CPU time", cpu)), key=lambda v: _WORST_FIRST[v[1].verdict(options.precision)])
    for title, found in verdicts:
        yield f"{title:<9} {verdict_text(found, options.precision, names[1])}"
    yield ""
    yield _row("", *names, f"ratio (99 % interval), {problem.plural(len(other), 'pair')}")
    for title, get, found in (("time", lambda run: run.wall, wall), ("CPU time", lambda run: run.cpu, cpu)):
        yield _row(title, problem.seconds(_median(stock, get)), problem.seconds(_median(other, get)),
                   ratio_text(found))
    for title, get in (("voluntary switches", lambda run: run.voluntary),
                       ("involuntary switches", lambda run: run.involuntary)):
        yield _row(title, f"{_median(stock, get):.0f}", f"{_median(other, get):.0f}", _plain(stock, other, get))
    yield _row("peak memory", *(_memory(runs) for runs in (stock, other)), _plain(stock, other, lambda run: run.memory))
    yield from _call_lines(calls)
    yield ""
    yield from _end_lines(result, options, wall)
    for text in noises:
        yield from note(text)


def _plain(stock, other, get):
    before = _median(stock, get)
    return f"{_median(other, get) / before:.3f}" if before else ""


def _call_lines(calls):
    if calls is None:
        return
    if calls.get("reason"):
        yield f"  system calls were not counted: {calls['reason']}"
        return
    for call in syscalls.CALLS:
        stock, other = (calls[side].get(call, 0) for side in ("stock", "other"))
        yield _row(call + " calls", str(stock), str(other), f"{other / stock:.3f}" if stock else "")
    yield f"  (calls: one run of each side more, under {calls['tool']})"


def _end_lines(result, options, wall):
    if result.why == race.NARROW:
        yield from note(f"It ended when the interval was within {problem.percent(options.precision)}.")
        return
    text = {race.TIME: "The time limit ended it.", race.STOPPED: "It was interrupted."}.get(result.why, "It ended.")
    once = sum(run.wall for turn in result.rounds for run in turn if run) / len(result.rounds)
    if wall.count < estimate.FEWEST:
        text += (f" {estimate.FEWEST} pairs take some {problem.minutes(estimate.FEWEST * once)}: "
                 "--time-limit" + ("" if options.no_layers or options.aa else ", half of which the layers get") + ".")
    elif wall.half() > options.precision:
        more = wall.pairs_wanted(options.precision) - wall.count
        text += (f" The interval is within {problem.percent(wall.half())}, not {problem.percent(options.precision)}: "
                 f"that would take some {problem.minutes(more * once)} more")
        text += "." if wall.half() < 4 * options.precision else \
            "; with times that differ so much from run to run it cannot be had here."
    yield from note(text)


def slowest_first(result):
    """The numbers of the sides but stock: those that failed, then the slowest."""
    def place(side):
        found = result.estimate(side)
        return (side not in result.out, -found.ratio if found.count else 0)
    return sorted(range(1, len(result.sides)), key=place)


def layer_lines(result, options):
    """Each layer alone against stock, the slowest first."""
    yield f"Each layer alone against stock, {problem.plural(len(result.rounds), 'round')}, the slowest first:"
    width = max(len(side.name) for side in result.sides)
    yield f"  {'':<{width}}  {'time':<22} {'CPU time':<22}"
    for i in slowest_first(result):
        name = result.sides[i].name
        if i in result.out:
            yield f"  {name:<{width}}  {result.out[i].message}"
            continue
        wall, cpu = result.estimate(i), result.estimate(i, lambda run: run.cpu)
        yield f"  {name:<{width}}  {_short(wall):<22} {_short(cpu):<22} {_layer_verdict(wall, options.precision)}"


def _layer_verdict(found, precision):
    verdict = found.verdict(precision)
    return {estimate.UNKNOWN: "too few rounds", estimate.SAME: "no difference seen"}.get(verdict, verdict)


def _short(found):
    return f"{found.ratio:.3f}" + (f" ({found.low:.3f}..{found.high:.3f})" if found.count >= estimate.FEWEST else "")


def lock_lines(profiles, most):
    """The hottest locks, with who waited and who let go."""
    for profile in profiles:
        locks = profile.locks[:most]
        if not locks:
            continue
        sampled = "each wait noted" if profile.sample == 1 else f"1 in {profile.sample} waits noted"
        yield ""
        whose = "with its own locks" if profile.stock else "preloaded"
        yield (f"What {profile.program} waited for, {whose}, the most time first ({len(locks)} of "
               f"{len(profile.locks)}; {sampled}):")
        for number, lock in enumerate(locks, 1):
            yield ""
            yield (f"{number:>3}. {lock.title()} ({contention.group_of(lock.kind)}): "
                   f"{problem.seconds(lock.nanoseconds / 1e9)} in {problem.plural(lock.count, 'wait')}, "
                   f"longest {problem.seconds(lock.longest / 1e9)}, slept {lock.slept}")
            for line in contention.histogram_lines(lock.histogram, bars()):
                yield "     " + line
            yield from _stack_lines(profile, lock.stacks[0])
            if len(lock.stacks) > 1:
                share = lock.stacks[0].nanoseconds / lock.nanoseconds if lock.nanoseconds else 0
                yield (f"     ({problem.percent(share)} of it is from here; "
                       f"{problem.plural(len(lock.stacks) - 1, 'more pair')} of stacks)")
        if profile.symbols.remark:
            yield from note(profile.symbols.remark)


def _stack_lines(profile, stacks):
    waited = f"{stacks.role} in" if stacks.role else "waited in"
    for who, addresses in ((waited, stacks.waiter), ("let go in", stacks.releaser)):
        frames = profile.frames(addresses)
        for i, frame in enumerate(frames[:_STACK]):
            yield f"     {who if i == 0 else '':<9} {frame}"
        if len(frames) > _STACK:
            yield f"     {'':<9} ... {len(frames) - _STACK} more"


def noise_lines(cpus, noises):
    """Remarks on the place and on what happened in one of the parts of the measurement."""
    yield from noise.place_remarks(cpus)
    for when, what in noises:
        for text in noise.remarks(what):
            yield f"{when}: {text}"
