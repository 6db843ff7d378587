# SPDX-License-Identifier: Apache-2.0
"""Rules for the models: the production headers, as they are or with one line changed."""

load("@rules_cc//cc:defs.bzl", "cc_library", "cc_test")

# Relacy's threads jump between stacks, which fortified longjmp takes for an attack.
_COPTS = ["-U_FORTIFY_SOURCE"]

_MUTATE = """
sed -e "$3" "$1" > "$2"
if cmp -s "$1" "$2"; then
  echo "a mutant's pattern is not in $1 any more: $3" >&2
  exit 1
fi
"""

def _headers_impl(ctx):
    outputs = []
    for file in ctx.files._headers:
        name = file.short_path[len("plugin/"):]
        out = ctx.actions.declare_file(ctx.label.name + "/" + name)
        if name == "parkway/" + ctx.attr.header:
            ctx.actions.run_shell(
                inputs = [file],
                outputs = [out],
                command = _MUTATE,
                arguments = [file.path, out.path, ctx.attr.sed],
                mnemonic = "Mutant",
            )
        else:
            ctx.actions.symlink(output = out, target_file = file)
        outputs.append(out)
    if ctx.attr.header and not [o for o in outputs if o.path.endswith("/parkway/" + ctx.attr.header)]:
        fail("plugin/parkway has no " + ctx.attr.header)
    return [DefaultInfo(files = depset(outputs))]

_headers = rule(
    implementation = _headers_impl,
    doc = "The headers of //plugin in a folder of their own, one of them changed.",
    attrs = {
        "header": attr.string(doc = "Below plugin/parkway. Empty: none is changed."),
        "sed": attr.string(doc = "The change. A program that changes nothing is an error."),
        "_headers": attr.label_list(
            allow_files = True,
            default = [
                "//plugin/parkway/%s:headers" % layer
                for layer in ["os", "base", "profile", "wait", "lock", "stack", "task"]
            ],
        ),
    },
)

def plugin_headers(name, header = "", sed = ""):
    """The headers of //plugin by their include paths, without its .cc files.

    The library itself is not linked, because the model has an operating system of its own.

    Args:
      name: the cc_library.
      header: one of them, to be changed, below plugin/parkway.
      sed: the change.
    """
    _headers(
        name = name + "_headers",
        testonly = True,
        header = header,
        sed = sed,
    )
    cc_library(
        name = name,
        testonly = True,
        hdrs = [":" + name + "_headers"],
        includes = [name + "_headers"],
    )

def model_test(name, srcs = None, headers = ":plugin", optimize = "-O1", tags = [], **kwargs):
    """A program over Relacy. It replaces operator new: no sanitizers.

    Args:
      name: the cc_test, and its one source if srcs is not given.
      srcs: the one source.
      headers: a plugin_headers().
      optimize: half of the time of a whole test goes into compiling, with this.
      tags: more of them.
      **kwargs: as for cc_test.
    """
    cc_test(
        name = name,
        srcs = (srcs or [name + ".cc"]) + native.glob(["*.h"]),
        copts = _COPTS + [optimize],
        tags = ["no-sanitizer"] + tags,
        deps = [
            headers,
            "//tests/suites:address_cond_var",
            "@relacy",
        ],
        **kwargs
    )

def mutants(name, changes):
    """Tests that pass only if Relacy reports the test NAME_test when something in a header is changed.

    Not part of `//...`, for want of time: `.ci/run` runs those of the tag "mutant" last.

    Args:
      name: of the test of the right source, without _test.
      changes: header (see plugin_headers()) -> MUTANT, for a test mutant_MUTANT_test -> the part of
        NAME_test that is run, to save time (its --filter, or "" for all), the change (sed), and, if it
        is not -O0, how to optimize: most are found soon, and nearly all the time goes into compiling.
    """
    for header, tests in changes.items():
        for mutant, change in tests.items():
            test = "mutant_%s_test" % mutant
            plugin_headers(
                name = test + "_mutant",
                header = header,
                sed = change[1],
            )
            model_test(
                name = test,
                size = "medium",
                srcs = [name + "_test.cc"],
                args = [
                    "--expect-failure",
                    "--schedules=5000000",  # at most: the first report ends it
                ] + (["'--filter=%s'" % change[0]] if change[0] else []),
                headers = ":" + test + "_mutant",
                optimize = change[2] if len(change) > 2 else "-O0",
                tags = [
                    "manual",
                    "mutant",
                ],
            )
