# SPDX-License-Identifier: Apache-2.0
"""Tests that need this machine's Boost, and say so where there is none."""

load("@parkway_installed_boost//:installed.bzl", "INSTALLED_BOOST")
load("@rules_cc//cc:defs.bzl", "cc_test")
load("//bazel:skipped.bzl", "skipped_test")

def boost_test(name, deps, **kwargs):
    """A cc_test with Boost.Context and Boost.Fiber, or a skipped one.

    Args:
      name: of the test.
      deps: besides Boost.
      **kwargs: for cc_test.
    """
    if not INSTALLED_BOOST.available:
        skipped_test(name = name, reason = INSTALLED_BOOST.reason)
        return
    cc_test(
        name = name,
        # A sanitizer has to be told of each switch of stacks; Debian's Boost does not.
        tags = ["no-sanitizer"],
        deps = deps + ["@parkway_installed_boost//:boost"],
        **kwargs
    )
