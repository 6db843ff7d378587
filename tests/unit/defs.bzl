# SPDX-License-Identifier: Apache-2.0
"""Unit tests: a folder for each folder of plugin/parkway and adapters/parkway."""

load("@rules_cc//cc:defs.bzl", "cc_test")
load("//bazel:rebuilt_test.bzl", "checked_tests")
load("//tests/suites:jobs.bzl", "JOBS")

# buildifier: disable=unnamed-macro
def unit_tests(names, deps = [], size = "medium", checked = [], **kwargs):
    """A cc_test for each NAME.cc.

    Args:
      names: of the tests.
      deps: of all, besides the suites, the test support and GoogleTest.
      size: of all.
      checked: those that run once more with the misuse checks on.
      **kwargs: for cc_test.
    """
    for name in names:
        cc_test(
            name = name,
            size = size,
            srcs = [name + ".cc"],
            deps = deps + [
                "//tests/suites",
                "//tests/suites:support",
                "@com_google_googletest//:gtest_main",
            ] + JOBS,
            **kwargs
        )
    checked_tests(checked, size)

# buildifier: disable=unnamed-macro
def adapter_tests(names, deps, size = "small", suffix = "", **kwargs):
    """The same for an adapter, whose tests need no suites.

    Args:
      names: of the tests.
      deps: of all, besides GoogleTest.
      size: of all.
      suffix: to the names of the tests, where a source is compiled more than once.
      **kwargs: for cc_test.
    """
    for name in names:
        cc_test(
            name = name + suffix,
            size = size,
            srcs = [name + ".cc"],
            deps = deps + ["@com_google_googletest//:gtest_main"],
            **kwargs
        )
