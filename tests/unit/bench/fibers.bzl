# SPDX-License-Identifier: Apache-2.0
"""A test of the rows of Boost.Fiber, which says so where there is none."""

load("@parkway_installed_boost//:installed.bzl", "INSTALLED_BOOST")
load("//bazel:native_sh_test.bzl", "sh_test")
load("//bazel:skipped.bzl", "skipped_test")

def fibers_test(name, **kwargs):
    """A script, or a skipped test.

    Args:
      name: of the test.
      **kwargs: for sh_test.
    """
    if not INSTALLED_BOOST.available:
        skipped_test(name = name, reason = INSTALLED_BOOST.reason)
        return

    # A sanitizer has to be told of each switch of stacks; Debian's Boost does not.
    sh_test(name = name, tags = ["no-sanitizer"], **kwargs)
