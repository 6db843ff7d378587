# SPDX-License-Identifier: Apache-2.0
"""Makes a library to preload from our own code and the shared library that it goes before."""

load("@parkway_rules//:cc.bzl", "CcInfo", "cc_common", "find_cc_toolchain")
load("@rules_cc//cc:defs.bzl", "cc_binary")

# The program starts with the library, so thread-local variables can be had without a call.
_TLS = "-ftls-model=initial-exec"

def _preload_transition_impl(settings, _attr):
    copts = settings["//command_line_option:copt"]
    return {"//command_line_option:copt": copts if _TLS in copts else copts + [_TLS]}

_preload_transition = transition(
    implementation = _preload_transition_impl,
    inputs = ["//command_line_option:copt"],
    outputs = ["//command_line_option:copt"],
)

def _libraries(targets):
    """The static libraries of all targets: library_to_link by file."""
    found = {}
    for target in targets:
        for linker_input in target[CcInfo].linking_context.linker_inputs.to_list():
            for library in linker_input.libraries:
                file = library.pic_static_library or library.static_library
                if file:
                    found[file] = library
    return found

def _user_link_flags(targets):
    flags = []
    for target in targets:
        for linker_input in target[CcInfo].linking_context.linker_inputs.to_list():
            flags += [flag for flag in linker_input.user_link_flags if flag not in flags]
    return flags

def _preload_parts_impl(ctx):
    toolchain = find_cc_toolchain(ctx)
    features = cc_common.configure_features(
        ctx = ctx,
        cc_toolchain = toolchain,
        requested_features = ctx.features,
        unsupported_features = ctx.disabled_features,
    )
    locks = _libraries(ctx.attr.locks)
    semaphore = _libraries(ctx.attr.semaphore)
    redefine = {
        name: ctx.actions.declare_file("%s_redefine_%s.txt" % (ctx.label.name, name))
        for name in ["locks", "semaphore"]
    }
    weaken = ctx.actions.declare_file(ctx.label.name + "_weaken.txt")

    args = ctx.actions.args()
    args.add(ctx.file._generate)
    args.add("--nm", toolchain.nm_executable)
    args.add("--objdump", toolchain.objdump_executable)
    args.add("--host", ctx.file.host)
    args.add("--space=" + ctx.attr.inline_namespace)
    args.add("--stem", ctx.attr.soname_stem)
    args.add_all(ctx.files.host_libraries, before_each = "--library")

    # What both use (//plugin) has no name of the host's and stays as it is.
    args.add_all([f for f in locks if f not in semaphore], before_each = "--locks")
    args.add_all([f for f in semaphore if f not in locks], before_each = "--semaphore")
    args.add("--own_held", ctx.attr.own_held_bits)
    args.add("--host_held", ctx.attr.host_held_bits)
    args.add("--out_redefine_locks", redefine["locks"])
    args.add("--out_redefine_semaphore", redefine["semaphore"])
    args.add("--out_weaken", weaken)
    args.add("--out_exports", ctx.outputs.exports)
    args.add("--out_assembly", ctx.outputs.assembly)
    args.add("--out_table", ctx.outputs.table)
    ctx.actions.run_shell(
        mnemonic = "PreloadTables",
        command = "exec python3 \"$@\"",
        arguments = [args],
        inputs = depset(
            [ctx.file._generate, ctx.file.host] + ctx.files.host_libraries +
            locks.keys() + semaphore.keys(),
            transitive = [toolchain.all_files],
        ),
        outputs = redefine.values() +
                  [weaken, ctx.outputs.exports, ctx.outputs.assembly, ctx.outputs.table],
        use_default_shell_env = True,
    )

    renamed = []
    for file, library in dict(locks, **{}).items() + [
        item
        for item in semaphore.items()
        if item[0] not in locks
    ]:
        if file in locks and file in semaphore:
            out = file
        else:
            out = ctx.actions.declare_file("%s/%d_%s" % (ctx.label.name, len(renamed), file.basename))
            names = redefine["locks" if file in locks else "semaphore"]
            rename = ctx.actions.args()
            rename.add(names, format = "--redefine-syms=%s")
            rename.add(weaken, format = "--weaken-symbols=%s")
            rename.add(file)
            rename.add(out)
            ctx.actions.run(
                mnemonic = "PreloadRename",
                executable = toolchain.objcopy_executable,
                arguments = [rename],
                inputs = depset([names, weaken, file], transitive = [toolchain.all_files]),
                outputs = [out],
            )
        renamed.append(cc_common.create_library_to_link(
            actions = ctx.actions,
            feature_configuration = features,
            cc_toolchain = toolchain,
            pic_static_library = out,
            alwayslink = library.alwayslink,
        ))
    linker_input = cc_common.create_linker_input(
        owner = ctx.label,
        libraries = depset(renamed),
        user_link_flags = depset(_user_link_flags(ctx.attr.locks + ctx.attr.semaphore)),
    )
    return [CcInfo(linking_context = cc_common.create_linking_context(
        linker_inputs = depset([linker_input]),
    ))]

preload_parts = rule(
    implementation = _preload_parts_impl,
    doc = "Our code with its functions under private names, and the tables of generate.py.",
    attrs = {
        "locks": attr.label_list(providers = [CcInfo], cfg = _preload_transition),
        "semaphore": attr.label_list(providers = [CcInfo], cfg = _preload_transition),
        "host": attr.label(allow_single_file = True, mandatory = True),
        "host_libraries": attr.label_list(allow_files = True),
        "inline_namespace": attr.string(),
        "soname_stem": attr.string(mandatory = True),
        "own_held_bits": attr.string(mandatory = True),
        "host_held_bits": attr.string(mandatory = True),
        "exports": attr.output(mandatory = True),
        "assembly": attr.output(mandatory = True),
        "table": attr.output(mandatory = True),
        "_generate": attr.label(
            default = "//adapters/parkway/absl/preload:generate.py",
            allow_single_file = True,
        ),
        "_cc_toolchain": attr.label(default = "@bazel_tools//tools/cpp:current_cc_toolchain"),
        "_allowlist_function_transition": attr.label(
            default = "@bazel_tools//tools/allowlists/function_transition_allowlist",
        ),
    },
    fragments = ["cpp"],
    toolchains = ["@bazel_tools//tools/cpp:toolchain_type"],
)

def preload_library(
        name,
        host,
        locks,
        semaphore = [],
        inline_namespace = "",
        soname_stem = "libabsl_synchronization.so",
        host_libraries = [],
        own_held_bits = "0x9,0xc",
        host_held_bits = "0x9,0xc",
        **kwargs):
    """A shared library that takes the place of functions of another one.

    Args:
      name: of the library, with .so.
      host: the shared library it goes before.
      locks: cc_libraries with functions of the same names as the host's; what PARKWAY=on uses.
      semaphore: the same, for PARKWAY_ABSL=sem.
      inline_namespace: of the host; left out where names are shown.
      soname_stem: what the SONAMEs of all versions of the host begin with.
      host_libraries: shared libraries that are always loaded with the host and that our code calls.
      own_held_bits: "0x9,0xc": the bits in a mutex's first word for which a writer, and a reader,
        would have to wait. For statistics.
      host_held_bits: the same, of the host's mutex (kMuReader | kMuWriter, kMuWriter | kMuWait).
      **kwargs: for all targets: tags, testonly, visibility.
    """
    parts = name.replace(".so", "_parts")
    preload_parts(
        name = parts,
        locks = locks,
        semaphore = semaphore,
        host = host,
        host_libraries = host_libraries,
        inline_namespace = inline_namespace,
        soname_stem = soname_stem,
        own_held_bits = own_held_bits,
        host_held_bits = host_held_bits,
        exports = parts + ".map",
        assembly = parts + "_trampolines.S",
        table = parts + "_table.cc",
        **kwargs
    )
    cc_binary(
        name = name,
        srcs = [
            parts + "_table.cc",
            parts + "_trampolines.S",
        ],
        additional_linker_inputs = [parts + ".map"],
        linkopts = [
            "-Wl,--version-script=$(location %s.map)" % parts,
            "-Wl,-z,defs",
            # Slots of other libraries' jumps point here.
            "-Wl,-z,nodelete",
        ],
        linkshared = True,
        linkstatic = True,
        deps = [
            "//adapters/parkway/absl/preload:runtime",
            ":" + parts,
        ],
        **kwargs
    )
