# SPDX-License-Identifier: Apache-2.0
"""A C++ toolchain that is none: a build for the system can be analysed, and not made."""

load("@bazel_tools//tools/cpp:cc_toolchain_config_lib.bzl", "tool_path")
load("@parkway_rules//:cc.bzl", "cc_common")
load("@rules_cc//cc:defs.bzl", "cc_toolchain")

def _config_impl(ctx):
    return cc_common.create_cc_toolchain_config_info(
        ctx = ctx,
        abi_libc_version = "none",
        abi_version = "none",
        compiler = "none",
        host_system_name = "none",
        target_cpu = "none",
        target_libc = "none",
        target_system_name = ctx.attr.os,
        # A script that says so.
        tool_paths = [
            tool_path(name = tool, path = "no_toolchain.sh")
            for tool in ["ar", "cpp", "gcc", "gcov", "ld", "nm", "objdump", "strip"]
        ],
        toolchain_identifier = "no_toolchain_for_" + ctx.attr.os,
    )

_config = rule(
    implementation = _config_impl,
    attrs = {"os": attr.string(mandatory = True)},
)

def no_toolchain(name, os):
    """The toolchain NAME for an operating system.

    Args:
      name: of the toolchain.
      os: in @platforms//os.
    """
    _config(
        name = name + "_config",
        os = os,
    )
    cc_toolchain(
        name = name + "_cc",
        all_files = ":no_toolchain.sh",
        ar_files = ":no_toolchain.sh",
        compiler_files = ":no_toolchain.sh",
        dwp_files = ":no_toolchain.sh",
        linker_files = ":no_toolchain.sh",
        objcopy_files = ":no_toolchain.sh",
        strip_files = ":no_toolchain.sh",
        toolchain_config = ":%s_config" % name,
    )
    native.toolchain(
        name = name,
        target_compatible_with = ["@platforms//os:" + os],
        toolchain = ":%s_cc" % name,
        toolchain_type = "@bazel_tools//tools/cpp:toolchain_type",
    )
