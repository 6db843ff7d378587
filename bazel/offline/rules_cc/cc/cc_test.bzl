"""cc_test by the path that newer rules_cc have it at."""

load(":defs.bzl", _cc_test = "cc_test")

cc_test = _cc_test
