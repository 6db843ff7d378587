"""Finished programs, stock against preloaded."""

load("//adapters/absl/preload:defs.bzl", "UNAVAILABLE", "installed_absl_test")

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
