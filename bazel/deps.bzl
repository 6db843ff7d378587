# SPDX-License-Identifier: Apache-2.0
"""The repositories parkway builds against, for a WORKSPACE.

    load("@parkway//bazel:deps.bzl", "parkway_dependencies")
    parkway_dependencies()

A repository that the calling WORKSPACE declared before is kept as it is.

Environment variables, set by the configs of .bazelrc with --repo_env:

  PARKWAY_HOSTS     2022 or 2025: the set of versions (see versions.bzl). Default: 2025 from
                    Bazel 7 on, 2022 before.
  PARKWAY_DEPS      source (default): build everything from the pinned sources.
                    system: use the libraries installed on this machine, found by pkg-config
                    (Relacy, headers for our own tests, stays with its sources).
  PARKWAY_ARCHIVES  a folder with Debian's source tarballs, set by bazelw where upstream's
                    addresses cannot be reached; each is checked against its own sha256.
  PARKWAY_INSTALLED_ABSL  see installed_absl.bzl.
  PARKWAY_INSTALLED_TBB   see installed_tbb.bzl.
  PARKWAY_INSTALLED_BOOST see installed_boost.bzl.
  PARKWAY_INSTALLED_FUSE  see installed_fuse.bzl.
"""

load(":installed_absl.bzl", "parkway_installed_absl")
load(":installed_boost.bzl", "parkway_installed_boost")
load(":installed_fuse.bzl", "parkway_installed_fuse")
load(":installed_tbb.bzl", "parkway_installed_tbb")
load(":system_deps.bzl", "system_repository", "system_versions")
load(":versions.bzl", "BUILD_TOOLS", "DEV", "HOSTS")

_ENVIRON = ["PARKWAY_HOSTS", "PARKWAY_DEPS", "PARKWAY_ARCHIVES"]

# What we change in upstream's BUILD files: dep -> list of (file, old, new, set or "").
_EDITS = {
    "com_google_absl": [
        # Bazel gives other repositories' headers with -iquote only: without this,
        # #include <absl/...> would take a copy in /usr/include when there is one.
        (
            "absl/base/BUILD.bazel",
            "    name = \"config\",\n",
            "    name = \"config\",\n    deps = [\"//:parkway_include_root\"],\n",
            "",
        ),
    ],
    "oneTBB": [
        # Gone since Bazel 6.
        ("BUILD.bazel", "@bazel_tools//platforms:", "@platforms//os:", "2022"),
    ],
    "com_google_googletest": [
        # Only used with --define=absl=1; the names of WORKSPACE repositories.
        ("BUILD.bazel", "@abseil-cpp//", "@com_google_absl//", "2025"),
        ("BUILD.bazel", "@re2//", "@com_googlesource_code_re2//", "2025"),
    ],
    "com_github_google_benchmark": [
        # module_version() is not known to Bazel before 6 and None in a WORKSPACE.
        (
            "BUILD.bazel",
            "(module_version() if module_version() != None else \"\")",
            "\"1.9.1\"",
            "2025",
        ),
    ],
}

_INCLUDE_ROOT = """
load("@rules_cc//cc:defs.bzl", parkway_cc_library = "cc_library")

parkway_cc_library(
    name = "parkway_include_root",
    includes = ["."],
    visibility = ["//visibility:public"],
)
"""

_RELACY_BUILD = """
load("@rules_cc//cc:defs.bzl", "cc_library")

cc_library(
    name = "relacy",
    hdrs = glob(["relacy/**/*.h", "relacy/**/*.hpp"]),
    includes = ["."],
    visibility = ["//visibility:public"],
)
"""

def _major():
    """The major version of Bazel; the empty version is Debian's Bazel 4."""
    major = native.bazel_version.split(".")[0] if hasattr(native, "bazel_version") else ""
    return int(major) if major.isdigit() else 4

def _is_bazel7():
    return _major() >= 7

def _hosts(ctx):
    hosts = ctx.os.environ.get("PARKWAY_HOSTS", "") or ctx.attr.default_hosts
    if hosts not in HOSTS:
        fail("PARKWAY_HOSTS=%s: allowed values are %s" % (hosts, ", ".join(sorted(HOSTS))))
    return hosts

def _from_system(ctx):
    deps = ctx.os.environ.get("PARKWAY_DEPS", "") or "source"
    if deps not in ["source", "system"]:
        fail("PARKWAY_DEPS=%s: allowed values are source, system" % deps)
    return deps == "system"

def _fetch(ctx, entry):
    """Extracts Debian's tarball when bazelw brought it, upstream's archive else."""
    archives = ctx.os.environ.get("PARKWAY_ARCHIVES", "")
    local = archives + "/" + entry.get("debian", "-").split("/")[-1]
    if archives and ctx.path(local).exists:
        ctx.download_and_extract(
            url = ["file://" + local],
            sha256 = entry["debian_sha256"],
            stripPrefix = entry["debian_prefix"],
        )
    else:
        ctx.download_and_extract(
            url = [entry["url"]],
            sha256 = entry["sha256"],
            stripPrefix = entry["strip_prefix"],
        )

def _parkway_repository_impl(ctx):
    dep = ctx.attr.dep
    if dep not in DEV and _from_system(ctx):
        system_repository(ctx, dep)
        return
    hosts = _hosts(ctx)
    _fetch(ctx, DEV[dep] if dep in DEV else HOSTS[hosts][dep])
    for path, old, new, only in _EDITS.get(dep, []):
        if only and only != hosts:
            continue
        text = ctx.read(path)
        if old not in text:
            fail("%s of %s (%s) has no line %r to edit" % (path, dep, hosts, old))
        ctx.file(path, text.replace(old, new), executable = False)
    if dep == "com_google_absl":
        root = ctx.path("BUILD.bazel")
        text = ctx.read(root) if root.exists else ""
        ctx.file("BUILD.bazel", text + _INCLUDE_ROOT, executable = False)
    elif dep == "relacy":
        ctx.file("BUILD.bazel", _RELACY_BUILD, executable = False)

parkway_repository = repository_rule(
    implementation = _parkway_repository_impl,
    doc = "One of the archives of versions.bzl, in the version that PARKWAY_HOSTS selects.",
    attrs = {
        "dep": attr.string(mandatory = True, doc = "Its key in versions.bzl."),
        "default_hosts": attr.string(default = "2022"),
    },
    environ = _ENVIRON,
)

def _parkway_build_tool_impl(ctx):
    _fetch(ctx, BUILD_TOOLS[ctx.attr.bazel][ctx.attr.dep])

parkway_build_tool = repository_rule(
    implementation = _parkway_build_tool_impl,
    doc = "One of BUILD_TOOLS in versions.bzl.",
    attrs = {
        "bazel": attr.string(mandatory = True),
        "dep": attr.string(mandatory = True),
    },
    environ = ["PARKWAY_ARCHIVES"],
)

# What of a host's archive is its tests: (first part of the repository's name, folder of the BUILD
# file, its text, what is not needed and must not be included by accident).
_UPSTREAM_TESTS = {
    "com_google_absl": struct(
        prefix = "absl_tests_",
        package = "absl/synchronization/",
        build = """
exports_files(glob(["**/*.cc", "**/*.h"]))
""",
        aside = [],
        removed = [],
    ),
    "oneTBB": struct(
        prefix = "tbb_tests_",
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
        # Out of the way of the one that is tested.
        aside = ["include"],
        removed = ["src/tbb"],
    ),
}

def _parkway_upstream_tests_impl(ctx):
    dep = ctx.attr.dep
    tests = _UPSTREAM_TESTS[dep]
    _fetch(ctx, HOSTS[ctx.attr.hosts][dep])
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
        "hosts": attr.string(mandatory = True, doc = "The set of versions.bzl."),
    },
    environ = ["PARKWAY_ARCHIVES"],
)

def upstream_tests():
    """What to call parkway_upstream_tests with, by name: absl_tests_20220623, tbb_tests_2021, ..."""
    return {
        tests.prefix + HOSTS[hosts][dep]["version"].split(".")[0]: {"dep": dep, "hosts": hosts}
        for hosts in HOSTS
        for dep, tests in _UPSTREAM_TESTS.items()
    }

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

# What Bazel before 8 has built in and later ones have in rules_cc.
_NATIVE_CC = """\
NATIVE = struct(cc_common = cc_common, CcInfo = CcInfo)
"""

_CC_OF_NATIVE = """\
load(":native_cc.bzl", "NATIVE")

cc_common = NATIVE.cc_common
CcInfo = NATIVE.CcInfo
"""

_CC_OF_RULES = """\
load("@rules_cc//cc/common:cc_common.bzl", _cc_common = "cc_common")
load("@rules_cc//cc/common:cc_info.bzl", _CcInfo = "CcInfo")

cc_common = _cc_common
CcInfo = _CcInfo
"""

def _write_cc(ctx):
    if _major() >= 8:
        ctx.file("cc.bzl", _CC_OF_RULES, executable = False)
    else:
        ctx.file("native_cc.bzl", _NATIVE_CC, executable = False)
        ctx.file("cc.bzl", _CC_OF_NATIVE, executable = False)

def _parkway_hosts_impl(ctx):
    _write_cc(ctx)
    if not ctx.attr.bzlmod and _from_system(ctx):
        hosts = "system"
        versions = system_versions(ctx)
    else:
        hosts = "2025" if ctx.attr.bzlmod else _hosts(ctx)
        versions = {dep: entry["version"] for dep, entry in HOSTS[hosts].items()}
    tbb = versions["oneTBB"].split(".")
    ctx.file("BUILD.bazel", _HOSTS_BUILD, executable = False)
    ctx.file(
        "hosts.bzl",
        "\"\"\"The versions of the hosts that this build selected.\"\"\"\n\n" +
        "HOSTS = %r\n\nVERSIONS = %r\n" % (hosts, versions),
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
    doc = "The selected versions as a header (@parkway_hosts//:hosts) and as a .bzl file; and " +
          "cc.bzl, which has CcInfo and cc_common of any Bazel.",
    attrs = {
        "bzlmod": attr.bool(doc = "The versions are those of MODULE.bazel."),
        "default_hosts": attr.string(default = "2022"),
    },
    environ = _ENVIRON,
)

_NATIVE_SHELL = """\
# Bazel before 8 has these rules built in.
%s = native.%s
"""

def _parkway_native_shell_impl(ctx):
    ctx.file("BUILD.bazel", "", executable = False)
    ctx.file("shell/BUILD.bazel", "", executable = False)
    for rule in ["sh_binary", "sh_library", "sh_test"]:
        ctx.file("shell/%s.bzl" % rule, _NATIVE_SHELL % (rule, rule), executable = False)

parkway_native_shell = repository_rule(
    implementation = _parkway_native_shell_impl,
    doc = "@rules_shell for a WORKSPACE: the names of rules_shell, as the built-in rules.",
)

def parkway_dependencies():
    """Declares oneTBB, Abseil, GoogleTest and Google Benchmark where they are missing.

    And @rules_shell, as the rules that are built into a Bazel that reads a WORKSPACE. And @parkway_installed_absl and @parkway_installed_tbb, for the preload libraries, and
    @parkway_installed_boost and @parkway_installed_fuse, for bench.
    """
    default_hosts = "2025" if _is_bazel7() else "2022"
    for dep in BUILD_TOOLS["7" if _is_bazel7() else "4"]:
        if not native.existing_rule(dep):
            parkway_build_tool(name = dep, dep = dep, bazel = "7" if _is_bazel7() else "4")
    for dep in HOSTS["2022"]:
        if not native.existing_rule(dep):
            parkway_repository(name = dep, dep = dep, default_hosts = default_hosts)
    if not native.existing_rule("rules_shell"):
        parkway_native_shell(name = "rules_shell")
    if not native.existing_rule("parkway_hosts"):
        parkway_hosts(name = "parkway_hosts", default_hosts = default_hosts)
    if not native.existing_rule("parkway_installed_absl"):
        parkway_installed_absl(name = "parkway_installed_absl")
    if not native.existing_rule("parkway_installed_boost"):
        parkway_installed_boost(name = "parkway_installed_boost")
    if not native.existing_rule("parkway_installed_fuse"):
        parkway_installed_fuse(name = "parkway_installed_fuse")
    if not native.existing_rule("parkway_installed_tbb"):
        parkway_installed_tbb(name = "parkway_installed_tbb")

def parkway_dev_dependencies():
    """What only parkway's own tests need: the Relacy race detector, the hosts' tests."""
    for dep in DEV:
        if not native.existing_rule(dep):
            parkway_repository(name = dep, dep = dep)
    for name, attributes in upstream_tests().items():
        if not native.existing_rule(name):
            parkway_upstream_tests(name = name, **attributes)
