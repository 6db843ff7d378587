# SPDX-License-Identifier: Apache-2.0
"""@parkway_installed_tbb: the shared oneTBB of this machine, for tests of the preload library.

Unlike @oneTBB, which is built with the program, this is what the distribution compiled: its headers
and libtbb.so. It comes from, in this order,

  PARKWAY_INSTALLED_TBB   a folder with the distribution's packages unpacked in it (bazelw)
  pkg-config              the system's own

Where there is none, the repository is empty and says why in installed.bzl. The preload library
itself does not need it.
"""

load(":installed_package.bzl", "find_installed", "parse_pc", "sonames", "write_installed", "write_missing")

_BUILD = """\
load("@rules_cc//cc:defs.bzl", "cc_library")
load(":installed.bzl", "NATIVE")

package(default_visibility = ["//visibility:public"])

cc_library(
    name = "tbb",
    srcs = ["lib/{soname}"],
    # Not ours: some need others that are not here.
    features = ["-parse_headers"],
    hdrs = glob(["include/**/*"]),
    includes = ["include"],
    linkopts = ["-pthread"],
    target_compatible_with = NATIVE,
)

filegroup(
    name = "host",
    srcs = ["lib/{soname}"],
)
"""

def _none(ctx, reason):
    write_missing(ctx, "INSTALLED_TBB", reason, version = "", soname = "")

def _fill(ctx, found):
    """Writes the repository. Returns a reason if that can't be done."""
    pc = parse_pc(ctx.read(found.pkgconfig.get_child("tbb.pc")))
    include = ctx.path(found.root + pc["includedir"])
    library = ctx.path(found.root + pc["libdir"] + "/libtbb.so")
    if not library.exists:
        return "%s is missing" % library
    soname = sonames(ctx, [library]).get(str(library), "")
    if not soname:
        return "%s is no shared library" % library
    for folder in ["oneapi", "tbb"]:
        if not include.get_child(folder).exists:
            return "%s is missing" % include.get_child(folder)
        ctx.symlink(include.get_child(folder), "include/" + folder)
    ctx.symlink(library.realpath, "lib/" + soname)
    ctx.file("BUILD.bazel", _BUILD.format(soname = soname), executable = False)
    write_installed(
        ctx,
        "INSTALLED_TBB",
        available = True,
        reason = "",
        version = pc["Version"],  # 2021.8.0
        soname = soname,
    )
    return None

def _parkway_installed_tbb_impl(ctx):
    if "linux" not in ctx.os.name.lower():
        _none(ctx, "a preload library is made for Linux only")
        return
    found = find_installed(ctx, "PARKWAY_INSTALLED_TBB", "tbb", "libtbb-dev")
    reason = found if type(found) == "string" else _fill(ctx, found)
    if reason:
        _none(ctx, "no shared oneTBB on this machine: " + reason)

parkway_installed_tbb = repository_rule(
    implementation = _parkway_installed_tbb_impl,
    doc = "The shared oneTBB of this machine; empty where there is none.",
    configure = True,
    local = True,
    environ = ["PARKWAY_INSTALLED_TBB", "PKG_CONFIG_PATH"],
)
