# SPDX-License-Identifier: Apache-2.0
"""@parkway_hosts: which hosts this build selected."""

load(":fetch.bzl", "ENVIRON", "from_system", "version_in")
load(":system_deps.bzl", "system_versions")

_HOSTS_H = """\
// Generated: the versions of the hosts that this build selected (see bazel/versions.bzl).
#ifndef PARKWAY_HOSTS_H_
#define PARKWAY_HOSTS_H_
#define PARKWAY_HOSTS_ABSL_LTS {absl}
#define PARKWAY_HOSTS_TBB_MAJOR {tbb_major}
#define PARKWAY_HOSTS_TBB_MINOR {tbb_minor}
// 1: <absl/...> is our copy as well as "absl/...".
#define PARKWAY_HOSTS_ABSL_IN_BRACKETS {brackets}
#endif  // PARKWAY_HOSTS_H_
"""

_HOSTS_BUILD = """\
load("@rules_cc//cc:defs.bzl", "cc_library")

package(default_visibility = ["//visibility:public"])

exports_files(["hosts.bzl"])

cc_library(
    name = "hosts",
    hdrs = ["parkway_hosts.h"],
    includes = ["."],
)
"""

# Google Benchmark is no dependency of whoever depends on parkway: it brings toolchains with it, which
# would be fetched for each build.
_BENCHMARK = """
alias(
    name = "{name}",
    actual = "@com_github_google_benchmark//:{name}",
)
"""

_NO_BENCHMARK = """
cc_library(
    name = "{name}",
    target_compatible_with = ["@platforms//:incompatible"],
)
"""

def _parkway_hosts_impl(ctx):
    if not ctx.attr.bzlmod and from_system(ctx):
        versions = system_versions(ctx)
    else:
        roots = {"com_google_absl": ctx.attr.absl, "oneTBB": ctx.attr.tbb}
        versions = {dep: version_in(ctx, dep, root) for dep, root in roots.items()}
    tbb = versions["oneTBB"].split(".")
    benchmark = _BENCHMARK if ctx.attr.benchmark else _NO_BENCHMARK
    ctx.file(
        "BUILD.bazel",
        _HOSTS_BUILD + "".join([benchmark.format(name = name) for name in ["benchmark", "benchmark_main"]]),
        executable = False,
    )
    ctx.file(
        "hosts.bzl",
        "\"\"\"The versions of the hosts that this build selected; whether it has @parkway_example.\"\"\"\n\n" +
        "SYSTEM = %r\n\nVERSIONS = %r\n\nEXAMPLE = %r\n" % (
            not ctx.attr.bzlmod and from_system(ctx),
            versions,
            ctx.attr.example,
        ),
        executable = False,
    )
    ctx.file("parkway_hosts.h", _HOSTS_H.format(
        absl = versions["com_google_absl"].split(".")[0],
        tbb_major = tbb[0],
        tbb_minor = tbb[1],
        brackets = 0 if ctx.attr.bzlmod else 1,
    ), executable = False)

parkway_hosts = repository_rule(
    implementation = _parkway_hosts_impl,
    doc = "The selected versions as a header (@parkway_hosts//:hosts) and as a .bzl file; " +
          "Google Benchmark, where there is one.",
    attrs = {
        "benchmark": attr.bool(default = True, doc = "Whether there is @com_github_google_benchmark."),
        "absl": attr.label(default = "@com_google_absl//:BUILD.bazel", doc = "In the root of the repository."),
        "bzlmod": attr.bool(doc = "The hosts are modules: PARKWAY_DEPS is not for them."),
        "example": attr.bool(doc = "Whether there is @parkway_example."),
        "tbb": attr.label(default = "@oneTBB//:BUILD.bazel", doc = "The same."),
    },
    environ = ENVIRON,
)
