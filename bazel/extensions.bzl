# SPDX-License-Identifier: Apache-2.0
"""For MODULE.bazel: the repositories that are no modules of the registry."""

load("//bazel/zig:repository.bzl", "parkway_zig")
load(":deps.bzl", "parkway_repository")
load(":installed_absl.bzl", "parkway_installed_absl")
load(":installed_boost.bzl", "parkway_installed_boost")
load(":installed_fuse.bzl", "parkway_installed_fuse")
load(":installed_tbb.bzl", "parkway_installed_tbb")
load(":native_rules.bzl", "parkway_rules")
load(":overlay.bzl", overlay_absl = "absl_overlay", overlay_tbb = "tbb_overlay")
load(":selected_hosts.bzl", "parkway_hosts")
load(":upstream_tests.bzl", "parkway_upstream_tests", "upstream_tests")

def _parkway_impl(module_ctx):
    # Of another root the module has no dev_dependency.
    is_root = [module.name for module in module_ctx.modules if module.is_root] == ["parkway"]
    parkway_rules(name = "parkway_rules", bzlmod = True)
    parkway_hosts(
        name = "parkway_hosts",
        absl = "@com_google_absl//:BUILD.bazel",
        benchmark = is_root,
        bzlmod = True,
        example = is_root,
        tbb = "@oneTBB//:BUILD.bazel",
    )
    parkway_installed_absl(name = "parkway_installed_absl")
    parkway_installed_boost(name = "parkway_installed_boost")
    parkway_installed_fuse(name = "parkway_installed_fuse")
    parkway_installed_tbb(name = "parkway_installed_tbb")
    parkway_zig(name = "parkway_zig")

parkway = module_extension(
    implementation = _parkway_impl,
    doc = "@parkway_hosts: the versions of the hosts, as a header. " +
          "@parkway_installed_absl, @parkway_installed_tbb: this machine's shared hosts. " +
          "@parkway_installed_boost: its Boost.Fiber. @parkway_installed_fuse: its libfuse. " +
          "@parkway_zig: the toolchains of the cross configs.",
)

# No dev_dependency of the module: nothing is fetched before it is built, and @parkway//... loads.
def _parkway_dev_impl(_module_ctx):
    parkway_repository(name = "relacy", dep = "relacy")
    for name, attributes in upstream_tests().items():
        parkway_upstream_tests(name = name, **attributes)

parkway_dev = module_extension(
    implementation = _parkway_dev_impl,
    doc = "@relacy: the race detector of tests/model. " +
          "@absl_tests, @absl_tests_*, @tbb_tests, @tbb_tests_*: the hosts' own tests.",
)

# What newer hosts call GoogleTest and Google Benchmark. The overlays see what this module sees.
_NAMES = {
    "google_benchmark": "com_github_google_benchmark",
    "googletest": "com_google_googletest",
}

def _absl_overlay_impl(_module_ctx):
    overlay_absl(
        name = "com_google_absl",
        base = Label("@com_google_absl//:BUILD.bazel"),
        names = _NAMES,
    )

absl_overlay = module_extension(
    implementation = _absl_overlay_impl,
    doc = "@com_google_absl: the Abseil of the module abseil-cpp, overlaid (see overlay.bzl).",
)

def _tbb_overlay_impl(_module_ctx):
    overlay_tbb(
        name = "oneTBB",
        base = Label("@oneTBB//:BUILD.bazel"),
        names = _NAMES,
    )

tbb_overlay = module_extension(
    implementation = _tbb_overlay_impl,
    doc = "@oneTBB: the oneTBB of the module onetbb, overlaid (see overlay.bzl).",
)
