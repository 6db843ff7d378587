# SPDX-License-Identifier: Apache-2.0
"""The sources of the hosts' own tests."""

load(":fetch.bzl", "ENVIRON", "fetch_archive")
load(":overlay_tree.bzl", "label_beside")
load(":versions.bzl", "HOSTS")

# What of a host's archive is its tests: the first part of the repository's name, the folder of the BUILD
# file and its text, the folders that these need, what must not be included by accident.
_UPSTREAM_TESTS = {
    "com_google_absl": struct(
        prefix = "absl_tests",
        package = "absl/synchronization/",
        build = """
exports_files(glob(["**/*.cc", "**/*.h"]))
""",
        folders = ["absl/synchronization"],
        version = "//absl/base:config.h",
        aside = [],
        removed = [],
    ),
    "oneTBB": struct(
        prefix = "tbb_tests",
        package = "",
        build = """
load("@rules_cc//cc:defs.bzl", "cc_library")

exports_files(glob(["test/**/*.cpp"]))

cc_library(
    name = "headers",
    textual_hdrs = glob(["test/**/*.h", "src/tbbmalloc/*.h"]),
    includes = ["test"],
    visibility = ["//visibility:public"],
)

# For tests of what needs oneTBB's headers and nothing of its library.
cc_library(
    name = "oneapi",
    textual_hdrs = glob(["host/include/**/*.h"]),
    includes = ["host/include"],
    visibility = ["//visibility:public"],
)
""",
        folders = ["include", "src/tbbmalloc", "test"],
        version = "//:include/oneapi/tbb/version.h",
        # Out of the way of the one that is tested.
        aside = ["include"],
        removed = ["src/tbb"],
    ),
}

def _parkway_upstream_tests_impl(ctx):
    dep = ctx.attr.dep
    tests = _UPSTREAM_TESTS[dep]
    if ctx.attr.base:
        base = ctx.path(ctx.attr.base).dirname

        # Another version of `base` makes this repository anew: it differs in this file.
        ctx.path(label_beside(ctx.attr.base, tests.version))
        for folder in tests.folders:
            for command in [["mkdir", "-p", folder], ["cp", "-RL", "%s/%s/." % (base, folder), folder]]:
                done = ctx.execute(command)
                if done.return_code != 0:
                    fail("%s: %s" % (ctx.name, done.stderr))
    else:
        fetch_archive(ctx, HOSTS[ctx.attr.hosts][dep])
    for folder in tests.removed:
        ctx.delete(folder)
    for folder in tests.aside:
        ctx.file("host/README", "%s of this version, as it is.\n" % folder, executable = False)
        moved = ctx.execute(["mv", folder, "host/" + folder])
        if moved.return_code != 0:
            fail("%s: %s" % (ctx.name, moved.stderr))
    ctx.file(tests.package + "BUILD.bazel", tests.build, executable = False)

parkway_upstream_tests = repository_rule(
    implementation = _parkway_upstream_tests_impl,
    doc = "The sources of a host's tests as files: its own BUILD files have none, or do not let " +
          "others have them.",
    attrs = {
        "dep": attr.string(mandatory = True, doc = "The host's key in versions.bzl."),
        "hosts": attr.string(doc = "The set of versions.bzl, or:"),
        "base": attr.label(doc = "The BUILD.bazel in the root of the host, from which they are copied."),
    },
    environ = ENVIRON,
)

def upstream_tests():
    """What to call parkway_upstream_tests with, by name: absl_tests_20220623, tbb_tests_2021, ...

    And absl_tests, tbb_tests: those of the hosts that this build selected.

    Returns:
      name -> attributes.
    """
    all = {
        tests.prefix + "_" + HOSTS[hosts][dep]["version"].split(".")[0]: {"dep": dep, "hosts": hosts}
        for hosts in HOSTS
        for dep, tests in _UPSTREAM_TESTS.items()
    }
    for dep, tests in _UPSTREAM_TESTS.items():
        all[tests.prefix] = {"base": "@%s//:BUILD.bazel" % dep, "dep": dep}
    return all
