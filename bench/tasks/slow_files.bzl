# SPDX-License-Identifier: Apache-2.0
"""What needs libfuse: the program that serves slow files, and the test of it."""

load("@parkway_installed_fuse//:installed.bzl", "INSTALLED_FUSE")
load("@rules_cc//cc:defs.bzl", "cc_binary", "cc_test")
load("//bazel:skipped.bzl", "skipped_test")

def slow_file_server(name, deps, **kwargs):
    """The program, where there is a libfuse.

    Args:
      name: of the program.
      deps: besides libfuse.
      **kwargs: for cc_binary.

    Returns:
      a list with its label; an empty one where there is no libfuse.
    """
    if not INSTALLED_FUSE.available:
        return []
    cc_binary(
        name = name,
        deps = deps + ["@parkway_installed_fuse//:fuse"],
        **kwargs
    )
    return [":" + name]

def slow_files_test(name, **kwargs):
    """A test of it, or a skipped one.

    Args:
      name: of the test.
      **kwargs: for cc_test.
    """
    if INSTALLED_FUSE.available:
        cc_test(name = name, **kwargs)
    else:
        skipped_test(name = name, reason = INSTALLED_FUSE.reason)
