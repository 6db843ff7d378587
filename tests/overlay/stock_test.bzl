"""A test once more, in a build with stock locks whatever the command line says."""

def _stock_locks_impl(_settings, _attr):
    return {"//bazel:locks": "stock"}

_stock_locks = transition(
    implementation = _stock_locks_impl,
    inputs = [],
    outputs = ["//bazel:locks"],
)

def _stock_test_impl(ctx):
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

stock_test = rule(
    implementation = _stock_test_impl,
    doc = "Runs `actual` as --//bazel:locks=stock builds it.",
    attrs = {
        "actual": attr.label(cfg = _stock_locks, executable = True, mandatory = True),
        "_allowlist_function_transition": attr.label(
            default = "@bazel_tools//tools/allowlists/function_transition_allowlist",
        ),
    },
    test = True,
)
