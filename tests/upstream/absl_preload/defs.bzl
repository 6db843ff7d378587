"""Upstream's own tests against the installed Abseil, under a preload library."""

load("@parkway_installed_absl//:installed.bzl", "INSTALLED_ABSL")
load("//adapters/absl/preload:defs.bzl", "UNAVAILABLE", "installed_absl_test")

def upstream_test(name, runs, deps, size, srcs = None, gtest = True, shard_count = None):
    """One of upstream's tests, unmodified, compiled against the installed headers and libraries.

    Args:
      name: of the test, and of its source file.
      runs: suffix -> (preload library or None, environment): NAME_SUFFIX.
      deps: pkg-config's names of what it uses besides absl_synchronization.
      size: of each run.
      srcs: its source files if not NAME.cc.
      gtest: False for one with a main of its own.
      shard_count: of each run.
    """
    if not UNAVAILABLE:
        sources = "@absl_tests_%d//absl/synchronization:" % INSTALLED_ABSL.lts
        native.cc_binary(
            name = name,
            testonly = True,
            srcs = [sources + src for src in srcs or [name + ".cc"]],
            tags = ["no-sanitizer"],
            deps = ["@parkway_installed_absl//:" + dep for dep in ["absl_synchronization"] + deps] +
                   (["@com_google_googletest//:gtest_main"] if gtest else []),
        )
    for suffix, (preload, env) in runs.items():
        installed_absl_test(
            name = "%s_%s" % (name, suffix),
            size = size,
            srcs = ["preloaded.sh"],
            args = ["$(rootpath %s)" % preload if preload else "none", "$(rootpath :%s)" % name],
            data = [":" + name] + ([preload] if preload else []),
            env = env,
            shard_count = shard_count,
            tags = ["no-sanitizer"],
        )
