"""A program of the A/B comparison."""

load("//bazel:copts.bzl", "PARKWAY_COPTS")
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
        native.cc_binary(
            name = name + suffix,
            srcs = srcs,
            copts = PARKWAY_COPTS,
            deps = deps + ["//adapters/%s:switched%s" % (host, suffix)],
        )

    if host == "absl" and not UNAVAILABLE:
        native.cc_binary(
            name = name + "_overlay",
            srcs = srcs,
            copts = PARKWAY_COPTS,
            deps = [
                dep.replace("@com_google_absl//", "@com_google_absl_overlay//")
                for dep in deps
            ] + ["//adapters/absl:switched_overlay"],
        )
        native.sh_test(
            name = name + "_overlay_test",
            size = "small",
            srcs = ["overlay_test.sh"],
            args = [
                "$(location :%s_stock)" % name,
                "$(location :%s_overlay)" % name,
            ] + select({
                "//bazel:locks_stock": ["stock"],
                "//conditions:default": ["overlay"],
            }),
            data = [
                ":%s_overlay" % name,
                ":%s_stock" % name,
            ] + srcs,
        )
