# SPDX-License-Identifier: Apache-2.0
"""What one Bazel has built in and another one takes from a repository of rules."""

load(":fetch.bzl", "major")

# What Bazel before 8 has built in. Later ones have it in rules_cc, where a WORKSPACE may have an older
# rules_cc that has not.
_NATIVE_CC = """\
NATIVE = struct(cc_common = cc_common, CcInfo = CcInfo)
"""

_CC_OF_NATIVE = """\
load("@bazel_tools//tools/cpp:toolchain_utils.bzl", _find_cc_toolchain = "find_cpp_toolchain")
load(":native_cc.bzl", "NATIVE")

cc_common = NATIVE.cc_common
CcInfo = NATIVE.CcInfo
find_cc_toolchain = _find_cc_toolchain
"""

_CC_OF_RULES = """\
load("@rules_cc//cc/common:cc_common.bzl", _cc_common = "cc_common")
load("@rules_cc//cc/common:cc_info.bzl", _CcInfo = "CcInfo")
load("@rules_cc//cc:find_cc_toolchain.bzl", _find_cc_toolchain = "find_cc_toolchain")

cc_common = _cc_common
CcInfo = _CcInfo
find_cc_toolchain = _find_cc_toolchain
"""

def _parkway_rules_impl(ctx):
    ctx.file("BUILD.bazel", "", executable = False)
    if major() >= 8 or ctx.attr.bzlmod:
        ctx.file("cc.bzl", _CC_OF_RULES, executable = False)
    else:
        ctx.file("native_cc.bzl", _NATIVE_CC, executable = False)
        ctx.file("cc.bzl", _CC_OF_NATIVE, executable = False)

parkway_rules = repository_rule(
    implementation = _parkway_rules_impl,
    doc = "cc.bzl, which has CcInfo, cc_common and find_cc_toolchain() of any Bazel.",
    attrs = {
        "bzlmod": attr.bool(doc = "rules_cc is that of MODULE.bazel."),
    },
)

_NATIVE_SHELL = """\
# Bazel before 8 has these rules built in.
%s = native.%s
"""

def _parkway_native_shell_impl(ctx):
    ctx.file("BUILD.bazel", "", executable = False)
    ctx.file("shell/BUILD.bazel", "", executable = False)
    for rule in ["sh_binary", "sh_library", "sh_test"]:
        ctx.file("shell/%s.bzl" % rule, _NATIVE_SHELL % (rule, rule), executable = False)

parkway_native_shell = repository_rule(
    implementation = _parkway_native_shell_impl,
    doc = "@rules_shell for a WORKSPACE: the names of rules_shell, as the built-in rules.",
)
