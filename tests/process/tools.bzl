# SPDX-License-Identifier: Apache-2.0
"""Programs that ThreadSanitizer watches, in any build."""

_COPT = "//command_line_option:copt"
_LINKOPT = "//command_line_option:linkopt"
_FLAGS = ["-fsanitize=thread", "-O1", "-g1"]

def _with_tsan_impl(settings, _):
    return {
        _COPT: settings[_COPT] + _FLAGS,
        _LINKOPT: settings[_LINKOPT] + ["-fsanitize=thread"],
    }

_with_tsan = transition(
    implementation = _with_tsan_impl,
    inputs = [_COPT, _LINKOPT],
    outputs = [_COPT, _LINKOPT],
)

def _tsan_program_impl(ctx):
    program = ctx.actions.declare_file(ctx.label.name)
    ctx.actions.symlink(
        output = program,
        target_file = ctx.executable.actual,
        is_executable = True,
    )
    return [DefaultInfo(
        files = depset([program]),
        runfiles = ctx.runfiles([program]).merge(
            ctx.attr.actual[0][DefaultInfo].default_runfiles,
        ),
        executable = program,
    )]

tsan_program = rule(
    implementation = _tsan_program_impl,
    doc = "The program `actual`, and all of it, compiled with ThreadSanitizer.",
    attrs = {
        "actual": attr.label(
            cfg = _with_tsan,
            executable = True,
            mandatory = True,
        ),
        "_allowlist_function_transition": attr.label(
            default = "@bazel_tools//tools/allowlists/function_transition_allowlist",
        ),
    },
    executable = True,
)
