# SPDX-License-Identifier: Apache-2.0
"""Programs on a shared oneTBB: the one that is installed, and one that is built from @oneTBB."""

load("@parkway_hosts//:hosts.bzl", "HOSTS")
load("@parkway_installed_tbb//:installed.bzl", "INSTALLED_TBB")
load("@rules_cc//cc:defs.bzl", "cc_binary")
load("@rules_shell//shell:sh_test.bzl", "sh_test")
load("//bazel:skipped.bzl", "skipped_test")

# Suffix -> why there is no such host here, or an empty string.
UNAVAILABLE = {
    "installed": INSTALLED_TBB.reason,
    "built": "an installed oneTBB has no sources" if HOSTS == "system" else "",
}

LIBRARY = {
    "installed": "@parkway_installed_tbb//:host",
    "built": "//tests/preload/tbb:libtbb.so.12",
}

def host_program(name, srcs, deps = [], **kwargs):
    """A program linked to each of the shared libraries: NAME_installed and NAME_built.

    Args:
      name: of the program.
      srcs: its sources.
      deps: besides oneTBB.
      **kwargs: for cc_binary.
    """
    if not UNAVAILABLE["installed"]:
        cc_binary(
            name = name + "_installed",
            testonly = True,
            srcs = srcs,
            tags = ["no-sanitizer"],
            deps = deps + ["@parkway_installed_tbb//:tbb"],
            **kwargs
        )
    if not UNAVAILABLE["built"]:
        cc_binary(
            name = name + "_built",
            testonly = True,
            srcs = srcs + ["//tests/preload/tbb:libtbb.so.12"],
            tags = ["no-sanitizer"],
            deps = deps + ["//tests/preload/tbb:tbb_headers"],
            **kwargs
        )

def _label(program):
    return program if program.startswith("//") else ":" + program

def any_host(program):
    """The host_program() `program` on one of the hosts, the built one if there is a choice.

    Args:
      program: its label, without the suffix.

    Returns:
      a list with its label; an empty one where there is no host.
    """
    for host in ["built", "installed"]:
        if not UNAVAILABLE[host]:
            return ["%s_%s" % (program, host)]
    return []

def on_hosts(name, srcs, preload, program = None, data = [], args = [], **kwargs):
    """A script for each of the shared libraries: NAME_installed and NAME_built.

    Args:
      name: of the test.
      srcs: the script; its arguments are the preload library, the program, and args.
      preload: the preload library.
      program: a host_program(), or None for the shared library itself.
      data: what else it needs.
      args: further arguments.
      **kwargs: for sh_test.
    """
    for host, reason in UNAVAILABLE.items():
        test = "%s_%s" % (name, host)
        if reason:
            skipped_test(name = test, reason = reason)
            continue
        what = "%s_%s" % (_label(program), host) if program else LIBRARY[host]
        sh_test(
            name = test,
            srcs = srcs,
            args = ["$(rootpath %s)" % preload, "$(rootpath %s)" % what] + args,
            data = [preload, what, "//tests/suites:expect.sh"] + data,
            tags = ["no-sanitizer"],
            **kwargs
        )

def on_hosts_programs(name, srcs, args, data, programs, **kwargs):
    """A script that gets host_program()s as its last arguments: NAME_installed and NAME_built.

    Args:
      name: of the test.
      srcs: the script.
      args: its first arguments.
      data: what it needs besides the programs.
      programs: the programs.
      **kwargs: for sh_test.
    """
    for host, reason in UNAVAILABLE.items():
        test = "%s_%s" % (name, host)
        if reason:
            skipped_test(name = test, reason = reason)
            continue
        labels = ["%s_%s" % (_label(program), host) for program in programs]
        sh_test(
            name = test,
            srcs = srcs,
            args = args + ["$(rootpath %s)" % label for label in labels],
            data = data + labels + ["//tests/suites:expect.sh"],
            tags = ["no-sanitizer"],
            **kwargs
        )
