"""Finished programs, stock against preloaded."""

load("//adapters/absl/preload:defs.bzl", "UNAVAILABLE", "installed_absl_test")
load("//tests/tbb_preload:defs.bzl", "on_hosts_programs")

def preload_comparison(name, src, test, library, program):
    """Declares a script that compares; nothing where no Abseil is installed.

    Args:
      name: of the script, as something to run.
      src: the script.
      test: a test of it, NAME_test.
      library: what it preloads.
      program: something for the test to run.
    """
    if UNAVAILABLE:
        return
    arguments = ["--library=$(rootpath %s)" % library]
    native.sh_binary(
        name = name,
        testonly = True,
        srcs = [src],
        args = arguments,
        data = [library],
        tags = ["no-sanitizer"],
    )
    installed_absl_test(
        name = name + "_test",
        size = "small",
        srcs = [test],
        args = ["$(rootpath :%s)" % name] + arguments + ["$(rootpath %s)" % program],
        data = [":" + name, library, program],
        tags = ["no-sanitizer"],
    )

def tbb_comparison(name, src, library):
    """Declares a script that compares any program on a shared oneTBB.

    Args:
      name: of the script.
      src: the script.
      library: what it preloads.
    """
    native.sh_binary(
        name = name,
        testonly = True,
        srcs = [src],
        args = ["--library=$(rootpath %s)" % library],
        data = [library],
        tags = ["no-sanitizer"],
    )

def tbb_metrics(name, src, test, library, programs):
    """Declares a script that compares figures that programs print.

    Args:
      name: of the script.
      src: the script.
      test: a test of it: NAME_test_HOST.
      library: what it preloads.
      programs: host_program()s for the test to run.
    """
    tbb_comparison(name, src, library)
    on_hosts_programs(
        name = name + "_test",
        size = "small",
        srcs = [test],
        args = ["$(rootpath :%s)" % name, "--library=$(rootpath %s)" % library],
        data = [":" + name, library],
        programs = programs,
    )
