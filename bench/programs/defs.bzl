"""A program of the A/B comparison."""

load("//bazel:copts.bzl", "PARKWAY_COPTS")

def ab_program(name, host, srcs, deps):
    """Builds one source with either kind of locks.

    Args:
      name: NAME follows --//bazel:locks; NAME_stock and NAME_parkway do not.
      host: tbb or absl, the adapter whose switch the program uses.
      srcs: the sources.
      deps: everything but the locks.
    """
    for suffix in ["", "_stock", "_parkway"]:
        native.cc_binary(
            name = name + suffix,
            srcs = srcs,
            copts = PARKWAY_COPTS,
            deps = deps + ["//adapters/%s:switched%s" % (host, suffix)],
        )
