# SPDX-License-Identifier: Apache-2.0
"""Fuzz targets, with libFuzzer and without."""

load("@rules_cc//cc:defs.bzl", "cc_binary", "cc_library", "cc_test")

def fuzz_target(name, deps):
    """NAME_fuzz.cc defines LLVMFuzzerTestOneInput(). Its corpus is corpus/NAME.

    NAME_fuzz_test runs the corpus and random inputs for some seconds, with any compiler. NAME_fuzz is
    the libFuzzer program: with --config=fuzz only.

    Args:
      name: of the target.
      deps: of its source.
    """
    cc_library(
        name = name + "_target",
        testonly = True,
        srcs = [name + "_fuzz.cc"],
        # The crew looks into /proc.
        target_compatible_with = ["@platforms//os:linux"],
        deps = deps,
        # Nothing refers to the one function but what libFuzzer brings.
        alwayslink = True,
    )
    cc_test(
        name = name + "_fuzz_test",
        size = "medium",
        srcs = ["driver_test.cc"],
        args = ["tests/fuzz/corpus/" + name],
        target_compatible_with = ["@platforms//os:linux"],
        data = native.glob(["corpus/%s/**" % name]),
        deps = [
            ":crew",
            ":" + name + "_target",
            "//plugin",
            "//tests/suites:support",
            "@com_google_googletest//:gtest",
        ],
    )
    cc_binary(
        name = name + "_fuzz",
        testonly = True,
        linkopts = ["-fsanitize=fuzzer"],
        tags = ["manual"],
        deps = [":" + name + "_target"],
    )
