#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""docs/results/hosts.md is what docs/results/hosts.json says: upstream's suites under parkway, by host.

Each run is one host, in one version, in one way: built from its own sources with parkway's locks
(overlay), or finished and preloaded. The results come from nothing but logs: Bazel's, or what the
suites print.

  hosts.py                 complains if the page differs from what --write would write
  hosts.py --write         writes the page
  hosts.py --collect PATH ... --host "oneTBB 2023.2" --way "preload" --command "./bazelw test ..."
                           reads logs into the results, in place of what this host and way had. PATH is
                           a folder (bazel-testlogs, or a part of it), of which the tests of --only
                           are taken, or a file SUITE.log, what GoogleTest or doctest has printed
"""

import datetime
import glob
import json
import os
import re
import sys
import tempfile
import xml.etree.ElementTree as ElementTree

import proof
import tree

_PAGE = "docs/results/hosts.md"
_RESULTS = "docs/results/hosts.json"

_DOCTEST = re.compile(r"\[doctest\] test cases: +(\d+) \| +(\d+) passed \| +(\d+) failed(?: \| +(\d+) skipped)?")
_GTEST = re.compile(r"^\[=+\] (\d+) tests? from .* ran\.", re.M)
_GTEST_FAILED = re.compile(r"^\[  FAILED  \] +(\d+) tests?, listed below", re.M)
_GTEST_SKIPPED = re.compile(r"^\[  SKIPPED \] +(\d+) tests?, listed below", re.M)


def cases_of_text(text):
    """(cases that ran, failed, skipped) by what a suite has printed, or None if it came to no end."""
    doctest = _DOCTEST.findall(text)
    if doctest:
        return sum(int(d[0]) for d in doctest), sum(int(d[2]) for d in doctest), 0
    ran = sum(int(n) for n in _GTEST.findall(text))
    if not ran:
        return None
    skipped = sum(int(n) for n in _GTEST_SKIPPED.findall(text))
    return ran - skipped, sum(int(n) for n in _GTEST_FAILED.findall(text)), skipped


def cases_of_xml(top):
    """The same, by test.xml, where a runner wrote that and printed nothing; not Bazel's, which has one case."""
    cases = list(top.iter("testcase"))
    if len(cases) == 1 and "/" in cases[0].get("name", ""):
        return None
    skipped = sum(1 for c in cases if c.find("skipped") is not None)
    failed = sum(1 for c in cases if c.find("failure") is not None or c.find("error") is not None)
    return len(cases) - skipped, failed, skipped


def result_of(folders):
    """Of one test of Bazel's, by its shards: as proof.py counts GoogleTest's; else by what it printed or wrote.
    None if the test is only there to say that it is skipped (bazel/skipped.sh)."""
    texts, written, whole = [], [], True
    for folder in folders:
        with open(os.path.join(folder, "test.log"), encoding="utf-8", errors="replace") as file:
            texts.append(file.read())
        try:
            top = ElementTree.parse(os.path.join(folder, "test.xml")).getroot()
            whole &= not any(top.iter("failure")) and not any(top.iter("error"))
            written.append(cases_of_xml(top))
        except (OSError, ElementTree.ParseError):
            whole = False
            written.append(None)
    if all(re.search(r"^SKIPPED: ", text, re.M) for text in texts):
        return None
    counts = [cases_of_text(text) or xml for text, xml in zip(texts, written)]
    known = [c for c in counts if c]
    return {
        "cases": sum(c[0] for c in known),
        "failed": sum(c[1] for c in known),
        "skipped": sum(c[2] for c in known),
        "passed": whole and all(c is None or c[1] == 0 for c in counts),
    }


def collect(root, options):
    suites, times = {}, []
    for path in options.collect:
        if os.path.isdir(path):
            for label, folders in sorted(proof.logs_by_label(path).items()):
                if re.search(options.only, label):
                    result = result_of(folders)
                    if result is None:
                        continue
                    suites[label.rsplit(":", 1)[1]] = result
                    times += [os.path.getmtime(os.path.join(f, "test.log")) for f in folders]
            continue
        with open(path, encoding="utf-8", errors="replace") as file:
            counts = cases_of_text(file.read())
        suites[os.path.basename(path).rsplit(".", 1)[0]] = {
            "cases": counts[0] if counts else 0, "failed": counts[1] if counts else 0,
            "skipped": counts[2] if counts else 0, "passed": counts is not None and counts[1] == 0,
        }
        times.append(os.path.getmtime(path))
    if not suites:
        sys.exit("hosts.py: nothing that --only matches in %s" % ", ".join(options.collect))
    results = load(root)
    results["%s, %s" % (options.host, options.way)] = {
        "host": options.host, "way": options.way, "command": options.command,
        "commit": options.commit or proof.commit_of(root), "machine": options.machine or proof.machine_here(),
        "date": datetime.datetime.fromtimestamp(max(times)).strftime("%Y-%m-%d"), "suites": suites,
    }
    tree.write(root, _RESULTS, json.dumps(results, indent=1, sort_keys=True) + "\n")
    print("%s, %s: %d suites, %d failed" % (options.host, options.way, len(suites),
                                            sum(1 for s in suites.values() if not s["passed"])))


def load(root):
    if not os.path.exists(os.path.join(root, _RESULTS)):
        return {}
    return json.loads(tree.read(root, _RESULTS))


def _sort_key(run):
    return [int(n) if n.isdigit() else n for n in re.split(r"(\d+)", run["host"])], run["way"]


def _suite(name, result):
    counts = "%d" % result["cases"]
    if result["skipped"]:
        counts += " and %d skipped" % result["skipped"]
    if result["passed"]:
        return "%s %s" % (name, counts) if result["cases"] else name
    return "**%s fails: %d of %s**" % (name, result["failed"], counts)


def page(root):
    runs = sorted(load(root).values(), key=_sort_key)
    lines = [
        "# Hosts",
        "",
        "Made by `tests/house/hosts.py` from hosts.json; change neither by hand.",
        "",
        "Which releases of Abseil and oneTBB have run their own test suites, unmodified, under parkway. Numbers are cases",
        "that passed. A suite without a number is a program that counts none. What is not in the table was not run.",
        "",
        "| host | way | suites | failed |",
        "|---|---|---|---|",
    ]
    for run in runs:
        bad = sum(1 for s in run["suites"].values() if not s["passed"])
        lines.append("| %s | %s | %d | %s |" % (run["host"], run["way"], len(run["suites"]), bad or "none"))
    for run in runs:
        lines += [
            "", "## %s, %s" % (run["host"], run["way"]), "",
            "%s, %s, commit %s:" % (run["date"], run["machine"], run["commit"]), "",
            "    " + run["command"], "",
        ]
        lines += ["- %s" % _suite(*s) for s in sorted(run["suites"].items())]
    return "\n".join(lines) + "\n"


def check(root):
    if not os.path.exists(os.path.join(root, _RESULTS)):
        return []
    have = tree.read(root, _PAGE) if os.path.exists(os.path.join(root, _PAGE)) else ""
    return [] if have == page(root) else ["%s is not what tests/house/hosts.py --write writes" % _PAGE]


def _test_itself():
    run = {"host": "oneTBB 2021.8", "way": "preload", "command": "c", "commit": "d", "machine": "m", "date": "today",
            "suites": {"test_mutex": {"cases": 3, "failed": 0, "skipped": 1, "passed": True}}}
    good = {_RESULTS: json.dumps({"x": run})}
    with tempfile.TemporaryDirectory() as root:
        tree.write(root, _RESULTS, good[_RESULTS])
        good[_PAGE] = page(root)
    worse = dict(run, suites={"test_mutex": dict(run["suites"]["test_mutex"], failed=1, passed=False)})
    right = tree.test_itself(check, good, [
        ("another result", {_RESULTS: json.dumps({"x": worse})}, "is not what"),
        ("a page by hand", {_PAGE: good[_PAGE] + "and more\n"}, "is not what"),
        ("no page", {_PAGE: None}, "is not what"),
        ("no results", {_RESULTS: None, _PAGE: None}, None),
    ])
    for text, counts in [
            ("<a><testcase name='x'/><testcase name='y'><failure/></testcase><testcase name='z'><skipped/></testcase></a>",
             (2, 1, 1)),
            ("<a><testcase name='tests/x'/></a>", None),
    ]:
        if cases_of_xml(ElementTree.fromstring(text)) != counts:
            print("self-test: %r is read as %s" % (text, cases_of_xml(ElementTree.fromstring(text))))
            right = False
    for text, counts in [
            ("[doctest] test cases: 11 | 10 passed | 1 failed | 0 skipped", (11, 1, 0)),
            ("[==========] 5 tests from 1 test suite ran. (3 ms)\n[  PASSED  ] 4 tests.\n[  SKIPPED ] 1 test, listed below:\n",
             (4, 0, 1)),
            ("[==========] 2 tests from 1 test suite ran. (3 ms)\n[  FAILED  ] 1 test, listed below:\n", (2, 1, 0)),
            ("Segmentation fault", None),
    ]:
        if cases_of_text(text) != counts:
            print("self-test: %r is read as %s" % (text, cases_of_text(text)))
            right = False
    return right


def _main():
    parser = tree.arguments(__doc__)
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--collect", nargs="+", metavar="PATH")
    parser.add_argument("--only", default="^//tests/upstream/", metavar="PATTERN", help="of the labels of tests")
    parser.add_argument("--host", metavar='"NAME VERSION"')
    parser.add_argument("--way")
    parser.add_argument("--command")
    parser.add_argument("--commit", help="if the logs are of another one than HEAD")
    parser.add_argument("--machine", help="if the logs are of another one")
    options = parser.parse_args()
    if options.self_test:
        raise SystemExit(not _test_itself())
    if options.collect:
        if not (options.host and options.way and options.command):
            parser.error("--collect needs --host, --way and --command")
        collect(options.root, options)
    if options.write or options.collect:
        tree.write(options.root, _PAGE, page(options.root))
    if not options.write:
        tree.finish(check(options.root))


if __name__ == "__main__":
    _main()
