# SPDX-License-Identifier: Apache-2.0
"""Command-line settings with a fixed list of values."""

ChoiceInfo = provider(
    doc = "A setting's value, for rules that depend on the setting.",
    fields = {"value": "string"},
)

def _choice_impl(ctx):
    value = ctx.build_setting_value
    if value not in ctx.attr.values:
        fail("--//%s:%s=%s: allowed values are %s" % (
            ctx.label.package,
            ctx.label.name,
            value,
            ", ".join(ctx.attr.values),
        ))
    return [ChoiceInfo(value = value)]

choice = rule(
    implementation = _choice_impl,
    doc = "A string setting that refuses every value but its `values`.",
    attrs = {"values": attr.string_list(mandatory = True)},
    build_setting = config.string(flag = True),
)
