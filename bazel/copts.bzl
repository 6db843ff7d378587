"""Compiler options of parkway's own packages: `copts = PARKWAY_COPTS` in every cc_* rule."""

PARKWAY_COPTS = [
    "-Wall",
    "-Wextra",
    "-Werror",
] + select({
    "//bazel:clang": ["-Wthread-safety"],
    "//conditions:default": [],
})
