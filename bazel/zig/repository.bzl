# SPDX-License-Identifier: Apache-2.0
"""@parkway_zig: the Zig distribution, as C++ toolchains for the targets of //bazel/platforms."""

load("//bazel:fetch.bzl", "fetch_archive", "local_archive")
load("//bazel:overlay_tree.bzl", "parkway_label")
load("//bazel:versions.bzl", "ZIG")

_BUILD = """\
load("{targets}", "TARGETS")
load("{toolchain}", "zig_toolchain")

package(default_visibility = ["//visibility:public"])

# Not Zig's 20000 files, of which a sandbox would make as many links: the scripts name the folder, whose contents the
# checksums in versions.txt stand for.
filegroup(
    name = "files",
    srcs = [
        "absent.sh",
        "ar.sh",
        "cxx.sh",
        "versions.txt",
    ],
)

[
    zig_toolchain(
        name = name,
        include_folder = "{root}/lib",
        target = target,
    )
    for name, target in TARGETS.items()
]
"""

def _parkway_zig_impl(ctx):
    machine = ctx.execute(["uname", "-sm"]).stdout.strip()
    if machine != "Linux x86_64":
        fail("Zig is pinned for Linux on x86-64, and this machine is %s" % machine)
    if local_archive(ctx, ZIG["zig_linux_x86_64"]):
        fetch_archive(ctx, ZIG["zig_lib"], output = "lib")
        fetch_archive(ctx, ZIG["zig_linux_x86_64"], output = "zig")
    else:
        # The same files in other places.
        fetch_archive(ctx, ZIG["zig"], output = "upstream")
        ctx.symlink("upstream/lib", "lib")
        ctx.symlink("upstream/zig", "zig/bin/zig")
    root = str(ctx.path(".").realpath)
    for name in ["absent", "ar", "cxx"]:
        text = ctx.read(Label("//bazel/zig:%s.sh" % name))
        ctx.file(name + ".sh", text.replace("@ROOT@", root), executable = True)
    ctx.file(
        "versions.txt",
        "".join(["%s %s\n" % (name, entry["sha256"]) for name, entry in ZIG.items()]),
        executable = False,
    )
    ctx.file(
        "BUILD.bazel",
        _BUILD.format(
            root = root,
            targets = parkway_label("//bazel/platforms:targets.bzl"),
            toolchain = parkway_label("//bazel/zig:toolchain.bzl"),
        ),
        executable = False,
    )

parkway_zig = repository_rule(
    implementation = _parkway_zig_impl,
    doc = "Zig for this machine, and a cc_toolchain NAME_cc and toolchain NAME for each target.",
    environ = ["PARKWAY_ARCHIVES"],
)
