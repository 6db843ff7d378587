# SPDX-License-Identifier: Apache-2.0
"""A shared library of what Bazel builds as a static one."""

load("@parkway_rules//:cc.bzl", "CcInfo", "cc_common", "find_cc_toolchain")

def _whole_archive_impl(ctx):
    toolchain = find_cc_toolchain(ctx)
    features = cc_common.configure_features(
        ctx = ctx,
        cc_toolchain = toolchain,
        requested_features = ctx.features,
        unsupported_features = ctx.disabled_features,
    )
    linker_inputs = []
    for linker_input in ctx.attr.dep[CcInfo].linking_context.linker_inputs.to_list():
        libraries = [
            cc_common.create_library_to_link(
                actions = ctx.actions,
                feature_configuration = features,
                cc_toolchain = toolchain,
                pic_static_library = library.pic_static_library or library.static_library,
                alwayslink = True,
            )
            for library in linker_input.libraries
        ]
        linker_inputs.append(cc_common.create_linker_input(
            owner = ctx.label,
            libraries = depset(libraries),
            user_link_flags = depset(linker_input.user_link_flags),
        ))
    return [CcInfo(linking_context = cc_common.create_linking_context(
        linker_inputs = depset(linker_inputs),
    ))]

whole_archive = rule(
    implementation = _whole_archive_impl,
    doc = "A library of which everything is linked, whether something asks for it or not.",
    attrs = {
        "dep": attr.label(providers = [CcInfo], mandatory = True),
        "_cc_toolchain": attr.label(default = "@bazel_tools//tools/cpp:current_cc_toolchain"),
    },
    fragments = ["cpp"],
    toolchains = ["@bazel_tools//tools/cpp:toolchain_type"],
)

def _headers_impl(ctx):
    return [CcInfo(compilation_context = ctx.attr.dep[CcInfo].compilation_context)]

headers_of = rule(
    implementation = _headers_impl,
    doc = "A library's headers without the library.",
    attrs = {"dep": attr.label(providers = [CcInfo], mandatory = True)},
)
