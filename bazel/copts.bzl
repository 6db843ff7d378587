"""Compiler options of parkway's own packages: `copts = PARKWAY_COPTS` in every cc_* rule."""

PARKWAY_COPTS = [
    "-Wall",
    "-Wextra",
    "-Werror",
] + select({
    "//bazel:clang": ["-Wthread-safety"],
    "//conditions:default": [],
})

# For tests, which lock in ways that the thread-safety analysis cannot follow: through macros,
# across threads, and wrongly on purpose.
PARKWAY_TEST_COPTS = PARKWAY_COPTS + ["-Wno-thread-safety"]
