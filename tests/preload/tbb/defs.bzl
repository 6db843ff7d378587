# SPDX-License-Identifier: Apache-2.0
"""Programs on a shared oneTBB: the one that is installed, and one that is built from @oneTBB."""

load("@parkway_hosts//:hosts.bzl", "SYSTEM")
load("@parkway_installed_tbb//:installed.bzl", "INSTALLED_TBB")
load("@rules_cc//cc:defs.bzl", "cc_binary")
load("//bazel:native_sh_test.bzl", "sh_test")
load("//bazel:skipped.bzl", "skipped_test")

# Suffix -> why there is no such host here, or an empty string.
UNAVAILABLE = {
    "installed": INSTALLED_TBB.reason,
    "built": "an installed oneTBB has no sources" if SYSTEM else "",
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

def python_test(name, preload):
    """Python with plug-ins as its packages bring them.

    Two are bound to an oneTBB each, under a SONAME that a packager has made; one has oneTBB within it.

    Args:
      name: of the test; NAME.sh gets the library, these files, and has plugins.py beside it.
      preload: the preload library.
    """
    if UNAVAILABLE["built"]:
        skipped_test(name = name, reason = UNAVAILABLE["built"])
        return
    wheels = {"first": "libtbb-1a2b3c4d.so.12.8", "second": "libtbb-5e6f7a8b.so.12.9"}
    for plugin, soname in wheels.items():
        cc_binary(
            name = soname,
            testonly = True,
            linkopts = ["-Wl,-soname," + soname],
            linkshared = True,
            tags = ["no-sanitizer"],
            deps = [":whole_tbb"],
        )
        cc_binary(
            name = "libplugin_%s.so" % plugin,
            testonly = True,
            srcs = ["plugin.cc", ":" + soname],
            linkopts = ["-pthread"],
            linkshared = True,
            tags = ["no-sanitizer"],
            deps = [":tbb_headers"],
        )
    cc_binary(
        name = "libplugin_within.so",
        testonly = True,
        srcs = ["plugin.cc"],
        linkopts = ["-pthread"],
        linkshared = True,
        tags = ["no-sanitizer"],
        deps = [":tbb_headers", ":whole_tbb"],
    )
    files = [preload] + [":" + soname for soname in wheels.values()] + [
        ":libplugin_%s.so" % plugin
        for plugin in ["first", "second", "within"]
    ]
    sh_test(
        name = name,
        size = "medium",
        srcs = [name + ".sh"],
        args = ["$(rootpath %s)" % file for file in files],
        data = files + ["plugins.py", "//tests/suites:expect.sh"],
        tags = ["no-sanitizer"],
    )
