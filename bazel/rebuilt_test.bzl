# SPDX-License-Identifier: Apache-2.0
"""A test once more, in a build with other settings whatever the command line says."""

# Attribute -> setting. Bazel 4 looks for a label without its repository in the calling workspace.
_SETTINGS = {name: str(Label("//bazel:" + name)) for name in ["checks", "locks"]}
_MODE = "//command_line_option:compilation_mode"

def _with_settings_impl(settings, attr):
    changed = {
        setting: getattr(attr, name) or settings[setting]
        for name, setting in _SETTINGS.items()
    }

    # Checks are for builds under development, which are hardly optimised: that compiles faster.
    changed[_MODE] = "fastbuild" if attr.checks == "on" else settings[_MODE]
    return changed

_with_settings = transition(
    implementation = _with_settings_impl,
    inputs = _SETTINGS.values() + [_MODE],
    outputs = _SETTINGS.values() + [_MODE],
)

def _rebuilt_test_impl(ctx):
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

rebuilt_test = rule(
    implementation = _rebuilt_test_impl,
    doc = "Runs `actual` as --//bazel:checks=..., --//bazel:locks=... build it.",
    attrs = {
        "actual": attr.label(
            cfg = _with_settings,
            executable = True,
            mandatory = True,
        ),
        "checks": attr.string(doc = "Empty: as the command line has it."),
        "locks": attr.string(doc = "The same."),
        "_allowlist_function_transition": attr.label(
            default = "@bazel_tools//tools/allowlists/function_transition_allowlist",
        ),
    },
    test = True,
)

# buildifier: disable=unnamed-macro
def checked_tests(names, size):
    """Tests of this package as --//bazel:checks=on builds them: the ordinary run sees the checks.

    Args:
      names: of the tests; the new ones are called checked_NAME.
      size: of each.
    """
    for name in names:
        rebuilt_test(
            name = "checked_" + name,
            size = size,
            actual = ":" + name,
            checks = "on",
        )
