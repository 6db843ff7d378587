# SPDX-License-Identifier: Apache-2.0
"""Programs of the A/B comparison."""

load("@rules_cc//cc:defs.bzl", "cc_binary")
load("//bazel:native_sh_test.bzl", "sh_test")
load("//tests/upstream/absl:defs.bzl", "UNAVAILABLE")

def ab_program(name, host, srcs, deps):
    """Builds one source with either kind of locks.

    Args:
      name: NAME follows --//bazel:locks; NAME_stock and NAME_parkway do not. NAME_overlay uses the
        host's types, which an overlaid host turns into parkway's.
      host: tbb or absl, the adapter whose switch the program uses.
      srcs: the sources.
      deps: everything but the locks.
    """
    for suffix in ["", "_stock", "_parkway"]:
        cc_binary(
            name = name + suffix,
            srcs = srcs,
            deps = deps + ["//adapters/parkway/%s:switched%s" % (host, suffix)],
        )

    if host == "absl" and not UNAVAILABLE:
        cc_binary(
            name = name + "_overlay",
            srcs = srcs,
            deps = [
                dep.replace("@com_google_absl//", "@com_google_absl_overlay//")
                for dep in deps
            ] + ["//adapters/parkway/absl:switched_overlay"],
        )

def overlay_test(name, program, src):
    """A program of a host of Abseil's does the same work overlaid; none where there is no overlay.

    Args:
      name: of the test.
      program: the ab_program(), a label.
      src: the script.
    """
    if UNAVAILABLE:
        return
    programs = [program + "_stock", program + "_overlay"]
    sh_test(
        name = name,
        size = "small",
        srcs = [src],
        args = ["$(location %s)" % label for label in programs] + select({
            "//bazel:locks_stock": ["stock"],
            "//conditions:default": ["overlay"],
        }),
        data = programs + ["//bench/programs:sources"],
    )
