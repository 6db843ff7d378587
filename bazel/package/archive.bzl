# SPDX-License-Identifier: Apache-2.0
"""One static library of several, for people without Bazel."""

load("@parkway_rules//:cc.bzl", "CcInfo", "find_cc_toolchain")

def _merged_archive_impl(ctx):
    toolchain = find_cc_toolchain(ctx)
    libraries = []
    for linker_input in ctx.attr.dep[CcInfo].linking_context.linker_inputs.to_list():
        for library in linker_input.libraries:
            file = library.pic_static_library or library.static_library
            if file and file not in libraries:
                libraries.append(file)
    archive = ctx.actions.declare_file(ctx.label.name)
    script = ctx.actions.declare_file(ctx.label.name + ".mri")
    ctx.actions.write(script, "\n".join(
        ["create " + archive.path] + ["addlib " + file.path for file in libraries] + ["save", "end", ""],
    ))
    ctx.actions.run_shell(
        mnemonic = "MergeArchives",
        # ar does not fail where its script does.
        command = "\"$1\" -M <\"$2\" && [ -s \"$3\" ]",
        arguments = [toolchain.ar_executable, script.path, archive.path],
        inputs = depset(libraries + [script], transitive = [toolchain.all_files]),
        outputs = [archive],
    )
    return [DefaultInfo(files = depset([archive]))]

merged_archive = rule(
    implementation = _merged_archive_impl,
    doc = "The library NAME, with all objects of `dep` and of what that depends on.",
    attrs = {
        "dep": attr.label(providers = [CcInfo], mandatory = True),
        "_cc_toolchain": attr.label(default = "@bazel_tools//tools/cpp:current_cc_toolchain"),
    },
    toolchains = ["@bazel_tools//tools/cpp:toolchain_type"],
)
