# SPDX-License-Identifier: Apache-2.0
"""Upstream's own tests against the installed Abseil, under a preload library."""

load("@parkway_installed_absl//:installed.bzl", "INSTALLED_ABSL")
load("@rules_cc//cc:defs.bzl", "cc_binary")
load("//adapters/parkway/absl/preload:defs.bzl", "UNAVAILABLE", "installed_absl_test")

def preloaded_test(
        name,
        runs,
        deps,
        size,
        srcs = None,
        gtest = True,
        log = False,
        random = False,
        shard_count = None,
        skipped = []):
    """One of upstream's tests, unmodified, compiled against the installed headers and libraries.

    Args:
      name: of the test, and of its source file.
      runs: suffix -> (preload library or None, environment): NAME_SUFFIX.
      deps: pkg-config's names of what it uses besides absl_synchronization.
      size: of each run.
      srcs: its source files if not NAME.cc.
      gtest: False for one with a main of its own.
      log: it logs, which it does with absl/log from 2023 on.
      random: it draws numbers, from 2025 on.
      shard_count: of each run.
      skipped: GoogleTest's names of cases that are not for our own Mutex.
    """
    if not UNAVAILABLE:
        if log and INSTALLED_ABSL.lts >= 20230802:
            deps = deps + ["absl_check", "absl_log"]
        if random and INSTALLED_ABSL.lts >= 20250814:
            deps = deps + ["absl_random_random"]
        sources = "@absl_tests_%d//absl/synchronization:" % INSTALLED_ABSL.lts
        cc_binary(
            name = name,
            testonly = True,
            srcs = [sources + src for src in srcs or [name + ".cc"]],
            # As the distribution compiles. From 2023 on ~Mutex() is inline and does nothing in a
            # program with NDEBUG, which a library without it takes for a mutex that still lives.
            copts = ["-UNDEBUG"],
            tags = ["no-sanitizer"],
            deps = ["@parkway_installed_absl//:" + dep for dep in ["absl_synchronization"] + deps] +
                   (["@com_google_googletest//:gtest_main"] if gtest else []),
        )
    for suffix, (preload, env) in runs.items():
        installed_absl_test(
            name = "%s_%s" % (name, suffix),
            size = size,
            srcs = ["preloaded.sh"],
            args = ["$(rootpath %s)" % preload if preload else "none", "$(rootpath :%s)" % name] +
                   (["--gtest_filter=-" + ":".join(skipped)] if skipped and suffix == "parkway" else []),
            data = [":" + name] + ([preload] if preload else []),
            env = env,
            shard_count = shard_count,
            # The long one sleeps for a minute and more: .ci/run has it, but for stock locks, with which
            # it passes.
            tags = ["no-sanitizer"] + (["manual"] if shard_count else []),
        )
