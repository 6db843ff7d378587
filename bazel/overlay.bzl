"""Abseil with parkway's locks, for a WORKSPACE.

    http_archive(name = "com_google_absl_stock", ...)  # what was called com_google_absl

    load("@parkway//bazel:overlay.bzl", "absl_overlay")
    absl_overlay(name = "com_google_absl", base = "@com_google_absl_stock//:BUILD.bazel")

The tree of `base` under another name, in which absl/synchronization has parkway's mutex,
notification, blocking_counter and barrier. Everything else is upstream's, and so is what upstream
keeps in absl/synchronization/internal. --@parkway//bazel:locks=stock turns the same repository
back to upstream's files, without fetching it again. See overlaid.bzl for how.
"""

# Replaced: each of them as .h and as .cc.
_REPLACED = ["barrier", "blocking_counter", "mutex", "notification"]

# Not for the new repository: it is no module or workspace, and Bazel's own links lead elsewhere.
_LEFT_OUT = ["MODULE.bazel", "REPO.bazel", "WORKSPACE", "WORKSPACE.bazel", "WORKSPACE.bzlmod"]

_PACKAGE = "absl/synchronization"

def _parkway(label):
    """A label of parkway as another repository's BUILD file has to write it."""
    text = str(Label(label))

    # Before Bazel 6 the main repository's labels have no repository.
    return "@" + text if text.startswith("//") else text

def _link(ctx, source, target, without):
    """Links everything in the folder `source` into the folder `target` of the repository."""
    for entry in source.readdir():
        name = entry.basename
        if name not in without and not name.startswith(".") and not name.startswith("bazel-"):
            ctx.symlink(entry, target + name)

def _edited(text, where):
    """Upstream's BUILD file, where //absl/synchronization has the overlaid files in its lists.

    The text is edited, not written anew, because dependencies, options and further targets differ
    from version to version. What is relied on here has been so since 2020.
    """
    start = text.find("    name = \"synchronization\",\n")
    end = text.find("\n)\n", start)
    if start < 0 or end < 0:
        fail("%s has no target named synchronization" % where)
    block = text[start:end]
    for name in _REPLACED:
        for suffix in [".h", ".cc"]:
            quoted = "\"%s%s\"" % (name, suffix)
            if block.count(quoted) != 1:
                fail("%s: synchronization does not have %s just once" % (where, quoted))
            block = block.replace(quoted, "\":overlaid_%s%s\"" % (name, suffix))
    deps = "    deps = [\n"
    if block.count(deps) != 1:
        fail("%s: synchronization does not have one list of deps" % where)
    block = block.replace(deps, deps + "        \"%s\",\n" % _parkway("//adapters/absl:overlay_deps"))
    load_line = "load(\"%s\", \"overlaid_files\")\n" % _parkway("//bazel:overlaid.bzl")
    return load_line + text[:start] + block + text[end:] + "\noverlaid_files(name = \"overlaid\")\n"

def _absl_overlay_impl(ctx):
    base = ctx.path(ctx.attr.base).dirname
    source = base.get_child("absl").get_child("synchronization")
    if not source.get_child("mutex.cc").exists:
        fail("%s has no %s/mutex.cc: the overlay needs Abseil's sources" % (ctx.attr.base, _PACKAGE))

    # Another version of `base` makes this repository anew: it differs in these files.
    build = ctx.attr.base.relative("//%s:BUILD.bazel" % _PACKAGE)
    ctx.path(ctx.attr.base.relative("//absl/base:config.h"))

    _link(ctx, base, "", without = ["absl"] + _LEFT_OUT)
    _link(ctx, base.get_child("absl"), "absl/", without = ["synchronization"])
    replaced = [name + suffix for name in _REPLACED for suffix in [".h", ".cc"]]
    _link(ctx, source, _PACKAGE + "/", without = ["BUILD.bazel"] + replaced)

    # Out of the way of #include "absl/synchronization/...".
    for name in replaced:
        ctx.symlink(source.get_child(name), "%s/stock/%s" % (_PACKAGE, name))
    ctx.file(_PACKAGE + "/BUILD.bazel", _edited(ctx.read(build), str(build)), executable = False)

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
