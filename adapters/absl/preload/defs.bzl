"""The preload library for the shared Abseil of this machine, where there is one."""

load("@parkway_installed_absl//:installed.bzl", "INSTALLED_ABSL")
load("//bazel:skipped.bzl", "skipped_test")
load(":preload.bzl", "preload_library")

# The releases of which we have the sources, for tests: those of versions.bzl.
KNOWN_LTS = [20220623, 20240722]

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
    """A cc_library compiled with the headers of the installed Abseil, where there is one.

    Args:
      name: of the library.
      deps: besides Abseil.
      **kwargs: for cc_library.
    """
    if INSTALLED_ABSL.available:
        native.cc_library(
            name = name,
            deps = deps + ["@parkway_installed_absl//:headers"],
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
    if INSTALLED_ABSL.available:
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
            reason = INSTALLED_ABSL.reason,
            tags = ["manual"],
            visibility = kwargs.get("visibility"),
        )

def installed_absl_test(name, rule = native.sh_test, lts = None, tags = [], **kwargs):
    """A test that needs the installed Abseil; without it, one that is skipped and says why.

    Args:
      name: of the test.
      rule: sh_test or cc_test.
      lts: the releases of Abseil that it knows, if not all.
      tags: of the test.
      **kwargs: for the rule.
    """
    reason = INSTALLED_ABSL.reason
    if not reason and lts != None and INSTALLED_ABSL.lts not in lts:
        reason = "the installed Abseil is %d, this test is for %s" % (
            INSTALLED_ABSL.lts,
            " and ".join([str(release) for release in lts]),
        )
    if reason:
        skipped_test(name = name, reason = reason, tags = tags)
    else:
        rule(name = name, tags = tags, **kwargs)
