# SPDX-License-Identifier: Apache-2.0
"""Abseil's own benchmarks of absl/synchronization, stock against overlaid."""

load("@rules_cc//cc:defs.bzl", "cc_binary")
load("@rules_shell//shell:sh_binary.bzl", "sh_binary")
load("//bazel:native_sh_test.bzl", "sh_test")
load("//tests/upstream/absl:defs.bzl", "UNAVAILABLE", "upstream_program")

_UPSTREAM = ["blocking_counter_benchmark", "mutex_benchmark"]
_OURS = ["reader_benchmark"]

_HERE = "//bench/upstream/absl:"

def _pairs():
    return [(_HERE + b + "_stock", _HERE + b + "_parkway") for b in _UPSTREAM + _OURS]

def _arguments():
    return ["--pair=$(location %s),$(location %s)" % pair for pair in _pairs()]

def _binaries():
    return [program for pair in _pairs() for program in pair]

def upstream_comparison(name, src):
    """Declares the benchmarks and the script that compares them; none for an installed Abseil.

    Args:
      name: the script, as something to run.
      src: the script.
    """
    if UNAVAILABLE:
        return
    for benchmark in _UPSTREAM + _OURS:
        upstream_program(
            name = benchmark,
            testonly = True,
            srcs = [benchmark + ".cc"] if benchmark in _UPSTREAM else [],
            own_srcs = [benchmark + ".cc"] if benchmark in _OURS else [],
            common_deps = [
                "//tests/upstream/absl:thread_pool",
                "@parkway_hosts//:benchmark_main",
            ],
            deps_since = {20240722: ["//absl/base:no_destructor"]},
            rule = cc_binary,
            deps = [
                "//absl/base",
                "//absl/base:config",
                "//absl/functional:any_invocable",
            ],
        )
    sh_binary(
        name = name,
        testonly = True,
        srcs = [src],
        args = _arguments(),
        data = _binaries(),
    )

def comparison_test(name, src, comparison):
    """A test of the script, where there is one.

    Args:
      name: of the test.
      src: its script.
      comparison: the upstream_comparison().
    """
    if UNAVAILABLE:
        return
    sh_test(
        name = name,
        size = "small",
        srcs = [src],
        args = ["$(location %s)" % comparison] + _arguments(),
        data = _binaries() + [comparison, "//tests/suites:expect.sh"],
    )
