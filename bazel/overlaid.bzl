# SPDX-License-Identifier: Apache-2.0
"""What the overlay's absl/synchronization is made of; its BUILD file loads this (see absl_overlay.bzl).

Each of the files that parkway replaces is a target overlaid_FILE. With --//bazel:locks=stock it is
upstream's file, which the overlay keeps in the folder stock. Otherwise it is parkway's: the files
of //adapters/parkway/absl, which the overlay compiles once more, in Abseil's own namespace.

Both copies may meet in one program and in one source file, hence this one goes under names of its
own: "parkway/absl/x.h" becomes "absl/synchronization/parkway/x.h", and the macros, include guards
among them, change their prefix. The namespace is opened by macros of namespace.h, of which the
overlay has a version of its own.
"""

load(":settings.bzl", "ChoiceInfo")

_RENAMED = {
    "\"parkway/absl/": "\"absl/synchronization/parkway/",
    "PARKWAY_ABSL_": "PARKWAY_OVERLAY_",
}

# To a file: parkway's header NAME, after what upstream's header includes on every platform (depth
# 1 is its include guard). Abseil's own sources and many programs rely on getting that from it.
_FORWARD = """
{{
  echo '// Generated, see bazel/overlaid.bzl in parkway.'
  echo '#ifndef {guard}'
  echo '#define {guard}'
  awk '/^#if/ {{ ++depth }} /^#endif/ {{ --depth }} /^#include/ && depth <= 1' "$1"
  echo '#include "absl/synchronization/parkway/{name}"'
  echo '#endif'
}} >"$2"
"""

def _renamed(ctx, file, path):
    output = ctx.actions.declare_file(path)
    ctx.actions.expand_template(template = file, output = output, substitutions = _RENAMED)
    return output

def _overlaid_file_impl(ctx):
    stock = ctx.file.stock
    name = stock.basename
    if ctx.attr._locks[ChoiceInfo].value == "stock":
        if stock.extension != "h":
            return [DefaultInfo(files = depset([stock]))]
        header = ctx.actions.declare_file(name)
        ctx.actions.symlink(output = header, target_file = stock)
        return [DefaultInfo(files = depset([header]))]

    outputs = []
    if stock.extension == "h":
        header = ctx.actions.declare_file(name)
        guard = "ABSL_SYNCHRONIZATION_%s_" % name.upper().replace(".", "_")
        ctx.actions.run_shell(
            inputs = [stock],
            outputs = [header],
            command = _FORWARD.format(guard = guard, name = name),
            arguments = [stock.path, header.path],
            mnemonic = "OverlaidHeader",
        )
        outputs.append(header)
        if ctx.attr.takes_others:
            outputs += [_renamed(ctx, f, "parkway/" + f.basename) for f in ctx.files._headers]
    else:
        for file in ctx.files._sources:
            others = file.basename not in ctx.attr.names
            if file.basename == name or (others and ctx.attr.takes_others):
                outputs.append(_renamed(ctx, file, "parkway/" + file.basename))
    if not outputs:
        # All of it is in headers; a list of sources wants a file all the same.
        outputs.append(ctx.actions.declare_file("parkway/" + name))
        ctx.actions.write(outputs[0], "")
    return [DefaultInfo(files = depset(outputs))]

overlaid_file = rule(
    implementation = _overlaid_file_impl,
    doc = "One file of absl/synchronization: upstream's, or what parkway has in its place.",
    attrs = {
        "names": attr.string_list(doc = "The files of absl/synchronization that are replaced."),
        "stock": attr.label(allow_single_file = True, mandatory = True, doc = "Upstream's file."),
        "takes_others": attr.bool(doc = "With it come parkway's files that have no name there."),
        "_headers": attr.label(default = "//adapters/parkway/absl:overlay_headers"),
        "_locks": attr.label(default = "//bazel:locks", providers = [ChoiceInfo]),
        "_sources": attr.label(default = "//adapters/parkway/absl:overlay_sources"),
    },
)

def overlaid_files(name):
    """The targets NAME_FILE, in a package that has upstream's files in the folder stock.

    Args:
      name: the first part of the names.
    """
    names = [stock[len("stock/"):] for stock in native.glob(["stock/*"])]
    for file in names:
        overlaid_file(
            name = name + "_" + file,
            names = names,
            stock = "stock/" + file,
            takes_others = file.startswith("mutex."),
            visibility = ["//visibility:private"],
        )
