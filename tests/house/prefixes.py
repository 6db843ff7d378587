#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What the BUILD.bazel and .bzl files may not do.

Each include root is named once: in bazel/, for plugin and adapters together, or in the root's own
files. Rules are loaded: Bazel 8 has no cc_* and sh_* built in, so nothing calls them by native or
without load(). No copts have -Werror: a newer compiler must not stop a consumer's build.
"""

import ast
import collections
import re

import tree

_PREFIX = re.compile(r"\b(?:strip_)?include_prefix\b")
_RULE = re.compile(r"(?:cc|sh)_(?!common\b)[a-z_]+")
_CALL = re.compile(r"(?<![\w.\"'])(%s)\(" % _RULE.pattern)
_NATIVE = re.compile(r"\bnative\.(%s)" % _RULE.pattern)
_WERROR = re.compile(r"(?:^|[\s,;=])-Werror\b")
# Stand-ins for other projects' repositories.
_WITHOUT = ("bazel/offline/",)
_SHARED = ("adapters", "plugin")


class File:
    """What one file does: Starlark that Python can read as well."""

    def __init__(self, text):
        syntax = ast.parse(text)
        documentation = {
            id(n.value) for n in ast.walk(syntax)
            if isinstance(n, ast.Expr) and isinstance(n.value, ast.Constant)
        }
        known, used, quoted, loaded_in_text = set(), [], [], ""
        self.prefixes, self.native, self.werror = [], [], []
        for node in ast.walk(syntax):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "load":
                known |= {a.value for a in node.args[1:]} | {k.arg for k in node.keywords}
            elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
                if _RULE.fullmatch(node.id):
                    used.append((node.lineno, node.id))
            elif isinstance(node, ast.FunctionDef):
                known |= {node.name}
            elif isinstance(node, ast.arg):
                known |= {node.arg}
            elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                known |= {node.id}
            elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
                if node.value.id == "native" and _RULE.fullmatch(node.attr):
                    self.native.append((node.lineno, "native." + node.attr))
            elif isinstance(node, ast.keyword) and node.arg and _PREFIX.fullmatch(node.arg):
                self.prefixes.append((node.value.lineno, node.arg))
            elif (isinstance(node, ast.Constant) and isinstance(node.value, str)
                  and id(node) not in documentation):
                # Some are the text of a BUILD file for another repository.
                text = node.value
                quoted += [(node.lineno, name) for name in _CALL.findall(text)]
                self.native += [(node.lineno, "native." + name) for name in _NATIVE.findall(text)]
                self.prefixes += [(node.lineno, name) for name in _PREFIX.findall(text)]
                self.werror += [(node.lineno, "-Werror")] * bool(_WERROR.search(text))
                if "load(" in text:
                    loaded_in_text += text
        self.unloaded = [(n, name) for n, name in used if name not in known]
        self.unloaded += [
            (n, name) for n, name in quoted if not re.search(r'["\s]%s["\s]' % name, loaded_in_text)
        ]


def check(root):
    complaints, prefixes, files = [], collections.defaultdict(list), 0
    for path in tree.files(root):
        if not path.endswith(("BUILD.bazel", ".bzl")) or path.startswith(_WITHOUT):
            continue
        files += 1
        try:
            file = File(tree.read(root, path))
        except SyntaxError as error:
            complaints.append("%s:%s: this test cannot read it: %s" % (path, error.lineno, error.msg))
            continue
        for found, what in ((file.native, "is not loaded"), (file.unloaded, "is not loaded"),
                            (file.werror, "in a rule: belongs into .bazelrc")):
            complaints += ["%s:%d: %s %s" % (path, line, name, what) for line, name in found]
        folder = path.split("/")[0]
        for line, name in file.prefixes:
            for include_root in _SHARED if folder == "bazel" else (folder,):
                prefixes[include_root].append("%s:%d %s" % (path, line, name))
    for include_root, places in sorted(prefixes.items()):
        if len(places) > 1:
            complaints.append("the include root of %s is named %d times: %s" %
                              (include_root, len(places), ", ".join(places)))
    print("%d files, include roots: %s" % (files, ", ".join(
        "%s (%s)" % (r, p[0].split(" ")[0]) for r, p in sorted(prefixes.items())) or "none"))
    return complaints


_LOAD = 'load("@rules_cc//cc:defs.bzl", "cc_library")\n'
_GOOD = {
    "bazel/library.bzl": '"""Not native.cc_library, no -Werror."""\n' + _LOAD +
                         'def library(name):\n    cc_library(name = name, strip_include_prefix = "/x")\n',
    "bazel/deps.bzl": "A = '''load(\"@x//:x.bzl\", \"cc_test\")'''\nB = '''\ncc_test(name = %r)\n'''\n",
    "bazel/offline/cc.bzl": "cc_library = native.cc_library\n",
    "plugin/BUILD.bazel": _LOAD + 'cc_library(name = "plugin")\ncc_common.f()\n',
    "tests/BUILD.bazel": 'load("@x//:x.bzl", test = "sh_test")\ntest(name = "x")\n',
}
_BAD = [
    ("a second prefix", {"plugin/BUILD.bazel": _LOAD + 'cc_library(name = "x", include_prefix = "y")\n'},
     "the include root of plugin is named 2 times"),
    ("native", {"tests/BUILD.bazel": 'native.sh_test(name = "x")\n'}, "tests/BUILD.bazel:1: native.sh_test is not"),
    ("native in a text", {"bazel/deps.bzl": 'A = "native.cc_test()"\n'}, "native.cc_test is not"),
    ("an unloaded rule", {"tests/BUILD.bazel": '\ncc_test(name = "x")\n'}, "tests/BUILD.bazel:2: cc_test is not"),
    ("an unloaded rule in a comprehension",
     {"tests/BUILD.bazel": '[sh_test(name = n) for n in ["x"]]\n'}, "sh_test is not"),
    ("an unloaded rule that is handed on", {"bazel/x.bzl": "def f(g):\n    g(cc_test)\n"},
     "bazel/x.bzl:2: cc_test is not"),
    ("an unloaded rule in a text", {"bazel/deps.bzl": "A = '''\ncc_test(name = %r)\n'''\n"}, "cc_test is not"),
    ("-Werror", {"tests/BUILD.bazel": 'x(copts = ["-Werror"])\n'}, "tests/BUILD.bazel:1: -Werror"),
    ("-Werror=", {"tests/BUILD.bazel": 'x(copts = ["-Werror=vla"])\n'}, "-Werror in a rule"),
    ("a file that is no Starlark", {"tests/BUILD.bazel": "x(\n"}, "cannot read"),
]

if __name__ == "__main__":
    tree.main(__doc__, check, _GOOD, _BAD)
