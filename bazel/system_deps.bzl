# SPDX-License-Identifier: Apache-2.0
"""The machine's own libraries under the labels of the sources (PARKWAY_DEPS=system).

Headers come from /usr/include; labels outside the tables below, and those whose library this
version does not have, do not exist in this mode.
"""

# Repository -> (pkg-config module that tells the version, Debian's package).
_PACKAGES = {
    "com_github_google_benchmark": ("benchmark", "libbenchmark-dev"),
    "com_google_absl": ("absl_base", "libabsl-dev"),
    "com_google_googletest": ("gtest", "libgtest-dev libgmock-dev"),
    "oneTBB": ("tbb", "libtbb-dev"),
}

# Repository -> package -> target -> pkg-config module ("" where only headers are needed).
_TARGETS = {
    "com_github_google_benchmark": {"": {
        "benchmark": "benchmark",
        "benchmark_main": "benchmark",
    }},
    "com_google_absl": {
        "absl/algorithm": {"algorithm": "", "container": ""},
        "absl/base": {
            "base": "absl_base",
            "config": "",
            "core_headers": "",
            "dynamic_annotations": "",
            "log_severity": "absl_log_severity",
            "prefetch": "",
        },
        "absl/cleanup": {"cleanup": ""},
        "absl/container": {
            "btree": "absl_btree",
            "fixed_array": "absl_fixed_array",
            "flat_hash_map": "absl_flat_hash_map",
            "flat_hash_set": "absl_flat_hash_set",
            "inlined_vector": "absl_inlined_vector",
            "node_hash_map": "absl_node_hash_map",
            "node_hash_set": "absl_node_hash_set",
        },
        "absl/debugging": {
            "failure_signal_handler": "absl_failure_signal_handler",
            "stacktrace": "absl_stacktrace",
            "symbolize": "absl_symbolize",
        },
        "absl/flags": {
            "flag": "absl_flags",
            "parse": "absl_flags_parse",
            "usage": "absl_flags_usage",
        },
        "absl/functional": {
            "any_invocable": "absl_any_invocable",
            "bind_front": "absl_bind_front",
            "function_ref": "absl_function_ref",
        },
        "absl/hash": {"hash": "absl_hash"},
        "absl/memory": {"memory": ""},
        "absl/meta": {"type_traits": ""},
        "absl/numeric": {"bits": "", "int128": "absl_int128"},
        "absl/random": {"random": "absl_random_random"},
        "absl/status": {"status": "absl_status", "statusor": "absl_statusor"},
        "absl/strings": {
            "cord": "absl_cord",
            "str_format": "absl_str_format",
            "strings": "absl_strings",
        },
        "absl/synchronization": {"synchronization": "absl_synchronization"},
        "absl/time": {"time": "absl_time"},
        "absl/types": {
            "any": "absl_any",
            "optional": "absl_optional",
            "span": "absl_span",
            "variant": "absl_variant",
        },
        "absl/utility": {"utility": ""},
    },
    "com_google_googletest": {"": {
        "gtest": "gtest gmock",
        "gtest_main": "gtest gmock gtest_main",
    }},
    "oneTBB": {"": {
        "tbb": "tbb",
        "tbbmalloc": "tbb",
    }},
}

# Libraries that pkg-config does not know.
_LINK_EXTRA = {
    "com_github_google_benchmark//:benchmark_main": ["-lbenchmark_main"],
    "oneTBB//:tbbmalloc": ["-ltbbmalloc"],
}

def _missing(dep, detail):
    fail(("PARKWAY_DEPS=system: this machine has no usable %s (%s). Install the package %s " +
          "(Debian's name) and pkg-config, or build without --config=system-deps.") %
         (dep, detail, _PACKAGES[dep][1]))

def _pkg_config(ctx, dep, args):
    tool = ctx.which("pkg-config")
    if not tool:
        _missing(dep, "pkg-config is not installed")
    result = ctx.execute([tool] + args)
    if result.return_code != 0:
        lines = result.stderr.strip().split("\n")
        _missing(dep, lines[-1] if lines[-1] else "pkg-config " + " ".join(args) + " failed")
    return result.stdout.strip()

def system_versions(ctx):
    """The versions of the two hosts that are installed, by repository name."""
    return {
        dep: _pkg_config(ctx, dep, ["--modversion", _PACKAGES[dep][0]])
        for dep in ["com_google_absl", "oneTBB"]
    }

def _target(name, linkopts, copts):
    return """
cc_library(
    name = "%s",
    defines = %r,
    linkopts = %r,
)
""" % (name, copts, linkopts)

def system_repository(ctx, dep):
    """Fills a repository with libraries that only link what is installed.

    Args:
      ctx: the repository rule's context.
      dep: a key of _PACKAGES.
    """
    _pkg_config(ctx, dep, ["--exists", "--print-errors", _PACKAGES[dep][0]])
    for package, targets in _TARGETS[dep].items():
        text = "load(\"@rules_cc//cc:defs.bzl\", \"cc_library\")\n\npackage(default_visibility = [\"//visibility:public\"])\n"
        for name, modules in targets.items():
            linkopts = []
            defines = []
            if modules:
                words = modules.split(" ")
                if ctx.execute([ctx.which("pkg-config"), "--exists"] + words).return_code != 0:
                    continue
                linkopts = _pkg_config(ctx, dep, ["--libs"] + words).split(" ")
                flags = _pkg_config(ctx, dep, ["--cflags-only-other"] + words).split(" ")
                defines = [f[2:] for f in flags if f.startswith("-D")]
            linkopts = _LINK_EXTRA.get("%s//%s:%s" % (dep, package, name), []) + linkopts
            text += _target(name, [o for o in linkopts if o], defines)
        path = package + "/BUILD.bazel" if package else "BUILD.bazel"
        ctx.file(path, text, executable = False)
