# SPDX-License-Identifier: Apache-2.0
"""The text that //bench:ab works on by default: the sources of the dependencies.

They are on every machine that has built parkway, they are real text, and there is nothing to
download.
"""

_TEXT = ["c", "cc", "cpp", "def", "h", "hpp", "inc", "md", "txt"]

_TextInfo = provider(
    doc = "The source files of a target and of what it depends on.",
    fields = {"files": "depset of files"},
)

def _collect_impl(_target, ctx):
    direct = []
    for attribute in ["srcs", "hdrs", "textual_hdrs"]:
        for file in getattr(ctx.rule.files, attribute, []):
            if file.is_source and file.extension in _TEXT:
                direct.append(file)
    deps = getattr(ctx.rule.attr, "deps", [])
    transitive = [dep[_TextInfo].files for dep in deps if _TextInfo in dep]
    return [_TextInfo(files = depset(direct, transitive = transitive))]

_collect = aspect(
    implementation = _collect_impl,
    attr_aspects = ["deps"],
)

def _corpus_impl(ctx):
    files = depset(transitive = [dep[_TextInfo].files for dep in ctx.attr.deps])

    # Only other repositories' files, which start with "../" here: our own change too often to be
    # the yardstick.
    links = {}
    for file in files.to_list():
        if file.short_path.startswith("../"):
            path = "%s/%s/%s" % (ctx.label.package, ctx.label.name, file.short_path[len("../"):])
            links[path] = file
    return [DefaultInfo(runfiles = ctx.runfiles(symlinks = links))]

corpus = rule(
    implementation = _corpus_impl,
    doc = "Puts the sources of `deps` into the runfiles, in the folder PACKAGE/NAME.",
    attrs = {"deps": attr.label_list(aspects = [_collect])},
)
