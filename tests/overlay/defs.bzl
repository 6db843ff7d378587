# SPDX-License-Identifier: Apache-2.0
"""Tests of the overlays."""

load("@parkway_hosts//:hosts.bzl", "EXAMPLE", "SYSTEM", "VERSIONS")
load("@rules_cc//cc:defs.bzl", "cc_library", "cc_test")
load("//bazel:rebuilt_test.bzl", "rebuilt_test")
load("//bazel:skipped.bzl", "skipped_test")
load("//bazel:tbb_types.bzl", "TBB_TYPES")

# Why there are no overlays here, or an empty string.
_UNAVAILABLE = "installed hosts have no sources to overlay" if SYSTEM else ""

def example_tests(name, tests, tests_since_2023):
    """A test_suite of tests of the example.

    Args:
      name: the suite.
      tests: their labels in its repository.
      tests_since_2023: those that need an Abseil that new.
    """
    unavailable = _UNAVAILABLE if EXAMPLE else "the example is a repository of parkway's own workspace"
    if unavailable:
        skipped_test(name = name, reason = unavailable)
        return
    if int(VERSIONS["com_google_absl"].split(".")[0]) >= 20230125:
        tests = tests + tests_since_2023
    native.test_suite(
        name = name,
        tests = ["@parkway_example" + test for test in tests],
    )

def which_locks_test(
        name,
        srcs,
        deps,
        local_defines = [],
        tags = [],
        stock_tags = [],
        target_compatible_with = []):
    """NAME follows --//bazel:locks, NAME_stock does not.

    Args:
      name: the first part of the names.
      srcs: a program with the expected locks as its argument. It has no GoogleTest, which would be
        built once more for the other position of the switch.
      deps: as everywhere.
      local_defines: as everywhere.
      tags: as everywhere.
      stock_tags: of NAME_stock.
      target_compatible_with: of both.
    """
    if _UNAVAILABLE:
        skipped_test(name = name, reason = _UNAVAILABLE)
        return
    cc_test(
        name = name,
        size = "small",
        srcs = srcs,
        args = select({
            "//bazel:locks_stock": ["stock"],
            "//conditions:default": ["parkway"],
        }),
        linkstatic = True,
        local_defines = local_defines,
        tags = tags,
        target_compatible_with = target_compatible_with,
        deps = deps,
    )
    rebuilt_test(
        name = name + "_stock",
        size = "small",
        actual = ":" + name,
        locks = "stock",
        args = ["stock"],
        tags = tags + stock_tags,
        target_compatible_with = target_compatible_with,
    )

def tbb_header_orders(name):
    """A library that does not compile if oneTBB's headers depend on the order of their inclusion.

    Args:
      name: of the library.
    """
    if _UNAVAILABLE:
        return
    headers = TBB_TYPES + ["detail/_rtm_mutex", "detail/_rtm_rw_mutex"]
    for header in headers:
        cc_library(
            name = "%s_%s" % (name, header.replace("/", "_")),
            srcs = ["tbb_first_header.cc"],
            linkstatic = True,
            local_defines = ["TBB_FIRST_HEADER=\\\"oneapi/tbb/%s.h\\\"" % header],
            deps = ["@oneTBB_overlay//:tbb"],
        )
    cc_library(
        name = name,
        deps = ["%s_%s" % (name, header.replace("/", "_")) for header in headers],
    )
