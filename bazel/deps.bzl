# SPDX-License-Identifier: Apache-2.0
"""The repositories parkway builds against, for a WORKSPACE.

    load("@parkway//bazel:deps.bzl", "parkway_dependencies")
    parkway_dependencies()

A repository that the calling WORKSPACE declared before is kept as it is. Nothing is fetched before
something is built that needs it. Those of parkway's own tests are declared as well; `bazel sync` and
`bazel fetch --all` bring them, a build does not.

Environment variables, set by the configs of .bazelrc with --repo_env:

  PARKWAY_HOSTS     2022, 2025 or 2026: the set of versions (see versions.bzl). Default: 2026.
  PARKWAY_DEPS      source (default): build everything from the pinned sources.
                    system: use the libraries installed on this machine, found by pkg-config
                    (Relacy, headers for our own tests, stays with its sources).
  PARKWAY_ABSL_DIR, folders with the sources of another version of a host, which are copied. No
  PARKWAY_TBB_DIR   default. A change in them is not seen: bazel sync, or another folder.
  PARKWAY_ARCHIVES  a folder with Debian's source tarballs, set by bazelw where upstream's
                    addresses cannot be reached; each is checked against its own sha256.
  PARKWAY_INSTALLED_ABSL  see installed_absl.bzl.
  PARKWAY_INSTALLED_TBB   see installed_tbb.bzl.
  PARKWAY_INSTALLED_BOOST see installed_boost.bzl.
  PARKWAY_INSTALLED_FUSE  see installed_fuse.bzl.
"""

load("//bazel/zig:repository.bzl", "parkway_zig")
load(":fetch.bzl", "ENVIRON", "fetch_archive", "folder_of", "from_system", "is_bazel7", "selected_hosts")
load(":installed_absl.bzl", "parkway_installed_absl")
load(":installed_boost.bzl", "parkway_installed_boost")
load(":installed_fuse.bzl", "parkway_installed_fuse")
load(":installed_tbb.bzl", "parkway_installed_tbb")
load(":native_rules.bzl", "parkway_native_shell", "parkway_rules")
load(":overlay.bzl", "absl_overlay", "tbb_overlay")
load(":overlay_tree.bzl", "edit_names")
load(":selected_hosts.bzl", "parkway_hosts")
load(":system_deps.bzl", "system_repository")
load(":upstream_tests.bzl", "parkway_upstream_tests", "upstream_tests")
load(":versions.bzl", "BUILD_TOOLS", "DEFAULT_HOSTS", "DEV", "HOSTS")

# What we change in upstream's BUILD files: dep -> list of (file, old, new, set or "").
_EDITS = {
    "com_google_absl": [
        # Bazel gives other repositories' headers with -iquote only: without this,
        # #include <absl/...> would take a copy in /usr/include when there is one.
        (
            "absl/base/BUILD.bazel",
            "    name = \"config\",\n",
            "    name = \"config\",\n    deps = [\"//:parkway_include_root\"],\n",
            "",
        ),
    ],
    "oneTBB": [
        # Gone since Bazel 6.
        ("BUILD.bazel", "@bazel_tools//platforms:", "@platforms//os:", "2022"),
    ] + [
        # An option of compilers for x86, also for Windows, and unknown to those for anything else. And on Windows
        # a static library starts by DllMain, which nobody calls: CMake's build of one says this as well.
        ("BUILD.bazel", old, new, hosts)
        for hosts in ["2022", "2025", "2026"]
        for old, new in [
            ("        \"@platforms//os:windows\": [\"\"],\n", ""),
            (
                "        \"__TBB_BUILD\",\n    ],\n",
                "        \"__TBB_BUILD\",\n    ] + select({\n" +
                "        \"@platforms//os:windows\": [\"__TBB_SOURCE_DIRECTLY_INCLUDED=1\"],\n" +
                "        \"//conditions:default\": [],\n    }),\n",
            ),
            (
                "        \"//conditions:default\": [\"-mwaitpkg\"],\n",
                "        \"@platforms//cpu:x86_32\": [\"-mwaitpkg\"],\n" +
                "        \"@platforms//cpu:x86_64\": [\"-mwaitpkg\"],\n" +
                "        \"//conditions:default\": [\"\"],\n",
            ),
        ]
    ],
    "com_google_googletest": [
        # Only used with --define=absl=1; the names of WORKSPACE repositories.
        ("BUILD.bazel", "@abseil-cpp//", "@com_google_absl//", "2025"),
        ("BUILD.bazel", "@re2//", "@com_googlesource_code_re2//", "2025"),
        ("BUILD.bazel", "@abseil-cpp//", "@com_google_absl//", "2026"),
        ("BUILD.bazel", "\"@re2\"", "\"@com_googlesource_code_re2//:re2\"", "2026"),
    ],
    "com_github_google_benchmark": [
        # module_version() is not known to Bazel before 6 and None in a WORKSPACE.
        (
            "BUILD.bazel",
            "(module_version() if module_version() != None else \"\")",
            "\"1.9.1\"",
            "2025",
        ),
        (
            "BUILD.bazel",
            "(module_version() if module_version() != None else \"\")",
            "\"1.9.1\"",
            "2026",
        ),
        # Its own name for Windows is that of another compiler's processor.
        (
            "BUILD.bazel",
            "        \":windows\": [\"-DEFAULTLIB:shlwapi.lib\"],\n",
            "        \":windows\": [\"-DEFAULTLIB:shlwapi.lib\"],\n        \"@platforms//os:windows\": [\"-lshlwapi\"],\n",
            "",
        ),
    ],
}

_INCLUDE_ROOT = """
load("@rules_cc//cc:defs.bzl", parkway_cc_library = "cc_library")

parkway_cc_library(
    name = "parkway_include_root",
    includes = ["."],
    visibility = ["//visibility:public"],
)
"""

# Since 2025 Abseil names repositories as the registry does, and loads each rule from a file of its own;
# since 2026 it lets in a repository that nobody else has.
_RENAMED = [
    ("\"@googletest//", "\"@com_google_googletest//"),
    ("\"@google_benchmark//", "\"@com_github_google_benchmark//"),

    # The rules_cc of a WORKSPACE is what its Bazel has of itself, and may be older than both.
    ("\"@rules_cc//cc:cc_[a-z]*[.]bzl\"", "\"@rules_cc//cc:defs.bzl\""),
    ("\"@rules_cc//cc/compiler:", "\"//:parkway_compiler_is_"),
]

# So are its platforms; and Bazel 4 takes no processor in a group of settings. What a setting is made of
# (constraint_values, in one line or in several) has to stay a processor.
_RENAMED_CPUS = [
    "/constraint_values = \\[\"/b",
    "/constraint_values = \\[$/,/\\]/b",
    "s,\"@platforms//cpu:,\"//:parkway_cpu_is_,",
]

def _rename(ctx):
    script = "\n".join(
        ["/@do_not_use_for_gloop_visibility_only/d"] +
        ["s,%s,%s," % pair for pair in _RENAMED] +
        _RENAMED_CPUS,
    )

    # With a suffix, as BSD's sed needs one.
    renamed = ctx.execute(["find", ".", "-name", "BUILD.bazel", "-exec", "sed", "-i.upstream", script, "{}", "+"])
    if renamed.return_code != 0:
        fail("%s: %s" % (ctx.name, renamed.stderr))

# Abseil's name -> that of platforms 0.0.6.
_CPUS = {
    "aarch32": "arm",
    "aarch64": "aarch64",
    "ppc": "ppc",
    "ppc32": "ppc",
    "ppc64le": "ppc",
    "wasm32": "wasm32",
    "wasm64": "wasm64",
    "x86_64": "x86_64",
}

_CPU = """
config_setting(
    name = "parkway_cpu_is_{name}",
    constraint_values = ["@platforms//cpu:{value}"],
    visibility = ["//visibility:public"],
)
"""

_COMPILERS = ["clang", "clang-cl", "emscripten", "gcc", "msvc-cl"]

_COMPILER = """
config_setting(
    name = "parkway_compiler_is_{name}",
    flag_values = {{"@bazel_tools//tools/cpp:compiler": "{name}"}},
    visibility = ["//visibility:public"],
)
"""

_RELACY_BUILD = """
load("@rules_cc//cc:defs.bzl", "cc_library")

cc_library(
    name = "relacy",
    features = ["-parse_headers"],
    hdrs = glob(["relacy/**/*.h", "relacy/**/*.hpp"]),
    includes = ["."],
    # It casts pointers to long, and the models over it need sigaltstack().
    target_compatible_with = select({
        "@platforms//os:windows": ["@platforms//:incompatible"],
        "//conditions:default": [],
    }),
    visibility = ["//visibility:public"],
)
"""

def _parkway_repository_impl(ctx):
    dep = ctx.attr.dep
    if dep not in DEV and from_system(ctx):
        system_repository(ctx, dep)
        return
    hosts = selected_hosts(ctx)
    folder = folder_of(ctx, dep)
    if folder:
        copied = ctx.execute(["cp", "-R", str(folder) + "/.", "."])
        if copied.return_code != 0:
            fail("%s: %s" % (ctx.name, copied.stderr))
    else:
        fetch_archive(ctx, DEV[dep] if dep in DEV else HOSTS[hosts][dep])
    for path, old, new, only in _EDITS.get(dep, []):
        if only and only != hosts and not folder:
            continue
        text = ctx.read(path)
        if old not in text:
            if only and folder:
                continue
            fail("%s of %s (%s) has no line %r to edit" % (path, dep, folder or hosts, old))
        ctx.file(path, text.replace(old, new), executable = False)
    if dep == "com_google_absl":
        _rename(ctx)
        root = ctx.path("BUILD.bazel")
        text = ctx.read(root) if root.exists else ""
        text += "".join([_COMPILER.format(name = name) for name in _COMPILERS])
        text += "".join([_CPU.format(name = name, value = value) for name, value in _CPUS.items()])
        ctx.file("BUILD.bazel", text + _INCLUDE_ROOT, executable = False)
    elif dep == "oneTBB":
        ctx.file("BUILD.bazel", edit_names(ctx.read("BUILD.bazel"), {}), executable = False)
    elif dep == "relacy":
        ctx.file("BUILD.bazel", _RELACY_BUILD, executable = False)

parkway_repository = repository_rule(
    implementation = _parkway_repository_impl,
    doc = "One of the archives of versions.bzl, in the version that PARKWAY_HOSTS selects.",
    attrs = {
        "dep": attr.string(mandatory = True, doc = "Its key in versions.bzl."),
        "default_hosts": attr.string(default = DEFAULT_HOSTS),
    },
    environ = ENVIRON,
)

def _parkway_build_tool_impl(ctx):
    fetch_archive(ctx, BUILD_TOOLS[ctx.attr.bazel][ctx.attr.dep])

parkway_build_tool = repository_rule(
    implementation = _parkway_build_tool_impl,
    doc = "One of BUILD_TOOLS in versions.bzl.",
    attrs = {
        "bazel": attr.string(mandatory = True),
        "dep": attr.string(mandatory = True),
    },
    environ = ["PARKWAY_ARCHIVES"],
)

def parkway_dependencies(example = False):
    """Declares oneTBB, Abseil, GoogleTest and Google Benchmark where they are missing.

    And @rules_shell, as the rules that are built into a Bazel that reads a WORKSPACE. And
    @parkway_installed_absl and @parkway_installed_tbb, for the preload libraries, and
    @parkway_installed_boost and @parkway_installed_fuse, for bench. And @parkway_zig, the toolchains
    of the cross configs. And what only parkway's own tests
    need: the Relacy race detector, the hosts' tests, the hosts once more, overlaid.

    Args:
      example: whether the calling WORKSPACE has @parkway_example.
    """
    for dep in BUILD_TOOLS["7" if is_bazel7() else "4"]:
        if not native.existing_rule(dep):
            parkway_build_tool(name = dep, dep = dep, bazel = "7" if is_bazel7() else "4")
    for dep in HOSTS[DEFAULT_HOSTS]:
        if not native.existing_rule(dep):
            parkway_repository(name = dep, dep = dep)
    if not native.existing_rule("rules_shell"):
        parkway_native_shell(name = "rules_shell")
    if not native.existing_rule("parkway_rules"):
        parkway_rules(name = "parkway_rules")
    if not native.existing_rule("parkway_hosts"):
        parkway_hosts(name = "parkway_hosts", example = example)
    if not native.existing_rule("parkway_installed_absl"):
        parkway_installed_absl(name = "parkway_installed_absl")
    if not native.existing_rule("parkway_installed_boost"):
        parkway_installed_boost(name = "parkway_installed_boost")
    if not native.existing_rule("parkway_installed_fuse"):
        parkway_installed_fuse(name = "parkway_installed_fuse")
    if not native.existing_rule("parkway_installed_tbb"):
        parkway_installed_tbb(name = "parkway_installed_tbb")
    if not native.existing_rule("parkway_zig"):
        parkway_zig(name = "parkway_zig")
    for dep in DEV:
        if not native.existing_rule(dep):
            parkway_repository(name = dep, dep = dep)
    for name, attributes in upstream_tests().items():
        if not native.existing_rule(name):
            parkway_upstream_tests(name = name, **attributes)
    if not native.existing_rule("com_google_absl_overlay"):
        absl_overlay(name = "com_google_absl_overlay", base = "@com_google_absl//:BUILD.bazel")
    if not native.existing_rule("oneTBB_overlay"):
        tbb_overlay(name = "oneTBB_overlay", base = "@oneTBB//:BUILD.bazel")
