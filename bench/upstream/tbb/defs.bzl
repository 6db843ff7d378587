# SPDX-License-Identifier: Apache-2.0
"""oneTBB's own suites, stock against overlaid."""

load("@rules_shell//shell:sh_binary.bzl", "sh_binary")
load("//bazel:native_sh_test.bzl", "sh_test")
load("//tests/upstream/tbb:defs.bzl", "UNAVAILABLE", "is_gone")

def _programs(suite):
    return ["//tests/upstream/tbb:%s_%s_program" % (suite, locks) for locks in ["stock", "parkway"]]

def _pair(suite):
    return "--pair=$(location %s),$(location %s)" % tuple(_programs(suite))

def upstream_comparison(name, src, suites):
    """Declares the script that compares; none for an installed oneTBB.

    Args:
      name: the script, as something to run.
      src: the script.
      suites: of //tests/upstream/tbb.
    """
    if UNAVAILABLE:
        return
    suites = [suite for suite in suites if not is_gone(suite)]
    sh_binary(
        name = name,
        testonly = True,
        srcs = [src],
        args = [_pair(suite) for suite in suites],
        data = [program for suite in suites for program in _programs(suite)],
        # Minutes of compiling: for those who ask for it.
        tags = [
            "manual",
            "no-sanitizer",
        ],
    )

def comparison_test(name, src, script, suites):
    """A test of the script, where there is one.

    Args:
      name: of the test.
      src: its script.
      script: what is tested.
      suites: those that it knows.
    """
    if UNAVAILABLE:
        return
    suites = [suite for suite in suites if not is_gone(suite)]
    sh_test(
        name = name,
        size = "small",
        srcs = [src],
        args = ["$(location %s)" % script] + [_pair(suite) for suite in suites],
        data = [script, "//tests/suites:expect.sh"] + [program for suite in suites for program in _programs(suite)],
        # It compiles suites with stock locks, which nothing else needs every day.
        tags = [
            "manual",
            "no-sanitizer",
        ],
    )
