"""cc_library by the path that newer rules_cc have it at."""

load(":defs.bzl", _cc_library = "cc_library")

cc_library = _cc_library
