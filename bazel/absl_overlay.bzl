# SPDX-License-Identifier: Apache-2.0
"""Abseil with parkway's locks, for a WORKSPACE.

    http_archive(name = "com_google_absl_stock", ...)  # what was called com_google_absl

    load("@parkway//bazel:overlay.bzl", "absl_overlay")
    absl_overlay(name = "com_google_absl", base = "@com_google_absl_stock//:BUILD.bazel")

The tree of `base` under another name, in which absl/synchronization has parkway's mutex,
notification, blocking_counter and barrier. Everything else is upstream's, and so is what upstream
keeps in absl/synchronization/internal. --@parkway//bazel:locks=stock turns the same repository
back to upstream's files, without fetching it again. See overlaid.bzl for how.
"""

load(":overlay_tree.bzl", "LEFT_OUT", "edit_target", "link_tree", "parkway_label")

# Replaced: each of them as .h and as .cc.
_REPLACED = ["barrier", "blocking_counter", "mutex", "notification"]

_PACKAGE = "absl/synchronization"

def _edited(block, where):
    """The target synchronization with the overlaid files in its lists.

    What is relied on here has been so since 2020.
    """
    for name in _REPLACED:
        for suffix in [".h", ".cc"]:
            quoted = "\"%s%s\"" % (name, suffix)
            if block.count(quoted) != 1:
                fail("%s: synchronization does not have %s just once" % (where, quoted))
            block = block.replace(quoted, "\":overlaid_%s%s\"" % (name, suffix))
    deps = "    deps = [\n"
    if block.count(deps) != 1:
        fail("%s: synchronization does not have one list of deps" % where)
    return block.replace(
        deps,
        deps + "        \"%s\",\n" % parkway_label("//adapters/parkway/absl:overlay_deps"),
    )

def _absl_overlay_impl(ctx):
    base = ctx.path(ctx.attr.base).dirname
    source = base.get_child("absl").get_child("synchronization")
    if not source.get_child("mutex.cc").exists:
        fail("%s has no %s/mutex.cc: the overlay needs Abseil's sources" % (ctx.attr.base, _PACKAGE))

    # Another version of `base` makes this repository anew: it differs in these files.
    build = ctx.attr.base.relative("//%s:BUILD.bazel" % _PACKAGE)
    ctx.path(ctx.attr.base.relative("//absl/base:config.h"))

    link_tree(ctx, base, "", without = ["absl"] + LEFT_OUT)
    link_tree(ctx, base.get_child("absl"), "absl/", without = ["synchronization"])
    replaced = [name + suffix for name in _REPLACED for suffix in [".h", ".cc"]]
    link_tree(ctx, source, _PACKAGE + "/", without = ["BUILD.bazel"] + replaced)

    # Out of the way of #include "absl/synchronization/...".
    for name in replaced:
        ctx.symlink(source.get_child(name), "%s/stock/%s" % (_PACKAGE, name))
    ctx.file(
        _PACKAGE + "/BUILD.bazel",
        "load(\"%s\", \"overlaid_files\")\n" % parkway_label("//bazel:overlaid.bzl") +
        edit_target(ctx.read(build), str(build), "synchronization", _edited) +
        "\noverlaid_files(name = \"overlaid\")\n",
        executable = False,
    )

absl_overlay = repository_rule(
    implementation = _absl_overlay_impl,
    doc = "An Abseil whose absl/synchronization follows --@parkway//bazel:locks.",
    attrs = {
        "base": attr.label(
            mandatory = True,
            doc = "The BUILD.bazel in the root of any Abseil repository that has sources.",
        ),
    },
)
