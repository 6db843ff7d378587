"""cc_binary by the path that newer rules_cc have it at."""

load(":defs.bzl", _cc_binary = "cc_binary")

cc_binary = _cc_binary
