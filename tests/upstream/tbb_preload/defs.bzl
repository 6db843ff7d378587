# SPDX-License-Identifier: Apache-2.0
"""oneTBB's own tests against a shared oneTBB, under the preload library."""

load("@parkway_hosts//:hosts.bzl", "SYSTEM")
load("@parkway_installed_tbb//:installed.bzl", "INSTALLED_TBB")
load("@rules_cc//cc:defs.bzl", "cc_binary")
load("//bazel:native_sh_test.bzl", "sh_test")
load("//bazel:skipped.bzl", "skipped_test")
load("//bazel:versions.bzl", "HOSTS")
load("//tests/upstream/tbb:defs.bzl", "is_gone")

_VERSION = INSTALLED_TBB.version.rpartition(".")[0]

_KNOWN = sorted({entry["oneTBB"]["version"].rpartition(".")[0]: None for entry in HOSTS.values()})

# Why these tests can't run here, or an empty string.
UNAVAILABLE = INSTALLED_TBB.reason or ("" if _VERSION in _KNOWN else (
    "the installed oneTBB is %s; its tests are known of %s" % (_VERSION, " and ".join(_KNOWN))
))

def _program(name, folder, tests, srcs, deps):
    cc_binary(
        name = name + "_program",
        testonly = True,
        srcs = ["%stest/%s/%s.cpp" % (tests, folder, name.replace("_built", ""))] + srcs,
        # Upstream's own option; compiling is most of the time of these tests.
        copts = ["-w", "-O1"],
        tags = ["manual", "no-sanitizer"] if srcs else ["no-sanitizer"],
        deps = deps + [tests + "headers"],
    )

def _test(name, preload, tags, **kwargs):
    sh_test(
        name = name,
        srcs = ["preloaded.sh"],
        args = [
            "$(rootpath %s)" % preload,
            "$(rootpath //tests/upstream/tbb:doctest.sh)",
            "$(rootpath :%s_program)" % name,
        ],
        data = [
            ":%s_program" % name,
            preload,
            "//tests/upstream/tbb:doctest.sh",
        ],
        tags = tags + ["no-sanitizer"],
        **kwargs
    )

def preloaded_test(name, folder, preload, **kwargs):
    """One of upstream's suites, under the preload library.

    NAME is compiled against the installed headers and library, NAME_built, which is manual, against
    @oneTBB as a shared library, in whatever version that is.

    Args:
      name: of the suite: test/FOLDER/NAME.cpp.
      folder: tbb or conformance.
      preload: the library.
      **kwargs: for sh_test.
    """
    if UNAVAILABLE:
        skipped_test(name = name, reason = UNAVAILABLE)
    else:
        tests = "@tbb_tests_%s//:" % INSTALLED_TBB.version.split(".")[0]
        _program(name, folder, tests, [], ["@parkway_installed_tbb//:tbb"])
        _test(name, preload, [], **kwargs)
    if not SYSTEM and not is_gone(name):
        library = "//tests/preload/tbb:libtbb.so.12"
        _program(name + "_built", folder, "@tbb_tests//:", [library], ["//tests/preload/tbb:tbb_headers"])
        _test(name + "_built", preload, ["manual"], **kwargs)
