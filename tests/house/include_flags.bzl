# SPDX-License-Identifier: Apache-2.0
"""How a library's headers are found, for a test that calls a compiler itself."""

load("@parkway_rules//:cc.bzl", "CcInfo", "cc_common")

def _in_runfiles(ctx, folder):
    for root in [ctx.bin_dir.path, ctx.genfiles_dir.path]:
        if folder == root:
            folder = "."
        elif folder.startswith(root + "/"):
            folder = folder[len(root) + 1:]
    if folder.startswith("external/"):
        folder = ".." + folder[len("external"):]
    return folder

def _include_flags_impl(ctx):
    context = cc_common.merge_cc_infos(
        cc_infos = [dep[CcInfo] for dep in ctx.attr.deps],
    ).compilation_context
    flags = ["-D" + define for define in context.defines.to_list()]
    for option, folders in [
        ("-I", context.includes),
        ("-iquote", context.quote_includes),
        ("-isystem", context.system_includes),
        # Where a feature of the toolchain moves them to.
        ("-isystem", getattr(context, "external_includes", depset())),
    ]:
        flags += [option + _in_runfiles(ctx, folder) for folder in folders.to_list()]
    file = ctx.actions.declare_file(ctx.label.name + ".flags")
    ctx.actions.write(file, "".join([flag + "\n" for flag in flags]))
    return [DefaultInfo(
        files = depset([file]),
        runfiles = ctx.runfiles(files = [file], transitive_files = context.headers),
    )]

include_flags = rule(
    implementation = _include_flags_impl,
    doc = "A file of compiler options, one a line, with the headers that they find in its runfiles.",
    attrs = {"deps": attr.label_list(providers = [CcInfo], mandatory = True)},
)
