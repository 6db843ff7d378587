# SPDX-License-Identifier: Apache-2.0
"""What tests of the preload library have in common."""

load("@parkway_installed_absl//:installed.bzl", "INSTALLED_ABSL")
load("@rules_cc//cc:defs.bzl", "cc_binary", "cc_library")
load("//adapters/parkway/absl/preload:defs.bzl", "UNAVAILABLE", "absl_preload_library", "installed_absl_test")

# Releases since which what stays the host's is another list.
_LISTS = [20220623, 20240722]
_HOST_ONLY = "host_only_%d.txt" % max([_LISTS[0]] + [lts for lts in _LISTS if lts <= INSTALLED_ABSL.lts])

def stand_in(name, semaphore):
    """A preload library with upstream's own sources in the place of ours.

    Where it fails, the machinery is at fault, not our locks.

    Args:
      name: of the library.
      semaphore: as for absl_preload_library.
    """
    if UNAVAILABLE:
        return
    sources = "@absl_tests_%d//absl/synchronization:" % INSTALLED_ABSL.lts
    cc_library(
        name = "stand_in_sources",
        testonly = True,
        srcs = [
            sources + file
            for file in ["barrier.cc", "blocking_counter.cc", "mutex.cc", "notification.cc"]
        ],
        tags = ["no-sanitizer"],
        deps = ["@parkway_installed_absl//:headers"],
    )
    absl_preload_library(
        name = name,
        testonly = True,
        locks = [":stand_in_sources"],
        semaphore = semaphore,
        tags = ["no-sanitizer"],
        visibility = ["//tests/upstream/absl_preload:__pkg__"],
    )

def uses_absl(name, srcs):
    """A program linked to the installed Abseil, where there is one."""
    if not UNAVAILABLE:
        cc_binary(
            name = name,
            testonly = True,
            srcs = srcs,
            linkopts = ["-pthread"],
            tags = ["no-sanitizer"],
            visibility = ["//tests/unit/bench:__subpackages__"],
            deps = ["@parkway_installed_absl//:absl_synchronization"],
        )

def uses_absl_test(name, preload, script = "uses_absl_test.sh", data = []):
    """Runs a script under a preload library.

    Args:
      name: of the test.
      preload: the preload library, which the script gets.
      script: beside it is the program uses_absl.
      data: what else it needs.
    """
    installed_absl_test(
        name = name,
        size = "small",
        srcs = [script],
        args = ["$(rootpath %s)" % preload],
        data = [":uses_absl", preload, "//tests/suites:expect.sh"] + data,
        tags = ["no-sanitizer"],
    )

def completeness_test(name, preload):
    """Compares what the host and a preload library define."""
    installed_absl_test(
        name = name,
        # Hundreds of small programs run: 60 s beside four busy loops.
        size = "medium",
        srcs = ["completeness_test.sh"],
        args = [
            "$(rootpath @parkway_installed_absl//:host)",
            "$(rootpath %s)" % preload,
            "$(rootpath %s)" % _HOST_ONLY,
            "$(rootpaths @parkway_installed_absl//:libraries)",
        ],
        data = [
            preload,
            "//tests/suites:expect.sh",
            _HOST_ONLY,
            "@parkway_installed_absl//:host",
            "@parkway_installed_absl//:libraries",
        ],
        tags = ["no-sanitizer"],
    )
