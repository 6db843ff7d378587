# SPDX-License-Identifier: Apache-2.0
"""oneTBB's own suites, built with oneTBB as it is and overlaid."""

load("@parkway_hosts//:hosts.bzl", "SYSTEM", "VERSIONS")
load("@rules_cc//cc:defs.bzl", "cc_binary")
load("//bazel:native_sh_test.bzl", "sh_test")
load("//bazel:skipped.bzl", "skipped_test")

_TESTS = ("@tbb_tests_%s//:" % VERSIONS["oneTBB"].split(".")[0]) if SYSTEM else "@tbb_tests//:"

_REPOSITORIES = {
    "parkway": "@oneTBB_overlay",
    "stock": "@oneTBB",
}

# Why there is no overlay here, or an empty string.
UNAVAILABLE = "an installed oneTBB has no sources to overlay" if SYSTEM else ""

def oneapi_headers(name):
    """oneTBB's headers, as they are, without its library.

    Args:
      name: of the library.
    """
    native.alias(
        name = name,
        actual = _TESTS + "oneapi",
        visibility = ["//tests/unit/tbb:__pkg__"],
    )

# Suites that upstream has taken away -> the first version without them.
_GONE = {"test_adaptive_mutex": [2023, 2]}

def is_gone(suite):
    """Whether the selected oneTBB does not have this suite any more.

    Args:
      suite: its name.

    Returns:
      a bool.
    """
    version = [int(number) for number in VERSIONS["oneTBB"].split(".")[:2]]
    return suite in _GONE and version >= _GONE[suite]

def upstream_test(name, folder, tags = [], **kwargs):
    """Declares NAME_stock and NAME_parkway, from upstream's own source.

    Args:
      name: the suite: test/FOLDER/NAME.cpp.
      folder: tbb or conformance.
      tags: as everywhere.
      **kwargs: for sh_test.
    """
    for locks, repository in _REPOSITORIES.items():
        test = "%s_%s" % (name, locks)
        gone = "oneTBB %s does not have it" % VERSIONS["oneTBB"] if is_gone(name) else ""
        if UNAVAILABLE or gone:
            skipped_test(name = test, reason = UNAVAILABLE or gone)
            continue

        # Known to pass; //bench/upstream/tbb compares with them. What a sanitizer finds in stock is
        # not ours to mend.
        more_tags = ["manual", "no-sanitizer"] if locks == "stock" else []
        cc_binary(
            name = test + "_program",
            testonly = True,
            visibility = ["//bench/upstream/tbb:__pkg__"],
            srcs = ["%stest/%s/%s.cpp" % (_TESTS, folder, name)],
            # Upstream's own option; compiling is most of the time of these tests.
            copts = [
                "-w",
                "-O1",
            ],
            # oneTBB is compiled one time less.
            linkstatic = True,
            tags = tags + more_tags,
            deps = [repository + "//:tbb", _TESTS + "headers"],
        )
        sh_test(
            name = test,
            srcs = ["doctest.sh"],
            args = ["$(location :%s_program)" % test],
            data = [":%s_program" % test],
            tags = tags + more_tags,
            **kwargs
        )
