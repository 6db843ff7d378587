"""Programs of Abseil's absl/synchronization, built from its repository as it is and overlaid."""

load("@parkway_hosts//:hosts.bzl", "HOSTS", "VERSIONS")

_PACKAGE = "//absl/synchronization"

_REPOSITORIES = {
    "parkway": "@com_google_absl_overlay",
    "stock": "@com_google_absl",
}

_LTS = int(VERSIONS["com_google_absl"].split(".")[0])

def upstream_program(
        rule,
        name,
        srcs,
        deps,
        common_deps = [],
        log = False,
        no_destructor = False,
        since = 0,
        thread_pool = False,
        tags = [],
        **kwargs):
    """Declares NAME_stock and NAME_parkway, for an installed Abseil neither: it has no sources.

    Args:
      rule: cc_test or cc_binary.
      name: the first part of the names.
      srcs: files of absl/synchronization.
      deps: labels in Abseil's repository, absl/synchronization aside.
      common_deps: labels elsewhere.
      log: it logs, which it does with absl/log from 2023 on.
      no_destructor: it uses absl/base/no_destructor.h, from 2024 on.
      since: the first version that has it.
      thread_pool: it uses a header that only Abseil's own packages may depend on.
      tags: as everywhere.
      **kwargs: for the rule.
    """
    if HOSTS == "system" or _LTS < since:
        return
    deps = deps + [_PACKAGE]
    if log and _LTS >= 20230802:
        deps = deps + ["//absl/log", "//absl/log:check"]
    if no_destructor and _LTS >= 20240722:
        deps = deps + ["//absl/base:no_destructor"]
    if thread_pool:
        srcs = srcs + ["internal/thread_pool.h"]
        deps = deps + ["//absl/functional:any_invocable"]
    for locks, repository in _REPOSITORIES.items():
        rule(
            name = name + "_" + locks,
            srcs = [repository + _PACKAGE + ":" + src for src in srcs],
            # As the benchmarks are linked: Abseil is compiled one time less.
            linkstatic = True,
            # What a sanitizer finds in stock is not ours to mend.
            tags = tags + (["no-sanitizer"] if locks == "stock" else []),
            deps = [repository + dep for dep in deps] + common_deps,
            **kwargs
        )

def upstream_test(name, deps, srcs = None, gtest = True, **kwargs):
    """One of the suites, see upstream_program.

    Args:
      name: the suite.
      deps: labels in Abseil's repository.
      srcs: its files, if that is not NAME.cc.
      gtest: whether it is written with GoogleTest.
      **kwargs: for upstream_program.
    """
    upstream_program(
        rule = native.cc_test,
        name = name,
        srcs = srcs or [name + ".cc"],
        deps = deps,
        common_deps = ["@com_google_googletest//:gtest_main"] if gtest else [],
        **kwargs
    )
