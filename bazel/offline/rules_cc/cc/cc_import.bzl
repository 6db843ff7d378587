"""cc_import by the path that newer rules_cc have it at."""

load(":defs.bzl", _cc_import = "cc_import")

cc_import = _cc_import
