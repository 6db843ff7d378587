# SPDX-License-Identifier: Apache-2.0
"""@parkway_installed_absl: the shared Abseil of this machine, for the preload library.

Unlike @com_google_absl, which is built with the program, this is what the distribution compiled:
its headers and libabsl_*.so. It comes from, in this order,

  PARKWAY_INSTALLED_ABSL   a folder with the distribution's packages unpacked in it (bazelw)
  pkg-config               the system's own

Where there is none, or no shared one, the repository is empty and says why in
installed.bzl; what needs it is then left out of the build, see adapters/parkway/absl/preload.
"""

load(":installed_package.bzl", "find_installed", "parse_pc", "write_installed", "write_missing", find_sonames = "sonames")

_HEADERS = "headers"

_BUILD_HEAD = """\
load("@rules_cc//cc:defs.bzl", "cc_library")
load(":installed.bzl", "NATIVE")

package(default_visibility = ["//visibility:public"])

exports_files(glob(["lib/*"]))

cc_library(
    name = "headers",
    # Not ours: some need others that are not here.
    features = ["-parse_headers"],
    hdrs = glob(["include/absl/**/*.h", "include/absl/**/*.inc"]),
    includes = ["include"],
    target_compatible_with = NATIVE,
)

# The library that the preload stands in front of, and everything it came with.
filegroup(
    name = "host",
    srcs = ["lib/{host}"],
)

filegroup(
    name = "libraries",
    srcs = glob(["lib/*"]),
)
"""

_LIBRARY = """
cc_library(
    name = "{name}",
    srcs = {srcs},
    deps = {deps},
    target_compatible_with = NATIVE,
)
"""

def _none(ctx, reason):
    write_missing(
        ctx,
        "INSTALLED_ABSL",
        reason,
        inline_namespace = "",
        lts = 0,
        soname = "",
    )

def _requires(pc):
    """The modules of a Requires line: "absl_a = 1, absl_b = 1"."""
    return [
        word.strip().split(" ")[0]
        for word in pc.get("Requires", "").split(",")
        if word.strip()
    ]

def _define(text, name):
    """The value of a #define with one word, or an empty string."""
    for line in text.split("\n"):
        words = [word for word in line.split(" ") if word]
        if len(words) == 3 and words[:2] == ["#define", name]:
            return words[2]
    return ""

def _fill(ctx, found):
    """Writes the repository. Returns a reason if that can't be done."""
    modules = {
        file.basename[:-len(".pc")]: parse_pc(ctx.read(file))
        for file in found.pkgconfig.readdir()
        if file.basename.startswith("absl_") and file.basename.endswith(".pc")
    }
    main = modules["absl_synchronization"]
    include = ctx.path(found.root + main["includedir"] + "/absl")
    options = include.get_child("base").get_child("options.h")
    if not options.exists:
        return "%s is missing" % options
    libdir = found.root + main["libdir"]
    shared = {
        name: ctx.path("%s/lib%s.so" % (libdir, name))
        for name in modules
    }
    shared = {name: path for name, path in shared.items() if path.exists}
    sonames = find_sonames(ctx, shared.values())
    host = sonames.get(str(shared.get("absl_synchronization", "")), "")
    if not host:
        return "the installed Abseil (%s) has no shared libabsl_synchronization" % libdir

    ctx.symlink(include, "include/absl")
    build = _BUILD_HEAD.format(host = host)
    for name, pc in sorted(modules.items()):
        srcs = []
        if name in shared and str(shared[name]) in sonames:
            file = "lib/" + sonames[str(shared[name])]
            ctx.symlink(shared[name].realpath, file)
            srcs = [file]

        # 20260526's absl_strings requires itself.
        deps = [":" + required for required in _requires(pc) if required in modules and required != name]
        build += _LIBRARY.format(name = name, srcs = repr(srcs), deps = repr(deps + [":" + _HEADERS]))
    ctx.file("BUILD.bazel", build, executable = False)

    text = ctx.read(options)
    inline = _define(text, "ABSL_OPTION_USE_INLINE_NAMESPACE") == "1"
    lts = _define(ctx.read(include.get_child("base").get_child("config.h")), "ABSL_LTS_RELEASE_VERSION")
    write_installed(
        ctx,
        "INSTALLED_ABSL",
        available = True,
        reason = "",
        # Of the headers: absl::<inline_namespace>::Mutex; empty where there is none.
        inline_namespace = _define(text, "ABSL_OPTION_INLINE_NAMESPACE_NAME") if inline else "",
        # ABSL_LTS_RELEASE_VERSION, or 0 between releases.
        lts = int(lts or "0"),
        soname = host,
    )
    return None

def _parkway_installed_absl_impl(ctx):
    if "linux" not in ctx.os.name.lower():
        _none(ctx, "a preload library is made for Linux only")
        return
    found = find_installed(
        ctx,
        "PARKWAY_INSTALLED_ABSL",
        "absl_synchronization",
        "libabsl-dev",
    )
    reason = found if type(found) == "string" else _fill(ctx, found)
    if reason:
        _none(ctx, "no shared Abseil on this machine: " + reason)

parkway_installed_absl = repository_rule(
    implementation = _parkway_installed_absl_impl,
    doc = "The shared Abseil of this machine; empty where there is none.",
    configure = True,
    local = True,
    environ = ["PARKWAY_INSTALLED_ABSL", "PKG_CONFIG_PATH"],
)
