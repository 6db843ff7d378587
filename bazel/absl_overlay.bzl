# SPDX-License-Identifier: Apache-2.0
"""Abseil with parkway's locks, for a WORKSPACE.

    http_archive(name = "com_google_absl_stock", ...)  # what was called com_google_absl

    load("@parkway//bazel:overlay.bzl", "absl_overlay")
    absl_overlay(name = "com_google_absl", base = "@com_google_absl_stock//:BUILD.bazel")

Since 2025 Abseil's BUILD files name @googletest and @google_benchmark. If yours have other names, say
them: names = {"googletest": "com_google_googletest", ...}.

The tree of `base` under another name, in which absl/synchronization has parkway's mutex,
notification, blocking_counter and barrier. Everything else is upstream's, and so is what upstream
keeps in absl/synchronization/internal. --@parkway//bazel:locks=stock turns the same repository
back to upstream's files, without fetching it again. See overlaid.bzl for how.
"""

load(
    ":overlay_tree.bzl",
    "LEFT_OUT",
    "edit_names",
    "edit_target",
    "label_beside",
    "link_packages",
    "link_tree",
    "parkway_label",
)

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
    if source.get_child("stock").exists:
        # Overlaid already.
        link_tree(ctx, base, "", without = LEFT_OUT)
        return
    if not source.get_child("mutex.cc").exists:
        fail("%s has no %s/mutex.cc: the overlay needs Abseil's sources" % (ctx.attr.base, _PACKAGE))

    # Another version of `base` makes this repository anew: it differs in these files.
    build = label_beside(ctx.attr.base, "//%s:BUILD.bazel" % _PACKAGE)
    ctx.path(label_beside(ctx.attr.base, "//absl/base:config.h"))

    names = ctx.attr.names
    link_packages(ctx, ctx.attr.base, base, "", without = ["absl", "ci"] + LEFT_OUT, names = names)
    link_packages(ctx, ctx.attr.base, base.get_child("absl"), "absl/", without = ["synchronization"], names = names)
    replaced = [name + suffix for name in _REPLACED for suffix in [".h", ".cc"]]
    link_tree(ctx, source, _PACKAGE + "/", without = ["BUILD.bazel"] + replaced)

    # Out of the way of #include "absl/synchronization/...".
    for name in replaced:
        ctx.symlink(source.get_child(name), "%s/stock/%s" % (_PACKAGE, name))
    ctx.file(
        _PACKAGE + "/BUILD.bazel",
        "load(\"%s\", \"overlaid_files\")\n" % parkway_label("//bazel:overlaid.bzl") +
        edit_target(edit_names(ctx.read(build), names), str(build), "synchronization", _edited) +
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
        "names": attr.string_dict(
            doc = "A repository that the BUILD files name -> its name here, if it has another one.",
        ),
    },
)
