"""oneTBB's own suites, stock against overlaid."""

load("//tests/upstream/tbb:defs.bzl", "UNAVAILABLE")

def _programs(suite):
    return ["//tests/upstream/tbb:%s_%s_program" % (suite, locks) for locks in ["stock", "parkway"]]

def _pair(suite):
    return "--pair=$(location %s),$(location %s)" % tuple(_programs(suite))

def upstream_comparison(name, src, test, suites, tested):
    """Declares the script that compares; none for an installed oneTBB.

    Args:
      name: the script, as something to run.
      src: the script.
      test: a test of it, NAME_test.
      suites: of //tests/upstream/tbb.
      tested: those of them that the test knows.
    """
    if UNAVAILABLE:
        return
    native.sh_binary(
        name = name,
        testonly = True,
        srcs = [src],
        args = [_pair(suite) for suite in suites],
        data = [program for suite in suites for program in _programs(suite)],
        # Minutes of compiling: for those who ask for it.
        tags = [
            "manual",
            "no-sanitizer",
        ],
    )
    native.sh_test(
        name = name + "_test",
        size = "small",
        srcs = [test],
        args = ["$(location %s)" % src] + [_pair(suite) for suite in tested],
        data = [src] + [program for suite in tested for program in _programs(suite)],
        # It compiles suites with stock locks, which nothing else needs every day.
        tags = [
            "manual",
            "no-sanitizer",
        ],
    )
