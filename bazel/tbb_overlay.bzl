# SPDX-License-Identifier: Apache-2.0
"""oneTBB with parkway's locks, for a WORKSPACE.

    http_archive(name = "oneTBB_stock", ...)  # what was called oneTBB

    load("@parkway//bazel:overlay.bzl", "tbb_overlay")
    tbb_overlay(name = "oneTBB", base = "@oneTBB_stock//:BUILD.bazel")

The tree of `base` under another name, in which the headers of tbb::mutex and its kin are parkway's,
for oneTBB's own library, containers and flow graph as well; and so is the header of its library that
has the coroutines' stacks and switches. Everything else is upstream's, and so are the speculative
mutexes. --@parkway//bazel:locks=stock turns the same repository back to
upstream's headers, without fetching it again.

How: each replaced header lies beside its new version as _stock_NAME.h, in the same folder, because
oneTBB's headers include one another by relative paths. The new version takes one or the other by
the macro PARKWAY_IS_TBB, which //adapters/parkway/tbb:overlay_deps defines; the library `tbb`, and through
it all that depends on it, gets that. PARKWAY_TBB_STACKS is the coroutines', for want of a switch for
some processors; where oneTBB has threads for coroutines, under sanitizers, they stay upstream's.
"""

load(":overlay_tree.bzl", "LEFT_OUT", "edit_names", "edit_target", "label_beside", "link_tree", "parkway_label")
load(":tbb_types.bzl", "TBB_TYPES")

# Headers of classes derived from replaced ones, whose base stays upstream's: header in
# oneapi/tbb/detail -> the header that includes it under the right name. Both have to follow the
# switch, because oneTBB's sources include the first one directly.
_DERIVED = {
    "_rtm_mutex": "spin_mutex",
    "_rtm_rw_mutex": "spin_rw_mutex",
}

_TBB = "include/oneapi/tbb/"
_DETAIL = _TBB + "detail/"

_HEADER = """\
// Generated, see bazel/tbb_overlay.bzl in parkway.
#ifdef PARKWAY_IS_TBB
{parkway}
#else
#include "{stock}"
#endif
"""

_SOURCES = "src/tbb/"

# What programs that were compiled with upstream's class call. The library stays complete for them.
_QUEUING_RW_MUTEX = """\
// Generated, see bazel/tbb_overlay.bzl in parkway.
#define PARKWAY_TBB_STOCK_QUEUING_RW_MUTEX
#include "_stock_queuing_rw_mutex.h"
"""

_CO_CONTEXT = """\
// Generated, see bazel/tbb_overlay.bzl in parkway.
#include "oneapi/tbb/detail/_config.h"
#if defined(PARKWAY_TBB_STACKS) && __TBB_RESUMABLE_TASKS && !__TBB_RESUMABLE_TASKS_USE_THREADS
#include "governor.h"
#include "parkway/tbb/overlay/co_context.h"
#else
#include "_stock_co_context.h"
#endif
"""

def _includes(text):
    """The #include lines of a header of oneTBB: what its users may rely on getting from it."""
    return [line for line in text.split("\n") if line.startswith("#include ")]

def _replace(ctx, source, name):
    """oneapi/tbb/NAME.h."""
    parkway = []
    if name not in _DERIVED.values():
        parkway += _includes(ctx.read(source))
    parkway.append("#include \"parkway/tbb/overlay/%s.h\"" % name)
    ctx.symlink(source, _TBB + "_stock_%s.h" % name)
    ctx.file(
        _TBB + name + ".h",
        _HEADER.format(parkway = "\n".join(parkway), stock = "_stock_%s.h" % name),
        executable = False,
    )

def _redirect(ctx, source, name, to):
    """oneapi/tbb/detail/NAME.h."""
    ctx.symlink(source, _DETAIL + "_stock%s.h" % name)
    ctx.file(
        _DETAIL + name + ".h",
        _HEADER.format(parkway = "#include \"../%s.h\"" % to, stock = "_stock%s.h" % name),
        executable = False,
    )

def _with_deps(block, where):
    """The target tbb, depending on parkway's headers.

    Its own are not to be compiled alone: some of upstream's can't be.
    """
    if block.count("    features = ") == 0:
        block += "\n    features = [\"-parse_headers\"],"
    deps = "    deps = [\n"
    ours = "        \"%s\",\n" % parkway_label("//adapters/parkway/tbb:overlay_deps")
    if block.count("    deps = ") == 0:
        return block + "\n" + deps + ours + "    ],"
    if block.count(deps) != 1:
        fail("%s: tbb does not have one list of deps" % where)
    return block.replace(deps, deps + ours)

def _tbb_overlay_impl(ctx):
    base = ctx.path(ctx.attr.base).dirname
    include = base.get_child("include")
    tbb = include.get_child("oneapi").get_child("tbb")
    if tbb.get_child("_stock_mutex.h").exists:
        # Overlaid already.
        link_tree(ctx, base, "", without = LEFT_OUT)
        return
    detail = tbb.get_child("detail")
    sources = base.get_child("src").get_child("tbb")
    co_context = sources.get_child("co_context.h")
    for header in [tbb.get_child(n + ".h") for n in TBB_TYPES] + [detail.get_child(n + ".h") for n in _DERIVED] + [co_context]:
        if not header.exists:
            fail("%s has no %s: the overlay needs oneTBB's sources, 2021.6 or later" %
                 (ctx.attr.base, header))

    # Another version of `base` makes this repository anew: it differs in these files.
    build = ctx.attr.base
    ctx.path(label_beside(build, "//:include/oneapi/tbb/version.h"))

    # File by file, not folder by folder: "../spin_mutex.h" from a linked folder is upstream's.
    link_tree(ctx, base, "", without = ["BUILD.bazel", "include", "src"] + LEFT_OUT)
    link_tree(ctx, base.get_child("src"), "src/", without = ["tbb"])
    queuing = sources.get_child("queuing_rw_mutex.cpp")
    link_tree(ctx, sources, _SOURCES, without = ["co_context.h", queuing.basename])
    ctx.symlink(queuing, _SOURCES + "_stock_queuing_rw_mutex.h")
    ctx.file(_SOURCES + queuing.basename, _QUEUING_RW_MUTEX, executable = False)
    ctx.symlink(co_context, _SOURCES + "_stock_co_context.h")
    ctx.file(_SOURCES + "co_context.h", _CO_CONTEXT, executable = False)
    link_tree(ctx, include, "include/", without = ["oneapi", "tbb"])
    link_tree(ctx, include.get_child("tbb"), "include/tbb/", without = [])
    link_tree(ctx, include.get_child("oneapi"), "include/oneapi/", without = ["tbb"])
    link_tree(ctx, tbb, _TBB, without = ["detail"] + [name + ".h" for name in TBB_TYPES])
    link_tree(ctx, detail, _DETAIL, without = [name + ".h" for name in _DERIVED])
    for name in TBB_TYPES:
        _replace(ctx, tbb.get_child(name + ".h"), name)
    for name, to in _DERIVED.items():
        _redirect(ctx, detail.get_child(name + ".h"), name, to)
    ctx.file(
        "BUILD.bazel",
        edit_target(edit_names(ctx.read(build), ctx.attr.names), str(build), "tbb", _with_deps),
        executable = False,
    )

tbb_overlay = repository_rule(
    implementation = _tbb_overlay_impl,
    doc = "A oneTBB whose mutexes follow --@parkway//bazel:locks.",
    attrs = {
        "base": attr.label(
            mandatory = True,
            doc = "The BUILD.bazel in the root of any oneTBB repository that has sources.",
        ),
        "names": attr.string_dict(
            doc = "A repository that the BUILD file names -> its name here, if it has another one.",
        ),
    },
)
