# SPDX-License-Identifier: Apache-2.0
"""Finished programs, stock against preloaded."""

load("@rules_shell//shell:sh_binary.bzl", "sh_binary")
load("//adapters/parkway/absl/preload:defs.bzl", "UNAVAILABLE", "installed_absl_test")

def preload_comparison(name, src, library):
    """Declares a script that compares programs, or figures that they print, with a preload library.

    Args:
      name: of the script, as something to run.
      src: the script.
      library: what it preloads.
    """
    sh_binary(
        name = name,
        testonly = True,
        srcs = [src],
        args = ["--library=$(rootpath %s)" % library],
        data = [library],
        tags = ["no-sanitizer"],
    )

def absl_comparison(name, library, **kwargs):
    """The same for Abseil; nothing where no shared Abseil is installed.

    Args:
      name: as above.
      library: as above.
      **kwargs: for preload_comparison.
    """
    if not UNAVAILABLE:
        preload_comparison(name = name, library = library, **kwargs)

def finished_programs(name, absl, tbb):
    """Declares programs.py, which does without Abseil's library where no shared Abseil is installed.

    Args:
      name: of the script, as something to run.
      absl: what programs on Abseil preload.
      tbb: what those on oneTBB do.
    """
    libraries = [tbb] + ([] if UNAVAILABLE else [absl])
    sh_binary(
        name = name,
        testonly = True,
        srcs = ["programs.py"],
        args = ["--tbb=$(rootpath %s)" % tbb] + ([] if UNAVAILABLE else ["--absl=$(rootpath %s)" % absl]),
        data = libraries + [
            "compare.py",
            "program_inputs.py",
        ],
        tags = ["no-sanitizer"],
    )

def absl_comparison_test(name, src, comparison, library, program):
    """A test of an absl_comparison().

    Args:
      name: of the test.
      src: its script.
      comparison: what is tested.
      library: what that preloads.
      program: something for it to run.
    """
    data = [comparison, library, program, "//tests/suites:expect.sh"]
    installed_absl_test(
        name = name,
        size = "small",
        srcs = [src],
        args = ["$(rootpath %s)" % comparison, "--library=$(rootpath %s)" % library, "$(rootpath %s)" % program],
        data = data,
        tags = ["no-sanitizer"],
    )
