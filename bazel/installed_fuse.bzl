# SPDX-License-Identifier: Apache-2.0
"""@parkway_installed_fuse: this machine's libfuse 3, for benchmarks of slow files.

It comes from, in this order,

  PARKWAY_INSTALLED_FUSE   a folder with the distribution's package unpacked in it (bazelw)
  /usr                     the system's own

Where there is none, the repository is empty and says why in installed.bzl. parkway itself needs
nothing of libfuse.
"""

load(":installed_package.bzl", "library_folder", "write_installed", "write_missing")

_BUILD = """\
load("@rules_cc//cc:defs.bzl", "cc_library")
load(":installed.bzl", "NATIVE")

package(default_visibility = ["//visibility:public"])

cc_library(
    name = "fuse",
    srcs = ["lib/libfuse3.a"],
    # Not ours: some need others that are not here.
    features = ["-parse_headers"],
    hdrs = glob(["include/fuse3/**"]),
    includes = ["include"],
    linkopts = [
        "-ldl",
        "-lrt",
        "-pthread",
    ],
    target_compatible_with = NATIVE,
)
"""

def _fill(ctx, root):
    """Writes the repository. Returns a reason if that can't be done."""
    include = ctx.path(root + "/usr/include/fuse3")
    library = "libfuse3.a"
    folder = library_folder(ctx, root, [library])
    if not include.get_child("fuse_lowlevel.h").exists or not folder:
        return "libfuse 3 is not there (Debian: libfuse3-dev)"
    ctx.symlink(include, "include/fuse3")
    ctx.symlink(folder.get_child(library), "lib/" + library)
    ctx.file("BUILD.bazel", _BUILD, executable = False)
    write_installed(ctx, "INSTALLED_FUSE", available = True, reason = "")
    return None

def _parkway_installed_fuse_impl(ctx):
    if "linux" in ctx.os.name.lower():
        reason = _fill(ctx, ctx.os.environ.get("PARKWAY_INSTALLED_FUSE", ""))
    else:
        reason = "it is looked for on Linux only"
    if reason:
        write_missing(ctx, "INSTALLED_FUSE", "no libfuse on this machine: " + reason)

parkway_installed_fuse = repository_rule(
    implementation = _parkway_installed_fuse_impl,
    doc = "This machine's libfuse 3; empty where there is none.",
    configure = True,
    local = True,
    environ = ["PARKWAY_INSTALLED_FUSE"],
)
