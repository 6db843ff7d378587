# SPDX-License-Identifier: Apache-2.0
"""Other systems' folders of plugin/parkway/os on Linux, over stand-ins of their calls."""

load("@rules_cc//cc:defs.bzl", "cc_binary", "cc_library", "cc_test")
load("@rules_shell//shell:sh_test.bzl", "sh_test")
load("//bazel/platforms:needs.bzl", "LINUX")

# With these threads' records sleep on the system's semaphores.
_SEMAPHORES = ["PARKWAY_OS_SEMAPHORES=1"]

# A line of output for each test would be most of it.
_ARGS = ["--gtest_brief=1"]

_MUTATE = """
sed -e '%s' $< > $@
if cmp -s $< $@; then
  echo "the pattern of a mutant is not in $< any more" >&2
  exit 1
fi
"""

def layers(name, defines = []):
    """The layers up to the locks, and the suites over them, without any system.

    They name none, and so are compiled once for all: each test links them with a system of its own.

    Args:
      name: of the two libraries: NAME_core and NAME_suites.
      defines: for both.
    """
    cc_library(
        name = name + "_core",
        srcs = ["//plugin/parkway/%s:sources" % layer for layer in ["base", "profile", "wait", "lock"]],
        local_defines = defines,
        target_compatible_with = LINUX,
        deps = [
            ":headers",
            "//bazel:checks_define",
        ],
    )
    cc_library(
        name = name + "_suites",
        srcs = [
            "faults_on.cc",
            "futex_suites.cc",
            "kernel.h",
            "lock_suites.cc",
            "//tests/suites:suite_headers",
            "//tests/suites:support_headers",
            "//tests/unit/wait:worker_tests",
        ] + (["semaphore_suites.cc"] if defines else []),
        local_defines = defines,
        target_compatible_with = LINUX,
        deps = [
            ":headers",
            "//bazel:checks_define",
            "@com_google_googletest//:gtest",
        ],
        alwayslink = True,
    )

def all_layers():
    layers(name = "futex")
    layers(
        name = "semaphore",
        defines = _SEMAPHORES,
    )

def _system_library(name, system, waits):
    # plugin/parkway/os as a system has it: what waits is the system's, the rest is Linux's.
    cc_library(
        name = name,
        srcs = waits + ["%s/calls.cc" % system],
        target_compatible_with = LINUX,
        deps = [
            ":headers",
            ":kernel",
            ":linux_rest",
        ],
    )

def _suites_test(name, system, kind, args = [], env = {}, tags = []):
    # The order is the linker's.
    cc_test(
        name = name,
        size = "medium",
        args = _ARGS + args,
        env = env,
        linkstatic = True,
        tags = tags,
        deps = [
            ":%s_suites" % kind,
            ":%s_core" % kind,
            ":support",
            ":" + system,
            "@com_google_googletest//:gtest_main",
        ],
    )

def stand_in(system, waits, kinds = ["futex"], releases = {}):
    """The tests of one system: of the stand-in itself, and the suites over the system's folder.

    Args:
      system: the folder.
      waits: filegroups of //plugin/parkway/os that are linked for it.
      kinds: where threads sleep for SemaMutex and SemaNote: "futex", and "semaphore" where there are some.
      releases: other releases that the suites run over: name -> number, see tests/os/kernel.h.
    """
    _system_library(
        name = system,
        system = system,
        waits = ["//plugin/parkway/os:" + group for group in waits],
    )
    cc_test(
        name = system + "_calls_test",
        size = "small",
        srcs = [
            "calls_test.h",
            system + "/calls_test.cc",
        ],
        linkstatic = True,
        deps = [
            ":headers",
            ":kernel",
            ":support",
            ":" + system,
            "@com_google_googletest//:gtest_main",
        ],
    )
    for kind in kinds:
        _suites_test(
            name = "%s_%s_test" % (system, kind),
            system = system,
            kind = kind,
        )
    for name, number in releases.items():
        _suites_test(
            name = "%s_%s_test" % (system, name),
            system = system,
            kind = kinds[-1],
            env = {"PARKWAY_STANDIN_RELEASE": number},
        )

# buildifier: disable=unnamed-macro
def mutants(system, waits, changes):
    """Tests that pass only if the suites fail over a folder with something changed.

    Not part of `//...`, as those of tests/model: the tag is the same.

    Args:
      system: the folder.
      waits: files of plugin/parkway/os that are linked for it.
      changes: name -> (one of the files, change for sed, the suites' kind, the part of them that finds it
        (--gtest_filter)).
    """
    for name, (file, change, kind, part) in changes.items():
        mutant = "mutant_%s_%s" % (system, name)
        native.genrule(
            name = mutant + "_source",
            srcs = ["//plugin/parkway/os:" + file],
            outs = [mutant + ".cc"],
            cmd = _MUTATE % change.replace("$", "$$"),
        )
        _system_library(
            name = mutant + "_os",
            system = system,
            waits = [mutant + ".cc"] + ["//plugin/parkway/os:" + other for other in waits if other != file],
        )
        cc_binary(
            name = mutant + "_program",
            testonly = True,
            linkstatic = True,
            tags = ["manual"],
            deps = [
                ":%s_suites" % kind,
                ":%s_core" % kind,
                ":support",
                ":" + mutant + "_os",
                "@com_google_googletest//:gtest_main",
            ],
        )
        sh_test(
            name = mutant + "_test",
            size = "small",
            srcs = ["fails.sh"],
            args = [
                "$(rootpath :%s_program)" % mutant,
                "--gtest_filter=" + part,
            ],
            data = [":%s_program" % mutant],
            tags = [
                "manual",
                "mutant",
            ],
        )
