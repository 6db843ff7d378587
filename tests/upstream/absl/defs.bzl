# SPDX-License-Identifier: Apache-2.0
"""Programs of Abseil's absl/synchronization, built with Abseil as it is and overlaid."""

load("@parkway_hosts//:hosts.bzl", "SYSTEM", "VERSIONS")
load("@rules_cc//cc:defs.bzl", "cc_library", "cc_test")
load("//bazel:skipped.bzl", "skipped_test")

_LTS = int(VERSIONS["com_google_absl"].split(".")[0])

# Abseil's own BUILD files do not let others have its tests.
_SOURCES = "@absl_tests//absl/synchronization:"

_REPOSITORIES = {
    "parkway": "@com_google_absl_overlay",
    "stock": "@com_google_absl",
}

# Why there is no overlay here, or an empty string.
UNAVAILABLE = "an installed Abseil has no sources to overlay" if SYSTEM else ""

def internal_header(name, header):
    """A header of absl/synchronization/internal that only Abseil's own packages may depend on.

    Args:
      name: of the library.
      header: of the file. It alone is copied: no other header of that copy of Abseil may be seen.
    """
    if UNAVAILABLE:
        return
    path = "include/absl/synchronization/internal/" + header
    native.genrule(
        name = name + "_header",
        srcs = [_SOURCES + "internal/" + header],
        outs = [path],
        cmd = "cp $< $@",
    )
    cc_library(
        name = name,
        hdrs = [path],
        includes = ["include"],
        visibility = ["//bench/upstream/absl:__pkg__"],
    )

def upstream_program(
        rule,
        name,
        srcs,
        deps,
        common_deps = [],
        deps_since = {},
        own_srcs = [],
        tags = [],
        stock_tags = [],
        skipped = [],
        **kwargs):
    """Declares NAME_stock and NAME_parkway, from upstream's own sources.

    Args:
      rule: cc_test or cc_binary.
      name: the first part of the names.
      srcs: files of absl/synchronization.
      deps: labels in Abseil's repository, absl/synchronization aside.
      common_deps: labels elsewhere.
      deps_since: version -> labels in Abseil's repository that it needs from that one on.
      own_srcs: files of the calling package.
      tags: as everywhere.
      stock_tags: further ones of NAME_stock.
      skipped: GoogleTest's names of cases that are not for NAME_parkway.
      **kwargs: for the rule.
    """
    deps = ["//absl/synchronization"] + deps
    for since, labels in deps_since.items():
        if _LTS >= since:
            deps = deps + labels
    for locks, repository in _REPOSITORIES.items():
        rule(
            name = name + "_" + locks,
            srcs = [_SOURCES + src for src in srcs] + own_srcs,
            # As the benchmarks are linked: Abseil is compiled one time less.
            linkstatic = True,
            # What a sanitizer finds in stock is not ours to mend.
            tags = tags + (stock_tags + ["no-sanitizer"] if locks == "stock" else []),
            deps = [repository + dep for dep in deps] + common_deps,
            args = ["--gtest_filter=-" + ":".join(skipped)] if skipped and locks == "parkway" else [],
            **kwargs
        )

def upstream_test(name, deps, common_deps = [], srcs = None, gtest = True, since = 0, **kwargs):
    """One of the suites, see upstream_program.

    Args:
      name: the suite.
      deps: labels in Abseil's repository.
      common_deps: labels elsewhere, GoogleTest aside.
      srcs: its files, if that is not NAME.cc.
      gtest: whether it is written with GoogleTest.
      since: the first version that has it.
      **kwargs: for upstream_program.
    """
    missing = "Abseil %d does not have it" % _LTS if _LTS < since else ""
    if UNAVAILABLE or missing:
        for locks in _REPOSITORIES:
            skipped_test(
                name = name + "_" + locks,
                reason = UNAVAILABLE or missing,
            )
        return
    upstream_program(
        rule = cc_test,
        name = name,
        srcs = srcs or [name + ".cc"],
        common_deps = common_deps + (["@com_google_googletest//:gtest_main"] if gtest else []),
        deps = deps,
        **kwargs
    )
