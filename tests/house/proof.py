#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""docs/design/proof.md is what the tree declares, with the numbers of docs/results/proof.json.

The page says which primitive is proved by what, and with which command. What is declared is read
from the tree: the model tests and their mutants, the tests of the folders below, the configs. What
happened is read from the results, and those from nothing but Bazel's logs. A test without a result
is shown as one.

  proof.py                 complains if the page differs from what --write would write
  proof.py --write         writes the page
  proof.py --collect DIR --config NAME --command "./bazelw test ..." [--machine TEXT]
                           reads the logs below DIR (bazel-testlogs) into the results, in place of
                           what this config had
"""

import ast
import collections
import datetime
import glob
import json
import os
import platform
import re
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ElementTree

import tree

_PAGE = "docs/design/proof.md"
_RESULTS = "docs/results/proof.json"
_CORE = "plugin/parkway/"

# Each primitive: its name, what its headers begin with, and its types as tests name them.
_PRIMITIVES = [
    ("FutexMutex", ["lock/futex_mutex"], r"(?:Basic)?FutexMutex"),
    ("ByteMutex", ["lock/byte_mutex", "wait/address_futex"], r"(?:Basic)?ByteMutex"),
    ("SemaMutex", ["lock/sema_mutex"], r"(?:Basic)?SemaMutex"),
    ("RwMutex", ["lock/rw_mutex"], r"(?:Basic)?RwMutex"),
    ("RwCondVar", ["lock/rw_cond_var"], r"(?:Basic)?RwCondVar"),
    ("QueuingMutex", ["lock/queuing_mutex"], r"(?:Basic)?QueuingMutex"),
    ("QueuingRwMutex", ["lock/queuing_rw_mutex"], r"(?:Basic)?QueuingRwMutex"),
    ("CondVar", ["lock/cond_var"], r"(?:Basic)?CondVar"),
    ("Semaphore", ["lock/semaphore"], r"(?:Basic)?Semaphore"),
    ("FutexNote", ["lock/futex_note"], r"(?:Basic)?FutexNote"),
    ("SemaNote", ["lock/sema_note"], r"(?:Basic)?SemaNote"),
    ("AddressWaiter", ["wait/address_wait"], r"(?:Basic)?AddressWaiter"),
    ("AddressCondWait", ["wait/address_cond_wait"], r"(?:Basic)?AddressCondWait|AddressCondVar"),
    ("WordLock", ["wait/word_lock"], r"(?:Basic)?WordLock"),
    ("sleepers", ["wait/sleepers"], r"SleeperSlot|sleeper_slot"),
    ("worker records", ["wait/worker"], r"WorkerSemaphore|current_worker"),
    ("semaphores of systems", ["wait/system_semaphore"], r"SystemSemaphore|ThreadSemaphore"),
    ("futexes of semaphores", ["os/derived/"], r"FutexBySemaphore|BasicSmallLock|OnlySemaphores"),
    ("IdlePool", ["wait/idle_pool"], r"(?:Basic)?IdlePool"),
    ("park and ready", ["task/park", "task/task_timer"], r"BasicWaiter|park_for|\bpark\("),
    ("types for tasks", ["task/task_platform"], r"Task(?:Mutex|RwMutex|CondVar|Semaphore|Note)"),
    ("TimerHeap", ["task/timer_heap"], r"TimerHeap"),
    ("BlockingPool", ["task/blocking_pool"], r"(?:Basic)?BlockingPool|run_blocking|blocking_pool"),
    ("stacks", ["stack/"], r"StackDepot|StackMagazines|stack_alloc"),
    ("fork generations", ["os/fork_generation", "base/per_process"], r"fork_generation|PerProcess"),
    ("Abseil's types", [], r"absl::|parkway/absl/"),
    ("oneTBB's types", [], r"tbb::|parkway/tbb/"),
]

# Tools other than the models: heading, folders, what they do.
_TOOLS = [
    ("units", ["tests/unit"], "each contract, one case at a time"),
    ("faults", ["tests/faults"], "the same algorithms over a system whose calls fail, return early or come late"),
    ("stress", ["tests/stress"], "random mixes of many threads, and the soak"),
    ("processes", ["tests/process"], "forks at any moment, libraries that are loaded and unloaded, filters, priorities"),
    ("preloading", ["tests/preload"], "finished programs over the preload libraries, and stand-ins for their hosts"),
    ("fuzzing", ["tests/fuzz"], "sequences of operations against a model"),
    ("overlays", ["tests/overlay"], "whole builds whose Abseil or oneTBB is parkway's"),
]

# Tests of the benchmarks and of the examples prove nothing about a primitive.
_WITHOUT = ("tests/unit/bench/", "tests/unit/examples/")

# Headers that name every primitive.
_PLATFORMS = ("tests/model/model_", "tests/faults/fault_")

_SANITIZERS = ["asan", "tsan", "ubsan"]
_NO_RESULT = "no result"


# ---- what the tree declares ----


def _words(name):
    """AWaiterLeaves -> a waiter leaves."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", " ", name).lower()


def _first_comment(text):
    """The comment at the top of a source, after its licence line, as one line; "" if it has none."""
    lines = []
    for line in text.split("\n"):
        if line.startswith("#!") or "SPDX-License-Identifier" in line:
            continue
        match = re.match(r"^(?://|#)(?: (.*))?$", line)
        if match:
            lines.append((match.group(1) or "").strip())
        elif lines or line.strip():
            break
    # Its first sentence.
    whole = " ".join(lines).strip()
    return re.split(r"(?<=[.:]) (?=[A-Z])", whole)[0].rstrip(":.")


def _calls(text):
    """The calls of a BUILD file: (name of the rule, keyword -> node)."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            yield node.func.id, {k.arg: k.value for k in node.keywords}


def _strings(node):
    return [n.value for n in ast.walk(node) if isinstance(n, ast.Constant) and isinstance(n.value, str)]


class Mutant:
    """A header with something wrong, and the model test that must report it."""

    def __init__(self, name, suite, header, part, what):
        self.name, self.suite, self.header, self.part, self.what = name, suite, header, part, what
        self.label = "//tests/model:mutant_%s_test" % name


def mutants(root):
    """In the order of the BUILD file. What is wrong is the comment above each."""
    path = "tests/model/BUILD.bazel"
    if not os.path.exists(os.path.join(root, path)):
        return []
    text = tree.read(root, path)
    lines, found = text.split("\n"), []
    for rule, arguments in _calls(text):
        if rule != "mutants":
            continue
        for header, tests in zip(arguments["changes"].keys, arguments["changes"].values):
            for key, value in zip(tests.keys, tests.values):
                comment, at = [], key.lineno - 2
                while at >= 0 and lines[at].strip().startswith("#"):
                    comment.insert(0, lines[at].strip().lstrip("# "))
                    at -= 1
                found.append(Mutant(key.value, arguments["name"].value + "_test", header.value,
                                    ast.literal_eval(value)[0], " ".join(comment)))
    return found


def model_descriptions(root):
    """Test -> what it runs, from the table of tests/model/README.md."""
    path, found = "tests/model/README.md", {}
    if os.path.exists(os.path.join(root, path)):
        for row in re.findall(r"^\| (`.*?) \| (.*) \|$", tree.read(root, path), re.M):
            for span in re.findall(r"`([^`]+)`", row[0]):
                match = re.match(r"(.*)\{(.*)\}(.*)$", span)
                names = [match.group(1) + m + match.group(3) for m in match.group(2).split(",")] if match else [span]
                found.update((name, row[1]) for name in names)
    return found


def _declared_cases(text):
    """The names of GoogleTest cases that a source declares."""
    return re.findall(r"^(?:TYPED_)?TEST(?:_F|_P)?\(\s*\w+,\s*(\w+)\)", text, re.M)


class Test:
    """One source of a test: what it is about."""

    def __init__(self, root, path):
        self.path = path
        text = tree.read(root, path)
        self.name = os.path.splitext(os.path.basename(path))[0]
        self.what = _first_comment(text)
        self.cases = _declared_cases(text)
        more = ""
        # A typed suite is instantiated here, and its cases are in a header; so are a fuzz target's objects.
        for header in re.findall(r'#include "(tests/[\w/]+\.h)"', text):
            suite = header.endswith(("_suite.h", "_suites.h"))
            if not suite and (os.path.dirname(header) != os.path.dirname(path) or header.startswith(_PLATFORMS)):
                continue
            for file in (header, header[:-1] + "cc"):
                if not os.path.exists(os.path.join(root, file)):
                    continue
                part = tree.read(root, file)
                self.cases += _declared_cases(part)
                self.what = self.what or _first_comment(part)
                # What a suite is for is a template over the policy; it may use others.
                more += "\n".join(re.findall(r"Basic\w+", part)) if header.startswith("tests/suites/") else part
        self.primitives = self._primitives(text + "\n" + more)
        folder = os.path.dirname(path)
        while folder and not os.path.exists(os.path.join(root, folder, "BUILD.bazel")):
            folder = os.path.dirname(folder)
        self.package = folder

    def _primitives(self, text):
        hosts = {"Abseil's types": r"(?:^|[/_])absl", "oneTBB's types": r"(?:^|[/_])tbb"}
        return [
            name for name, starts, types in _PRIMITIVES
            if re.search(r"(?<!\w)(?:%s)" % types, text) or
            any(re.match(re.escape(os.path.basename(s)) + "_", self.name) for s in starts if os.path.basename(s)) or
            (name in hosts and re.search(hosts[name], self.path[len("tests/"):]))
        ]


def tests_in(root, folders):
    found = []
    for folder in folders:
        for path in tree.files(root, folder):
            if path.startswith(_WITHOUT) or path.endswith("/driver_test.cc"):
                continue
            if path.endswith(("_test.cc", "_test.sh", "_fuzz.cc")):
                found.append(Test(root, path))
    return found


# ---- what happened ----


def logs_by_label(logs):
    """label -> the folders of its runs and shards."""
    found = collections.defaultdict(list)
    for log in sorted(glob.glob(os.path.join(logs, "**", "test.log"), recursive=True)):
        parts = os.path.relpath(os.path.dirname(log), logs).split(os.sep)
        if "test_attempts" in parts:
            continue
        while re.match(r"(shard|run)_\d+_of_\d+", parts[-1]):
            parts = parts[:-1]
        found["//%s:%s" % ("/".join(parts[:-1]), parts[-1])].append(os.path.dirname(log))
    return found


_EXPLORED = re.compile(r"^(.*?) +(random|bounded|full) +(\d+) schedules(, all of them)?(?:, then stopped)?, "
                       r"[\d.]+ s: (.*)$", re.M)


def _result_of(folders):
    """What the logs of one test say."""
    result = {"passed": True}

    def add(name, number):
        result[name] = result.get(name, 0) + number

    for folder in folders:
        with open(os.path.join(folder, "test.log"), encoding="utf-8", errors="replace") as file:
            log = file.read()
        explored = _EXPLORED.findall(log)
        if re.search(r"^mutant caught$|^MUTANT NOT CAUGHT$", log, re.M):
            result["caught"] = re.search(r"^mutant caught$", log, re.M) is not None
            if result["caught"] and re.search(r"^it crashes$", log, re.M):
                result["report"] = "crash"
            elif result["caught"]:
                name, _, schedules, _, report = explored[-1]
                result.update(by=name.strip(), report=report, schedules=int(schedules))
        elif explored:
            add("explorations", len(explored))
            add("schedules", sum(int(e[2]) for e in explored))
            add("complete", sum(1 for e in explored if e[3]))
            add("reports", sum(1 for e in explored if e[4] != "nothing found"))
        try:
            top = ElementTree.parse(os.path.join(folder, "test.xml"))
        except (OSError, ElementTree.ParseError):
            # It was ended before it could write one.
            result["passed"] = False
            continue
        cases = list(top.iter("testcase"))
        bad = sum(1 for c in cases if c.find("failure") is not None or c.find("error") is not None)
        idle = sum(1 for c in cases if c.find("skipped") is not None or c.get("result") in ("skipped", "suppressed"))
        add("cases", len(cases) - idle)
        if idle:
            add("skipped", idle)
        if bad:
            add("failed", bad)
        result["passed"] &= bad == 0
        # What a test counts for this page: RecordProperty().
        for counted in top.iter("property"):
            if re.fullmatch(r"\d+", counted.get("value", "")):
                add("counted " + counted.get("name").replace("_", " "), int(counted.get("value")))
    return result


def machine_here():
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as file:
            processor = re.search(r"model name\s*:\s*(.*)", file.read())
    except OSError:
        processor = None
    return "%s, %d CPUs, %s %s" % (
        processor.group(1) if processor else platform.machine(), os.cpu_count(), platform.system(),
        platform.release())


def commit_of(root):
    head = subprocess.run(["git", "-C", root, "rev-parse", "--short=12", "HEAD"], stdout=subprocess.PIPE,
                          stderr=subprocess.DEVNULL, universal_newlines=True, check=False).stdout.strip()
    return head or "unknown"


def collect(root, logs, config, command, machine):
    """Puts what the logs say into the results."""
    labels = logs_by_label(logs)
    if not labels:
        sys.exit("proof.py: no test.log below %s" % logs)
    times = [os.path.getmtime(os.path.join(f, "test.log")) for folders in labels.values() for f in folders]
    path = os.path.join(root, _RESULTS)
    results = {}
    if os.path.exists(path):
        results = json.loads(tree.read(root, _RESULTS))
    day = [datetime.datetime.fromtimestamp(t).strftime("%Y-%m-%d") for t in (min(times), max(times))]
    results[config] = {
        "command": command,
        "commit": commit_of(root),
        "date": day[1] if day[0] == day[1] else "%s to %s" % tuple(day),
        "machine": machine or machine_here(),
        "tests": {label: _result_of(folders) for label, folders in sorted(labels.items())},
    }
    tree.write(root, _RESULTS, json.dumps(results, indent=1, sort_keys=True) + "\n")
    tests = results[config]["tests"]
    print("%s: %d tests, %d failed, logs of %s" % (
        config, len(tests), sum(1 for t in tests.values() if not t["passed"]), results[config]["date"]))


# ---- the page ----


def _number(number):
    return "{:,}".format(number).replace(",", " ")


class Results:
    """The default config's tests, and what the others say."""

    def __init__(self, root):
        self.runs = {}
        if os.path.exists(os.path.join(root, _RESULTS)):
            self.runs = json.loads(tree.read(root, _RESULTS))
        self.tests = self.runs.get("default", {}).get("tests", {})

    def of(self, test):
        """Of all targets that are made of one source: checked_NAME, NAME_stock; core_NAME of a script."""
        if test.path.endswith("_fuzz.cc"):
            pattern = re.escape(test.name) + "_test"
        elif test.path.endswith(".sh"):
            pattern = r"(?:\w+_)?%s\w*" % re.escape(test.name)
        else:
            pattern = r"(?:checked_)?%s\w*" % re.escape(test.name)
        return {label: result for label, result in self.tests.items()
                if re.fullmatch("//%s:%s" % (re.escape(test.package), pattern), label)}


def _summary(results):
    """In words, of some tests together."""
    results = list(results)
    if not results:
        return _NO_RESULT
    said = []
    total = collections.Counter()
    for result in results:
        total.update({k: v for k, v in result.items() if isinstance(v, int) and not isinstance(v, bool)})
    if total["explorations"]:
        said.append("%d explorations, %s schedules, %d searches complete" % (
            total["explorations"], _number(total["schedules"]), total["complete"]))
    elif total["cases"]:
        said.append("%d case%s" % (total["cases"], "" if total["cases"] == 1 else "s"))
    said += ["%s %s" % (_number(v), k[len("counted "):]) for k, v in sorted(total.items()) if k.startswith("counted ")]
    if total["skipped"]:
        said.append("%d skipped" % total["skipped"])
    bad = sum(1 for r in results if not r["passed"])
    said.append("**%d FAILED**" % bad if bad else "passed")
    return ", ".join(said)


def _cell(text):
    return text.replace("|", "\\|")


def _shorter(cases, most=20):
    names = [_words(c) for c in dict.fromkeys(cases)]
    return "; ".join(names[:most]) + ("; and %d more" % (len(names) - most) if len(names) > most else "")


def _mutant_rows(root, results):
    for mutant in mutants(root):
        result = results.tests.get(mutant.label)
        if result is None:
            said = _NO_RESULT
        elif not result.get("caught"):
            said = "**NOT CAUGHT**"
        elif "by" not in result:
            said = result["report"]
        else:
            said = "%s, after %s schedules of \"%s\"" % (
                result["report"].lower(), _number(result["schedules"]), result["by"])
        yield mutant, said


def _primitive_of_header(header):
    best = None
    for name, starts, _ in _PRIMITIVES:
        for start in starts:
            if header.startswith(start) and (best is None or len(start) > len(best[1])):
                best = (name, start)
    return best[0] if best else None


def _runs(results):
    yield "| config | command | commit | machine | date | tests | failed |"
    yield "|---|---|---|---|---|---:|---:|"
    for config in ["default"] + sorted(set(results.runs) - {"default"}):
        run = results.runs.get(config)
        if run is None:
            yield "| %s | %s | | | | | |" % (config, _NO_RESULT)
            continue
        yield "| %s | `%s` | %s | %s | %s | %d | %d |" % (
            config, _cell(run["command"]), run["commit"], _cell(run["machine"]), run["date"], len(run["tests"]),
            sum(1 for t in run["tests"].values() if not t["passed"]))


def _commands(root, tools):
    yield "| tool | what it does | command |"
    yield "|---|---|---|"
    yield "| models | the production headers, schedule by schedule | `./bazelw test //tests/model:all` |"
    yield ("| mutants | the same with something wrong in a header: must be reported | "
           "`./bazelw test $(./bazelw query 'attr(tags, \"\\bmutant\\b\", //tests/model:all)')` |")
    for name, _, folders, what in tools:
        # The tests of processes are for want of time no part of //... .
        labels = ["//tests/process:processes"] if name == "processes" else ["//%s/..." % f for f in folders]
        yield "| %s | %s | `./bazelw test %s` |" % (name, what, " ".join(labels))
    yield "| upstream | Abseil's and oneTBB's own suites, unmodified | `./bazelw test //tests/upstream/...` |"
    rc = tree.read(root, ".bazelrc") if os.path.exists(os.path.join(root, ".bazelrc")) else ""
    for config in _SANITIZERS:
        if re.search(r"^build:%s\b" % config, rc, re.M):
            yield ("| %s | the same tests, compiled with it | `./bazelw test --config=%s //tests/unit/... "
                   "//tests/stress/... //tests/faults/... //tests/fuzz/...` |" % (config, config))
    yield ("| soak | everything at once for 10 minutes, memory flat | `./bazelw test //tests/stress:soak_test "
           "--nocache_test_results --test_output=all --test_timeout=1500 --test_env=PARKWAY_STRESS_SECONDS=600` |")
    yield "| libFuzzer | the fuzz targets, guided by coverage | see [tests/fuzz](../../tests/fuzz/README.md) |"


def _glance(results, models, rows, tools):
    yield "| primitive | models | mutants | " + " | ".join(name for name, _, _, _ in tools) + " |"
    yield "|---|" + "---:|" * (2 + len(tools))
    for name, _, _ in _PRIMITIVES:
        mine = [m for m, _ in rows if _primitive_of_header(m.header) == name]
        caught = sum(1 for m in mine if results.tests.get(m.label, {}).get("caught"))
        cells = [sum(1 for t in models if name in t.primitives)]
        cells += ["%d of %d" % (caught, len(mine)) if mine else 0]
        cells += [sum(1 for t in tests if name in t.primitives) for _, tests, _, _ in tools]
        yield "| %s | %s |" % (name, " | ".join(str(c or "-") for c in cells))


def _table(results, tests, describe):
    yield "| primitives | what is asked | test | last run |"
    yield "|---|---|---|---|"
    for test in tests:
        yield "| %s | %s | `%s` | %s |" % (
            ", ".join(test.primitives) or "-", _cell(describe(test)) or "-", test.path,
            _summary(results.of(test).values()))


def page(root):
    """The text of the page."""
    results = Results(root)
    descriptions = model_descriptions(root)
    models = tests_in(root, ["tests/model"])
    tools = [(name, tests_in(root, folders), folders, what) for name, folders, what in _TOOLS
             if os.path.isdir(os.path.join(root, folders[0]))]
    rows = list(_mutant_rows(root, results))

    def what_and_cases(test):
        return ": ".join(said for said in (test.what, _shorter(test.cases)) if said)

    out = [
        "# What proves what",
        "",
        "`tests/house/proof.py --write` makes this page; without arguments it compares the page with the tree.",
        "Each row says which primitive, what is asked of it, which test asks, and what the last recorded run said.",
        "A row's own command is `./bazelw test` with the label of the test: its folder, `:`, and its name.",
        "`%s` means that the test is declared and was not in the recorded run." % _NO_RESULT,
        "How far the models go, and what they cannot show, is in [tests/model](../../tests/model/README.md).",
        "",
        "## The runs",
        "",
        *_runs(results),
        "",
        "## The commands",
        "",
        *_commands(root, tools),
        "",
        "## At a glance",
        "",
        "How many tests are about a primitive, and how many of its mutants were caught. The sections below name them.",
        "",
        *_glance(results, models, rows, tools),
        "",
        "## Models",
        "",
        *_table(results, models, lambda test: descriptions.get(test.name, test.what)),
        "",
        "## Mutants",
        "",
        "| primitive | what is wrong | in | the test that must report it | reported |",
        "|---|---|---|---|---|",
    ]
    for mutant, said in rows:
        out.append("| %s | %s | `%s%s` | `%s` | %s |" % (
            _primitive_of_header(mutant.header) or "-", _cell(mutant.what) or mutant.name.replace("_", " "), _CORE,
            mutant.header, mutant.label, _cell(said)))
    for name, tests, _, _ in tools:
        out += ["", "## " + name.capitalize(), "", *_table(results, tests, what_and_cases)]
    out += ["", "## Upstream's suites", ""]
    upstream = {label: r for label, r in results.tests.items() if label.startswith("//tests/upstream/")}
    if upstream:
        out += ["| suite | last run |", "|---|---|"]
        out += ["| `%s` | %s |" % (label, _summary([r])) for label, r in sorted(upstream.items())]
    else:
        out.append(_NO_RESULT + ".")
    return "\n".join(out) + "\n"


def check(root):
    written = tree.read(root, _PAGE) if os.path.exists(os.path.join(root, _PAGE)) else ""
    made = page(root)
    results = Results(root)
    print("%d results" % sum(len(run["tests"]) for run in results.runs.values()))
    complaints = []
    if written != made:
        both = list(zip(written.split("\n"), made.split("\n")))
        line = next((n for n, (a, b) in enumerate(both, 1) if a != b), len(both) + 1)
        complaints.append("%s:%d: differs from what the tree declares: tests/house/proof.py --write" % (_PAGE, line))
    for label, result in sorted(results.tests.items()):
        if result.get("caught") is False:
            complaints.append("%s: %s was not caught" % (_RESULTS, label))
    return complaints


# ---- the check of the check ----

_BUILD = """
mutants(
    name = "futex_mutex",
    changes = {
        "lock/futex_mutex.h": {
            # An unlock wakes
            # nobody.
            "wakes_nobody": ("two", "s/a/b/"),
        },
    },
)
"""
_GOOD = {
    ".bazelrc": "build:asan --x\n",
    "tests/model/BUILD.bazel": _BUILD,
    "tests/model/README.md": "| test | what |\n|---|---|\n| `futex_mutex_{weak,strong}_test` | exclusion |\n",
    "tests/model/futex_mutex_weak_test.cc": "// SPDX\n#include <x>\ncheck<FutexMutex>();\n",
    "tests/faults/BUILD.bazel": "",
    "tests/faults/faulty_test.cc": "// SPDX-License-Identifier: x\n\n// With faults. And more.\nTEST(Faulty, WakesAll) { FutexMutex m; }\n",
    _RESULTS: json.dumps({"default": {
        "command": "./bazelw test //...", "commit": "c", "date": "d", "machine": "m", "tests": {
            "//tests/faults:faulty_test": {"passed": True, "cases": 2},
            "//tests/model:futex_mutex_weak_test": {
                "passed": True, "cases": 1, "explorations": 3, "schedules": 12345, "complete": 1, "reports": 0},
            "//tests/model:mutant_wakes_nobody_test": {
                "passed": True, "caught": True, "by": "two", "report": "DEADLOCK", "schedules": 69, "cases": 1},
        }}}),
}
_LOG = ("two threads                                  random      150000 schedules, 0.5 s: nothing found\n"
        "two threads                                  full          1888 schedules, all of them, 0.0 s: nothing found\n"
        "2 explorations, 0 failed\n")


def _self_test():
    with tempfile.TemporaryDirectory() as root:
        for path, text in _GOOD.items():
            tree.write(root, path, text)
        made = page(root)
    wrong = [want for want in (
        "12 345 schedules", "deadlock, after 69 schedules of \"two\"", "An unlock wakes nobody.", "| exclusion |",
        "With faults: wakes all", "2 cases, passed", "1 of 1", "--config=asan",
    ) if want not in made]
    good = dict(_GOOD, **{_PAGE: made})
    caught = json.loads(_GOOD[_RESULTS])
    caught["default"]["tests"]["//tests/model:mutant_wakes_nobody_test"] = {"passed": False, "caught": False}
    with tempfile.TemporaryDirectory() as root:
        for path, text in dict(_GOOD, **{_RESULTS: json.dumps(caught)}).items():
            tree.write(root, path, text)
        not_caught = page(root)
    bad = [
        ("an edited page", {_PAGE: made.replace("12 345", "12 346")}, "differs"),
        ("a number that no run gave", {_RESULTS: None}, "differs"),
        ("a new test", {"tests/faults/new_test.cc": "// SPDX\nTEST(New, One) { FutexMutex m; }\n"}, "differs"),
        ("a new mutant", {"tests/model/BUILD.bazel": _BUILD.replace("wakes_nobody", "wakes_all")}, "differs"),
        ("no page", {_PAGE: None}, "differs"),
        ("a mutant that lives", {_RESULTS: json.dumps(caught), _PAGE: not_caught}, "was not caught"),
    ]
    ok = tree.test_itself(check, good, bad)
    with tempfile.TemporaryDirectory() as logs:
        tree.write(logs, "tests/model/x_test/test.log", _LOG)
        tree.write(logs, "tests/model/x_test/test.xml", "<testsuites><testcase name='x'/></testsuites>")
        tree.write(logs, "tests/model/mutant_z_test/test.log", "it crashes\nmutant caught\n")
        tree.write(logs, "tests/model/mutant_z_test/test.xml", "<testsuites/>")
        tree.write(logs, "tests/unit/y_test/shard_1_of_2/test.log", "")
        tree.write(logs, "tests/unit/y_test/shard_1_of_2/test.xml",
                   "<t><testcase><properties><property name='forks' value='7'/></properties></testcase></t>")
        tree.write(logs, "tests/unit/y_test/shard_2_of_2/test.log", "killed")
        read = {label: _result_of(folders) for label, folders in logs_by_label(logs).items()}
    expected = {
        "//tests/model:x_test": {
            "passed": True, "explorations": 2, "schedules": 151888, "complete": 1, "reports": 0, "cases": 1},
        "//tests/model:mutant_z_test": {"passed": True, "caught": True, "report": "crash", "cases": 0},
        "//tests/unit:y_test": {"passed": False, "cases": 1, "counted forks": 7},
    }
    if wrong or read != expected:
        print("self-test: not on the page: %s; read: %s" % (wrong, read))
    return ok and not wrong and read == expected


def main():
    parser = tree.arguments(__doc__)
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--collect", metavar="DIR")
    parser.add_argument("--config", default="default")
    parser.add_argument("--command", default="./bazelw test //...")
    parser.add_argument("--machine")
    args = parser.parse_args()
    if args.self_test:
        sys.exit(0 if _self_test() else 1)
    if args.collect:
        collect(args.root, args.collect, args.config, args.command, args.machine)
        return
    if args.write:
        tree.write(args.root, _PAGE, page(args.root))
        return
    tree.finish(check(args.root))


if __name__ == "__main__":
    main()
