"""Tests of the overlay."""

load("@parkway_hosts//:hosts.bzl", "VERSIONS")
load("//bazel:copts.bzl", "PARKWAY_COPTS")
load("//bazel:skipped.bzl", "skipped_test")
load("//tests/upstream/absl:defs.bzl", "UNAVAILABLE")
load(":stock_test.bzl", "stock_test")

def example_tests(name, tests, tests_since_2023):
    """A test_suite of tests of the example.

    Args:
      name: the suite.
      tests: their labels in its repository.
      tests_since_2023: those that need an Abseil that new.
    """
    if UNAVAILABLE:
        skipped_test(name = name, reason = UNAVAILABLE)
        return
    if int(VERSIONS["com_google_absl"].split(".")[0]) >= 20230125:
        tests = tests + tests_since_2023
    native.test_suite(
        name = name,
        tests = ["@parkway_example" + test for test in tests],
    )

def which_locks_test(name, srcs):
    """NAME follows --//bazel:locks, NAME_stock does not.

    Args:
      name: the first part of the names.
      srcs: a program with the expected locks as its argument. It has no GoogleTest, which would be
        built once more for the other position of the switch.
    """
    if UNAVAILABLE:
        skipped_test(name = name, reason = UNAVAILABLE)
        return
    native.cc_test(
        name = name,
        size = "small",
        srcs = srcs,
        args = select({
            "//bazel:locks_stock": ["stock"],
            "//conditions:default": ["parkway"],
        }),
        copts = PARKWAY_COPTS,
        linkstatic = True,
        deps = ["@com_google_absl_overlay//absl/synchronization"],
    )
    stock_test(
        name = name + "_stock",
        size = "small",
        actual = ":" + name,
        args = ["stock"],
    )
