# SPDX-License-Identifier: Apache-2.0
"""@parkway_installed_boost: this machine's Boost.Context and Boost.Fiber, for tests and benchmarks.

They come from, in this order,

  PARKWAY_INSTALLED_BOOST   a folder with the distribution's packages unpacked in it (bazelw)
  /usr                      the system's own

Where there are none, the repository is empty and says why in installed.bzl. parkway itself needs
nothing of Boost.
"""

load(":installed_package.bzl", "library_folder", "write_installed", "write_missing")

# What <boost/fiber/all.hpp>, <boost/coroutine2/all.hpp> and Boost.Context's stack allocators
# include, of 1.74 and of 1.92. All of Boost is 15,000 files, each a link in every sandbox.
_FOLDERS = [
    "config",
    "context",
    "core",
    "coroutine2",
    "detail",
    "fiber",
    "integer",
    "intrusive",
    "move",
    "pool",
    "predef",
    "smart_ptr",
    "type_traits",
]

# Each after those it needs.
_LIBRARIES = ["libboost_fiber.a", "libboost_context.a"]

_BUILD = """\
load("@rules_cc//cc:defs.bzl", "cc_library")
load(":installed.bzl", "NATIVE")

package(default_visibility = ["//visibility:public"])

cc_library(
    name = "boost",
    srcs = ["lib/libboost_fiber.a"],
    # Not ours: some need others that are not here.
    features = ["-parse_headers"],
    hdrs = glob(["include/boost/**"]),
    includes = ["include"],
    linkopts = ["-pthread"],
    deps = [":context"],
    target_compatible_with = NATIVE,
)

cc_library(
    name = "context",
    srcs = ["lib/libboost_context.a"],
    target_compatible_with = NATIVE,
)
"""

def _version(text):
    for line in text.split("\n"):
        words = [word for word in line.split(" ") if word]
        if words[:2] == ["#define", "BOOST_LIB_VERSION"] and len(words) == 3:
            return words[2].strip("\"")
    return ""

def _fill(ctx, root):
    """Writes the repository. Returns a reason if that can't be done."""
    include = ctx.path(root + "/usr/include/boost")
    libraries = library_folder(ctx, root, _LIBRARIES)
    version = include.get_child("version.hpp")
    fiber = include.get_child("fiber").get_child("all.hpp")
    if not version.exists or not fiber.exists or not libraries:
        return "Boost.Fiber is not there (Debian: libboost-fiber-dev)"
    for name in _FOLDERS:
        if not include.get_child(name).exists:
            return "%s is missing" % include.get_child(name)
        ctx.symlink(include.get_child(name), "include/boost/" + name)
    for file in include.readdir():
        if file.basename.endswith(".hpp") or file.basename.endswith(".h"):
            ctx.symlink(file, "include/boost/" + file.basename)
    for name in _LIBRARIES:
        ctx.symlink(libraries.get_child(name), "lib/" + name)
    ctx.file("BUILD.bazel", _BUILD, executable = False)
    write_installed(
        ctx,
        "INSTALLED_BOOST",
        available = True,
        reason = "",
        version = _version(ctx.read(version)),  # 1_74
    )
    return None

def _parkway_installed_boost_impl(ctx):
    if "linux" in ctx.os.name.lower():
        reason = _fill(ctx, ctx.os.environ.get("PARKWAY_INSTALLED_BOOST", ""))
    else:
        reason = "it is looked for on Linux only"
    if reason:
        write_missing(
            ctx,
            "INSTALLED_BOOST",
            "no Boost on this machine: " + reason,
            version = "",
        )

parkway_installed_boost = repository_rule(
    implementation = _parkway_installed_boost_impl,
    doc = "This machine's Boost.Context and Boost.Fiber; empty where there are none.",
    configure = True,
    local = True,
    environ = ["PARKWAY_INSTALLED_BOOST"],
)
