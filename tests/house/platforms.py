#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""docs/results/platforms.md is what docs/results/platforms.json says: what was built and run, by system.

A result is what one command of Bazel's did for one config of bazel/platforms/targets.bzl, or natively for
the stand-ins of tests/os. It comes from nothing but that command's event file and the test.xml that it names.

  platforms.py             complains if the page differs from what --write would write
  platforms.py --write     writes the page
  platforms.py --collect EVENTS --config NAME --command "./bazelw test ..."
                           reads what --build_event_json_file=EVENTS has into the results, in place of what
                           this config had. NAME is a config, or stand-ins
"""

import collections
import datetime
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import textwrap
import urllib.parse
import xml.etree.ElementTree as ElementTree

import cross
import proof
import tree

_PAGE = "docs/results/platforms.md"
_RESULTS = "docs/results/platforms.json"
_TARGETS = "bazel/platforms/targets.bzl"

_STAND_INS = "stand-ins"
_SYSTEMS = {
    "darwin": "macOS", "dragonfly": "DragonFly", "freebsd": "FreeBSD", "linux": "Linux", "macos": "macOS",
    "netbsd": "NetBSD", "openbsd": "OpenBSD", "plan9": "Plan 9", "windows": "Windows",
}
_LIBRARIES = {"gnu": "glibc 2.31", "gnu217": "glibc 2.17", "musl": "musl"}

# Which of the two sets of locks a case is about, by the type that its suite is instantiated with.
_SETS = [("futex", re.compile(r"Futex|ByteMutex")), ("semaphore", re.compile(r"Sema(?:Mutex|Note)"))]


def set_of(case):
    text = case.get("type_param") or case.get("classname") or ""
    return next((name for name, pattern in _SETS if pattern.search(text)), "other")


def cases_of(top):
    """Cases that passed, by set; those that failed; those that were skipped."""
    cases = list(top.iter("testcase"))
    # Bazel's own file, where the program wrote none.
    if len(cases) == 1 and "/" in cases[0].get("name", ""):
        cases = []
    passed, failed, skipped = collections.Counter(), 0, 0
    for case in cases:
        if case.find("failure") is not None or case.find("error") is not None:
            failed += 1
        elif case.find("skipped") is not None or case.get("result") in ("skipped", "suppressed"):
            skipped += 1
        else:
            passed[set_of(case)] += 1
    return passed, failed, skipped


def read_events(lines):
    """The tests: label -> (passed, its test.xml files); the programs that were linked; what was not built;
    what was skipped."""
    tests, programs, unbuilt, skipped, kinds = {}, set(), set(), set(), {}
    for line in lines:
        event = json.loads(line)
        ident = event.get("id", {})
        if "targetConfigured" in ident:
            kinds[ident["targetConfigured"]["label"]] = event.get("configured", {}).get("targetKind", "")
        elif "targetCompleted" in ident:
            label = ident["targetCompleted"]["label"]
            if event.get("aborted", {}).get("reason") == "SKIPPED":
                skipped.add(label)
            elif not event.get("completed", {}).get("success"):
                unbuilt.add(label)
            elif re.match(r"\w+_(?:test|binary) rule", kinds.get(label, "")):
                programs.add(label)
        elif "testResult" in ident and "testResult" in event:
            label = ident["testResult"]["label"]
            result = event["testResult"]
            passed, files = tests.get(label, (True, []))
            files = files + [
                urllib.parse.unquote(urllib.parse.urlparse(output["uri"]).path)
                for output in result.get("testActionOutput", []) if output["name"] == "test.xml"
            ]
            tests[label] = (passed and result.get("status") in ("PASSED", "FLAKY"), files)
    return tests, programs, unbuilt, skipped


def result_of(lines):
    tests, programs, unbuilt, skipped = read_events(lines)
    suites = {}
    for label, (passed, files) in tests.items():
        counts, bad, idle = collections.Counter(), 0, 0
        for file in files:
            try:
                more, more_bad, more_idle = cases_of(ElementTree.parse(file).getroot())
            except (OSError, ElementTree.ParseError):
                continue
            counts, bad, idle = counts + more, bad + more_bad, idle + more_idle
        suites[label] = {"passed": passed, "failed": bad, "skipped": idle, "cases": dict(counts)}
    return {"suites": suites, "linked": len(programs), "unbuilt": sorted(unbuilt), "skipped": len(skipped)}


def _version(*programs):
    """Of the first of them that is here; "" if none is."""
    found = [p for p in programs if shutil.which(p)]
    if not found:
        return ""
    out = subprocess.run([found[0], "--version"], capture_output=True, text=True, check=False).stdout
    match = re.search(r"\d+(?:\.\d+)+", out)
    return match.group(0) if match else ""


def runner(target):
    """What runs the programs, in words; "" if nothing does."""
    how = cross.how(target)
    if how is None:
        return "natively"
    if "qemu" in how:
        return "qemu-user %s" % _version("qemu-" + how.rsplit(" ", 1)[1])
    return "Wine %s" % _version("wine64", "wine", "/usr/lib/wine/wine64") if "wine" in how else ""


def load(root):
    if not os.path.exists(os.path.join(root, _RESULTS)):
        return {}
    return json.loads(tree.read(root, _RESULTS))


def collect(root, options):
    known = cross.targets_of(root)
    if options.config != _STAND_INS and options.config not in known:
        sys.exit("platforms.py: there is no config %s: %s, %s" % (options.config, ", ".join(known), _STAND_INS))
    with open(options.collect, encoding="utf-8") as file:
        result = result_of(file)
    if not result["suites"] and not result["linked"]:
        sys.exit("platforms.py: %s has no test and no program" % options.collect)
    result.update({
        "command": options.command, "commit": options.commit or proof.commit_of(root), "machine": proof.machine_here(),
        "date": datetime.datetime.fromtimestamp(os.path.getmtime(options.collect)).strftime("%Y-%m-%d"),
        "runner": "natively" if options.config == _STAND_INS else runner(known[options.config]),
    })
    results = load(root)
    results[options.config] = result
    tree.write(root, _RESULTS, json.dumps(results, indent=1, sort_keys=True) + "\n")
    print("%s: %d tests, %d failed; %d programs linked, %d targets not built" % (
        options.config, len(result["suites"]), sum(1 for s in result["suites"].values() if not s["passed"]),
        result["linked"], len(result["unbuilt"])))


def _cell(suites, kind):
    return str(sum(s["cases"].get(kind, 0) for s in suites) or "-")


def _failed(suites, unbuilt):
    bad = sum(1 for s in suites if not s["passed"])
    return ", ".join(["**%d tests**" % bad] * (bad > 0) + ["**%d not built**" % len(unbuilt)] * bool(unbuilt)) or "none"


def _row(system, processor, library, how, suites, unbuilt, link):
    ran = len(suites)
    return "| %s | %s | %s | %s | %s | %s | %s | %s | [how](#%s) |" % (
        system, processor, library or "its own", how, ran or "-", _cell(suites, "futex"), _cell(suites, "semaphore"),
        _failed(suites, unbuilt), link)


def _anchor(name):
    return re.sub(r"[^\w-]", "", name.lower())


def stand_in_of(label):
    """//tests/os:freebsd_futex_test -> freebsd."""
    return label.rsplit(":", 1)[1].split("_")[0]


def _counts(suite):
    text = str(sum(suite["cases"].values()))
    text += " and %d skipped" % suite["skipped"] if suite["skipped"] else ""
    return text if suite["passed"] else "**fails: %d, and %s passed**" % (suite["failed"], text)


def page(root):
    results, known = load(root), cross.targets_of(root)
    lines = [
        "# Systems",
        "",
        "Made by `tests/house/platforms.py` from platforms.json; change neither by hand.",
        "",
        "What was built and run, from one machine with Linux on x86-64. No other system's own kernel has run any of it.",
        "",
        "- **how**: `natively`, by that Linux; under an emulator; `stand-in`: the system's folder of `plugin/parkway/os`,",
        "  natively, over calls that are [played](../../tests/os/README.md); `linked`: built, with every symbol found.",
        "- **futexes**, **semaphores**: cases that passed whose lock or note is of that set: FutexMutex, ByteMutex and",
        "  FutexNote; SemaMutex and SemaNote. Both sets are there on every system. Cases of neither are below.",
        "- **failed**: tests that failed, and targets that could not be built.",
        "",
        "| system | processor | C library | how | tests | futexes | semaphores | failed | |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for name, target in known.items():
        run = results.get(name)
        row = [_SYSTEMS[target["os"]], target["cpu"], _LIBRARIES.get(target["libc"], "")]
        if run is None:
            lines.append("| %s | %s | %s | not run | | | | | |" % (row[0], row[1], row[2] or "its own"))
            continue
        suites = list(run["suites"].values())
        lines.append(_row(*row, (run["runner"] if suites else "") or "linked", suites, run["unbuilt"], _anchor(name)))
    stand_ins = results.get(_STAND_INS)
    by_system = collections.defaultdict(list)
    for label, suite in sorted(stand_ins["suites"].items() if stand_ins else []):
        by_system[stand_in_of(label)].append(suite)
    for system, suites in by_system.items():
        lines.append(_row(_SYSTEMS[system], "any", "", "stand-in", suites, [], _STAND_INS))
    for name in [n for n in list(known) + [_STAND_INS] if n in results]:
        run = results[name]
        lines += [
            "", "## " + name, "", "%s, %s, commit %s:" % (run["date"], run["machine"], run["commit"]), "",
            "    " + run["command"], "",
        ]
        what = "%d programs linked" % run["linked"]
        if run["suites"]:
            what += ", %d tests run %s" % (
                len(run["suites"]), "natively" if run["runner"] == "natively" else "under " + run["runner"])
        if run["skipped"]:
            what += ", %d targets skipped, which need what this system has not got" % run["skipped"]
        lines.append(what + ".")
        lines += ["- %s was not built" % label for label in run["unbuilt"]]
        folders = collections.defaultdict(list)
        for label, suite in sorted(run["suites"].items()):
            folder, name = label[2:].rsplit(":", 1)
            folders[folder].append("%s %s" % (name, _counts(suite)))
        lines += [""] * bool(folders)
        for folder, names in folders.items():
            lines += textwrap.wrap("- `%s`: %s" % (folder, ", ".join(names)), 116, subsequent_indent="  ",
                                   break_on_hyphens=False)
    return "\n".join(lines) + "\n"


def check(root):
    if not os.path.exists(os.path.join(root, _RESULTS)):
        return []
    unknown = sorted(set(load(root)) - set(cross.targets_of(root)) - {_STAND_INS})
    if unknown:
        return ["%s has results of %s, which %s has not" % (_RESULTS, name, _TARGETS) for name in unknown]
    have = tree.read(root, _PAGE) if os.path.exists(os.path.join(root, _PAGE)) else ""
    return [] if have == page(root) else ["%s is not what tests/house/platforms.py --write writes" % _PAGE]


_XML = """<testsuites><testsuite>
<testcase classname="Locks/0" type_param="parkway::BasicFutexMutex&lt;P&gt;"/>
<testcase classname="Locks/1" type_param="parkway::BasicSemaMutex&lt;P&gt;"/>
<testcase classname="Locks/1" type_param="parkway::BasicSemaMutex&lt;P&gt;"><skipped/></testcase>
<testcase classname="Semaphore"/>
<testcase classname="Semaphore"><failure/></testcase>
</testsuite></testsuites>"""


def _events(xml):
    def done(label, event):
        return {"id": {"targetCompleted": {"label": label}}, **event}

    return [json.dumps(event) for event in [
        {"id": {"targetConfigured": {"label": "//a:x"}}, "configured": {"targetKind": "cc_test rule"}},
        {"id": {"targetConfigured": {"label": "//a:lib"}}, "configured": {"targetKind": "cc_library rule"}},
        done("//a:x", {"completed": {"success": True}}),
        done("//a:lib", {"completed": {"success": True}}),
        done("//a:not", {"aborted": {"reason": "SKIPPED"}}),
        done("//a:bad", {"completed": {}}),
        {"id": {"testResult": {"label": "//a:x"}},
         "testResult": {"status": "FAILED", "testActionOutput": [{"name": "test.xml", "uri": "file://" + xml}]}},
    ]]


def _test_itself():
    right = True
    with tempfile.TemporaryDirectory() as root:
        tree.write(root, "test.xml", _XML)
        result = result_of(_events(os.path.join(root, "test.xml")))
    wanted = {
        "suites": {"//a:x": {"passed": False, "failed": 1, "skipped": 1,
                             "cases": {"futex": 1, "semaphore": 1, "other": 1}}},
        "linked": 1, "unbuilt": ["//a:bad"], "skipped": 1,
    }
    if result != wanted:
        print("self-test: events are read as %s" % result)
        right = False
    table = ('    "linux_musl": struct(os = "linux", cpu = "x86_64", libc = "musl", zig = "z"),\n'
             '    "netbsd": struct(os = "netbsd", cpu = "x86_64", libc = "", zig = "z"),\n')
    run = dict(wanted, command="c", commit="d", machine="m", date="today", runner="natively")
    good = {_RESULTS: json.dumps({"linux_musl": run}), _TARGETS: table}
    with tempfile.TemporaryDirectory() as root:
        for path, text in good.items():
            tree.write(root, path, text)
        good[_PAGE] = page(root)
    if "| NetBSD | x86_64 | its own | not run |" not in good[_PAGE] or "**1 tests**" not in good[_PAGE]:
        print("self-test: a system without a result, or a failure, is not on the page")
        right = False
    return tree.test_itself(check, good, [
        ("another result", {_RESULTS: json.dumps({"linux_musl": dict(run, linked=2)})}, "is not what"),
        ("a page by hand", {_PAGE: good[_PAGE] + "and more\n"}, "is not what"),
        ("no page", {_PAGE: None}, "is not what"),
        ("no results", {_RESULTS: None, _PAGE: None}, None),
        ("a result of no config", {_TARGETS: table.replace("linux_musl", "linux_x")}, "results of linux_musl"),
    ]) and right


def _main():
    parser = tree.arguments(__doc__)
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--collect", metavar="EVENTS")
    parser.add_argument("--config")
    parser.add_argument("--command")
    parser.add_argument("--commit", help="if the events are of another one than HEAD")
    options = parser.parse_args()
    if options.self_test:
        raise SystemExit(not _test_itself())
    if options.collect:
        if not (options.config and options.command):
            parser.error("--collect needs --config and --command")
        collect(options.root, options)
    if options.write or options.collect:
        tree.write(options.root, _PAGE, page(options.root))
    if not options.write:
        tree.finish(check(options.root))


if __name__ == "__main__":
    _main()
