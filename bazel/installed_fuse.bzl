"""@parkway_installed_fuse: this machine's libfuse 3, for benchmarks of slow files.

It comes from, in this order,

  PARKWAY_INSTALLED_FUSE   a folder with the distribution's package unpacked in it (bazelw)
  /usr                     the system's own

Where there is none, the repository is empty and says why in installed.bzl. parkway itself needs
nothing of libfuse.
"""

load(":installed_package.bzl", "library_folder")

_BUILD = """\
package(default_visibility = ["//visibility:public"])

cc_library(
    name = "fuse",
    srcs = ["lib/libfuse3.a"],
    hdrs = glob(["include/fuse3/**"]),
    includes = ["include"],
    linkopts = [
        "-ldl",
        "-lrt",
        "-pthread",
    ],
)
"""

_INSTALLED_BZL = """\
\"\"\"Generated: the libfuse that was found on this machine.\"\"\"

INSTALLED_FUSE = struct(
    available = {available},
    # One sentence, where it is not.
    reason = {reason},
)
"""

def _write_installed(ctx, available, reason):
    ctx.file(
        "installed.bzl",
        _INSTALLED_BZL.format(available = repr(available), reason = repr(reason)),
        executable = False,
    )

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
    _write_installed(ctx, True, "")
    return None

def _parkway_installed_fuse_impl(ctx):
    if "linux" in ctx.os.name.lower():
        reason = _fill(ctx, ctx.os.environ.get("PARKWAY_INSTALLED_FUSE", ""))
    else:
        reason = "it is looked for on Linux only"
    if reason:
        ctx.file("BUILD.bazel", "", executable = False)
        _write_installed(ctx, False, "no libfuse on this machine: " + reason)

parkway_installed_fuse = repository_rule(
    implementation = _parkway_installed_fuse_impl,
    doc = "This machine's libfuse 3; empty where there is none.",
    configure = True,
    local = True,
    environ = ["PARKWAY_INSTALLED_FUSE"],
)
