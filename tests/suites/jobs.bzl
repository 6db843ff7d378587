# SPDX-License-Identifier: Apache-2.0
"""The dependency of tests that run in tasks, where there are some."""

JOBS = select({
    "//bazel:switches_stacks": ["//tests/suites:jobs"],
    "//conditions:default": [],
})
