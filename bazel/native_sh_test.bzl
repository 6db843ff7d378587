# SPDX-License-Identifier: Apache-2.0
"""sh_test for a build for the machine that it runs on: the scripts call its programs and load its libraries."""

load("@rules_shell//shell:sh_test.bzl", _sh_test = "sh_test")

def sh_test(name, target_compatible_with = [], **kwargs):
    """A sh_test that a build for another system skips.

    Args:
      name: of the test.
      target_compatible_with: what else it needs.
      **kwargs: for sh_test.
    """
    _sh_test(
        name = name,
        target_compatible_with = target_compatible_with + [Label("//bazel/platforms:native")],
        **kwargs
    )
