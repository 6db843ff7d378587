# SPDX-License-Identifier: Apache-2.0
"""The hosts with parkway's locks, for a WORKSPACE: see absl_overlay.bzl and tbb_overlay.bzl."""

load(":absl_overlay.bzl", _absl_overlay = "absl_overlay")
load(":tbb_overlay.bzl", _tbb_overlay = "tbb_overlay")

absl_overlay = _absl_overlay
tbb_overlay = _tbb_overlay
