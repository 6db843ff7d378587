# SPDX-License-Identifier: Apache-2.0
"""The preload library for the shared Abseil of this machine, where there is one."""

load("@parkway_installed_absl//:installed.bzl", "INSTALLED_ABSL")
load("//bazel:library.bzl", "parkway_library")
load("//bazel:native_sh_test.bzl", "sh_test")
load("//bazel:skipped.bzl", "skipped_test")
load(":preload.bzl", "preload_library")

# The releases whose members are in the folder locks, and of whose sources we have a copy for tests
# (versions.bzl): files and options.
_MEMBERS = {
    20220623: (["capitals", "until_20220623"], []),
    20240722: (["capitals", "since_20240722"], ["-UNDEBUG"]),
    20260526: (["lower_case", "since_20240722"], ["-UNDEBUG"]),
}

KNOWN_LTS = sorted(_MEMBERS)

_UNKNOWN = "" if not INSTALLED_ABSL.available or INSTALLED_ABSL.lts in KNOWN_LTS else (
    "the installed Abseil is release %d; there is a preload library for %s" % (
        INSTALLED_ABSL.lts,
        ", ".join([str(lts) for lts in KNOWN_LTS]),
    )
)

# Why there is no preload library here, or an empty string.
UNAVAILABLE = INSTALLED_ABSL.reason or _UNKNOWN

def _unavailable_impl(ctx):
    ctx.actions.run_shell(
        outputs = [ctx.outputs.out],
        command = "echo \"%s: $1\" >&2; exit 1" % ctx.label,
        arguments = [ctx.attr.reason],
    )

_unavailable = rule(
    implementation = _unavailable_impl,
    doc = "A file that can't be built here: building it prints why.",
    attrs = {
        "out": attr.output(mandatory = True),
        "reason": attr.string(mandatory = True),
    },
)

def for_installed_absl(name, deps, **kwargs):
    """A library compiled with the headers of the installed Abseil, where there is one.

    Args:
      name: of the library.
      deps: besides Abseil.
      **kwargs: for cc_library.
    """
    if not UNAVAILABLE:
        parkway_library(
            name = name,
            deps = deps + ["@parkway_installed_absl//:headers"],
            **kwargs
        )

def installed_absl_members(name, srcs, hdrs, copts, deps, **kwargs):
    """What the installed headers declare and do not define, over our types.

    Args:
      name: of the library.
      srcs: what all releases have in common.
      hdrs: its headers.
      copts: for all.
      deps: besides Abseil.
      **kwargs: for cc_library.
    """
    if UNAVAILABLE:
        return
    files, options = _MEMBERS[INSTALLED_ABSL.lts]
    for_installed_absl(
        name = name + "_of_release",
        srcs = ["locks/%s.cc" % file for file in files],
        hdrs = hdrs,
        copts = copts + options,
        deps = deps,
        **kwargs
    )
    for_installed_absl(
        name = name,
        srcs = srcs,
        copts = copts,
        deps = deps + [":%s_of_release" % name],
        **kwargs
    )

def absl_preload_library(name, locks, semaphore, **kwargs):
    """A preload library for the installed Abseil, see preload_library().

    Args:
      name: of the library, with .so.
      locks: what PARKWAY=on uses.
      semaphore: what PARKWAY_ABSL=sem uses.
      **kwargs: for preload_library.
    """
    if not UNAVAILABLE:
        preload_library(
            name = name,
            host = "@parkway_installed_absl//:host",
            host_libraries = ["@parkway_installed_absl//:libraries"],
            inline_namespace = INSTALLED_ABSL.inline_namespace,
            locks = locks,
            semaphore = semaphore,
            **kwargs
        )
    else:
        # Outside of //..., which shall build everywhere.
        _unavailable(
            name = name + "_unavailable",
            out = name,
            reason = UNAVAILABLE,
            tags = ["manual"],
            visibility = kwargs.get("visibility"),
        )

def installed_absl_test(name, rule = sh_test, tags = [], **kwargs):
    """A test that needs a preload library; without it, one that is skipped and says why.

    Args:
      name: of the test.
      rule: sh_test or cc_test.
      tags: of the test.
      **kwargs: for the rule.
    """
    if UNAVAILABLE:
        skipped_test(name = name, reason = UNAVAILABLE, tags = tags)
    else:
        rule(name = name, tags = tags, **kwargs)
