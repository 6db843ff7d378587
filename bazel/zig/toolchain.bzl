# SPDX-License-Identifier: Apache-2.0
"""What Bazel has to know of zig c++ for one target."""

load("@bazel_tools//tools/build_defs/cc:action_names.bzl", "ACTION_NAMES")
load(
    "@bazel_tools//tools/cpp:cc_toolchain_config_lib.bzl",
    "artifact_name_pattern",
    "feature",
    "flag_group",
    "flag_set",
    "tool_path",
    "with_feature_set",
)
load("@parkway_rules//:cc.bzl", "cc_common")
load("@rules_cc//cc:defs.bzl", "cc_toolchain")
load("//bazel:overlay_tree.bzl", "parkway_label")
load("//bazel/platforms:targets.bzl", "constraints_of")

_COMPILE = [
    ACTION_NAMES.assemble,
    ACTION_NAMES.preprocess_assemble,
    ACTION_NAMES.c_compile,
    ACTION_NAMES.cpp_compile,
    ACTION_NAMES.cpp_header_parsing,
    ACTION_NAMES.linkstamp_compile,
]

_LINK = [
    ACTION_NAMES.cpp_link_executable,
    ACTION_NAMES.cpp_link_dynamic_library,
    ACTION_NAMES.cpp_link_nodeps_dynamic_library,
]

def _flags(actions, flags, mode = None):
    return flag_set(
        actions = actions,
        flag_groups = [flag_group(flags = flags)],
        with_features = [with_feature_set(features = [mode])] if mode else [],
    )

def _config_impl(ctx):
    windows = ctx.attr.os == "windows"
    features = [
        feature(name = "dbg"),
        feature(name = "fastbuild"),
        feature(name = "opt"),
        feature(
            name = "default_compile_flags",
            enabled = True,
            flag_sets = [
                # Zig turns undefined behaviour into traps unless it is told to optimise.
                _flags(_COMPILE, [
                    "-target",
                    ctx.attr.zig,
                    "-fno-sanitize=undefined",
                    "-fno-omit-frame-pointer",
                ]),
                _flags(_COMPILE, ["-g"], "dbg"),
                _flags(_COMPILE, [
                    "-g0",
                    "-O2",
                    "-DNDEBUG",
                    "-ffunction-sections",
                    "-fdata-sections",
                ], "opt"),
            ],
        ),
        feature(
            name = "default_link_flags",
            enabled = True,
            flag_sets = [
                _flags(_LINK, ["-target", ctx.attr.zig, "-fno-sanitize=undefined"]),
            ] + ([
                _flags([ACTION_NAMES.cpp_link_executable], ["-static"]),
            ] if ctx.attr.libc == "musl" else []),
        ),
        # Bazel's own one would ask Apple's libtool for it.
        feature(
            name = "archiver_flags",
            enabled = True,
            flag_sets = [flag_set(
                actions = [ACTION_NAMES.cpp_link_static_library],
                flag_groups = [
                    flag_group(flags = ["rcsD", "%{output_execpath}"]),
                    flag_group(
                        iterate_over = "libraries_to_link",
                        flag_groups = [flag_group(flags = ["%{libraries_to_link.name}"])],
                        expand_if_available = "libraries_to_link",
                    ),
                ],
            )],
        ),
        feature(name = "supports_pic", enabled = True),
    ]
    if windows:
        # All code is there: neither the compiler nor the linker has options for it.
        features += [
            feature(name = "pic", enabled = True),
            feature(name = "force_pic_flags", enabled = True),
        ]
    return cc_common.create_cc_toolchain_config_info(
        ctx = ctx,
        abi_libc_version = ctx.attr.libc or "unknown",
        abi_version = "unknown",
        artifact_name_patterns = [artifact_name_pattern(
            category_name = "executable",
            prefix = "",
            extension = ".exe",
        )] if windows else [],
        # Libraries choose by this name what they link: on Windows MinGW's libraries have names of their own.
        compiler = "mingw-gcc" if windows else "clang",
        cxx_builtin_include_directories = [ctx.attr.include_folder],
        features = features,
        host_system_name = "local",
        target_cpu = ctx.attr.cpu,
        target_libc = ctx.attr.libc or ctx.attr.os,
        target_system_name = ctx.attr.zig,
        tool_paths = [
            tool_path(name = tool, path = path)
            for tool, path in {
                "ar": "ar.sh",
                "cpp": "cxx.sh",
                "gcc": "cxx.sh",
                "gcov": "absent.sh",
                "ld": "cxx.sh",
                "nm": "absent.sh",
                "objdump": "absent.sh",
                "strip": "absent.sh",
            }.items()
        ],
        toolchain_identifier = "parkway-zig-" + ctx.attr.zig,
    )

_config = rule(
    implementation = _config_impl,
    attrs = {
        "cpu": attr.string(mandatory = True),
        "include_folder": attr.string(mandatory = True, doc = "An absolute path."),
        "libc": attr.string(),
        "os": attr.string(mandatory = True),
        "zig": attr.string(mandatory = True, doc = "The target as Zig names it."),
    },
)

def zig_toolchain(name, target, include_folder):
    """The toolchain NAME of the package that has the scripts.

    Args:
      name: of the toolchain.
      target: of TARGETS in //bazel/platforms:targets.bzl.
      include_folder: where all headers are that come with Zig.
    """
    _config(
        name = name + "_config",
        cpu = target.cpu,
        include_folder = include_folder,
        libc = target.libc,
        os = target.os,
        zig = target.zig,
    )
    cc_toolchain(
        name = name + "_cc",
        all_files = ":files",
        ar_files = ":files",
        as_files = ":files",
        compiler_files = ":files",
        dwp_files = ":files",
        linker_files = ":files",
        objcopy_files = ":files",
        strip_files = ":files",
        supports_param_files = True,
        toolchain_config = ":%s_config" % name,
    )
    native.toolchain(
        name = name,
        exec_compatible_with = [
            "@platforms//os:linux",
            "@platforms//cpu:x86_64",
        ],
        target_compatible_with = [
            label if label.startswith("@") else parkway_label(label)
            for label in constraints_of(target)
        ],
        toolchain = ":%s_cc" % name,
        toolchain_type = "@bazel_tools//tools/cpp:toolchain_type",
    )
