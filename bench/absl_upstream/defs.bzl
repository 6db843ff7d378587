"""Abseil's own benchmarks of absl/synchronization, stock against overlaid."""

load("//tests/upstream/absl:defs.bzl", "UNAVAILABLE", "upstream_program")

_UPSTREAM = ["blocking_counter_benchmark", "mutex_benchmark"]
_OURS = ["reader_benchmark"]

def upstream_comparison(name, src, test):
    """Declares the benchmarks and the script that compares them; none for an installed Abseil.

    Args:
      name: the script, as something to run.
      src: the script.
      test: a test of it, NAME_test.
    """
    if UNAVAILABLE:
        return
    for benchmark in _UPSTREAM + _OURS:
        upstream_program(
            name = benchmark,
            testonly = True,
            srcs = [benchmark + ".cc"] if benchmark in _UPSTREAM else [],
            own_srcs = [benchmark + ".cc"] if benchmark in _OURS else [],
            common_deps = [
                "//tests/upstream/absl:thread_pool",
                "@com_github_google_benchmark//:benchmark_main",
            ],
            deps_since = {20240722: ["//absl/base:no_destructor"]},
            rule = native.cc_binary,
            deps = [
                "//absl/base",
                "//absl/base:config",
                "//absl/functional:any_invocable",
            ],
        )
    binaries = [":%s_%s" % (b, locks) for b in _UPSTREAM + _OURS for locks in ["stock", "parkway"]]
    arguments = ["--pair=$(location :%s_stock),$(location :%s_parkway)" % (b, b) for b in _UPSTREAM + _OURS]
    native.sh_binary(
        name = name,
        testonly = True,
        srcs = [src],
        args = arguments,
        data = binaries,
    )
    native.sh_test(
        name = name + "_test",
        size = "small",
        srcs = [test],
        args = ["$(location :%s)" % name] + arguments,
        data = binaries + [":" + name],
    )
