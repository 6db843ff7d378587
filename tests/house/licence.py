#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The licence: its text as the Apache Software Foundation has it, and a line in each source."""

import hashlib
import os

import tree

_LINE = "SPDX-License-Identifier: Apache-2.0"
_LICENCE = "cfc7749b96f63bd31c3c42b5c471bf756814053e847c10f3eb003417bc523d30"

_SUFFIXES = (".h", ".cc", ".S", ".inc", ".bzl", ".py", ".sh")
_NAMES = ("BUILD.bazel", "bazelw")
_FOLDERS = (".ci/", "bazel/compat/")
# Stand-ins for other projects' repositories.
_WITHOUT = ("bazel/offline/",)


def is_source(root, path):
    if path.startswith(_WITHOUT):
        return False
    if path.endswith(_SUFFIXES) or os.path.basename(path) in _NAMES or path.startswith(_FOLDERS):
        return True
    # Programs without a suffix.
    return "." not in os.path.basename(path) and tree.read(root, path).startswith("#!")


def check(root, licence=_LICENCE):
    complaints, sources = [], 0
    for path in tree.files(root):
        if is_source(root, path):
            sources += 1
            if _LINE not in "\n".join(tree.read(root, path).split("\n")[:5]):
                complaints.append("%s: no %s in its first five lines" % (path, _LINE))
    for path in ("LICENSE", "NOTICE"):
        if not os.path.isfile(os.path.join(root, path)):
            complaints.append("there is no %s" % path)
        elif path == "LICENSE" and hashlib.sha256(tree.read(root, path).encode()).hexdigest() != licence:
            complaints.append("LICENSE: not the text of Apache-2.0")
    print("%d sources" % sources)
    return complaints


_GOOD = {
    "LICENSE": "the text\n",
    "NOTICE": "parkway\n",
    "README.md": "\n",
    "bazelw": "#!/usr/bin/env bash\n# %s\n" % _LINE,
    "bazel/offline/BUILD.bazel": "",
    "plugin/BUILD.bazel": "# What it is.\n#\n# %s\n" % _LINE,
    "plugin/parkway/os/os.h": "// %s\n" % _LINE,
}
_BAD = [
    ("a header without", {"plugin/parkway/os/os.h": "#include <new>\n"}, "plugin/parkway/os/os.h: no SPDX"),
    ("a line too late", {"plugin/BUILD.bazel": "\n\n\n\n\n# %s\n" % _LINE}, "plugin/BUILD.bazel: no SPDX"),
    ("another licence", {"x.py": "# SPDX-License-Identifier: MIT\n"}, "x.py: no SPDX"),
    ("a program without", {"bazel/lint": "#!/usr/bin/env bash\n"}, "bazel/lint: no SPDX"),
    ("a script of CI without", {".ci/run": "\n"}, ".ci/run: no SPDX"),
    ("no NOTICE", {"NOTICE": None}, "there is no NOTICE"),
    ("an edited LICENSE", {"LICENSE": "another text\n"}, "not the text"),
]


def _check_small(root):
    return check(root, hashlib.sha256(_GOOD["LICENSE"].encode()).hexdigest())


if __name__ == "__main__":
    args = tree.arguments(__doc__).parse_args()
    if args.self_test:
        raise SystemExit(not tree.test_itself(_check_small, _GOOD, _BAD))
    tree.finish(check(args.root))
