"""A test once more, in a build with the misuse checks on whatever the command line says."""

def _checks_on_impl(_settings, _attr):
    return {"//bazel:checks": "on"}

_checks_on = transition(
    implementation = _checks_on_impl,
    inputs = [],
    outputs = ["//bazel:checks"],
)

def _checked_test_impl(ctx):
    info = ctx.attr.actual[0][DefaultInfo]
    executable = ctx.actions.declare_file(ctx.label.name)
    ctx.actions.symlink(
        output = executable,
        target_file = info.files_to_run.executable,
        is_executable = True,
    )
    return [DefaultInfo(
        executable = executable,
        runfiles = ctx.runfiles().merge(info.default_runfiles),
    )]

checked_test = rule(
    implementation = _checked_test_impl,
    doc = "Runs `actual` as --//bazel:checks=on builds it.",
    attrs = {
        "actual": attr.label(
            cfg = _checks_on,
            executable = True,
            mandatory = True,
        ),
        "_allowlist_function_transition": attr.label(
            default = "@bazel_tools//tools/allowlists/function_transition_allowlist",
        ),
    },
    test = True,
)
