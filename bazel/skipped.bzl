# SPDX-License-Identifier: Apache-2.0
"""A test that can't run here and says why."""

load(":native_sh_test.bzl", "sh_test")

def skipped_test(name, reason, **kwargs):
    """Reports one skipped test case.

    Args:
      name: of the test that would be here.
      reason: one sentence, for people.
      **kwargs: tags.
    """
    sh_test(
        name = name,
        size = "small",
        srcs = ["//bazel:skipped.sh"],
        env = {"PARKWAY_SKIP_REASON": reason},
        **kwargs
    )
