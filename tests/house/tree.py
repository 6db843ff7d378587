# SPDX-License-Identifier: Apache-2.0
"""What the checks of this folder share: the files of the tree, and how a check is run.

A check is a function of the tree's root that returns its complaints, one line each. Each script:

  X.py [ROOT]      checks the tree that the script lies in, or ROOT
  X.py --self-test proves on small trees, good and bad, that it can complain and can be silent
"""

import argparse
import contextlib
import io
import os
import sys
import tempfile

# Bazel's runfiles are links into the tree.
ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.realpath(__file__))))

_HIDDEN_BUT_OURS = (".bcr", ".ci", ".github")


def files(root, *folders):
    """Paths below `root`, or below its `folders`, with what Bazel, git and Python leave there left out."""
    found = []
    for folder in folders or ("",):
        for path, below, names in os.walk(os.path.join(root, folder)):
            below[:] = [
                d for d in below
                if (d in _HIDDEN_BUT_OURS or not d.startswith(".")) and d != "__pycache__"
                and not d.startswith("bazel-")
            ]
            found += [os.path.relpath(os.path.join(path, n), root).replace(os.sep, "/") for n in names]
    return sorted(found)


def read(root, path):
    with open(os.path.join(root, path), encoding="utf-8", errors="replace") as file:
        return file.read()


def write(root, path, text):
    full = os.path.join(root, path)
    os.makedirs(os.path.dirname(full), exist_ok=True)
    with open(full, "w", encoding="utf-8") as file:
        file.write(text)


def test_itself(check, good, cases):
    """Whether `check` is silent on the tree `good` and complains of each change to it.

    good: path -> text. cases: (what, changes, words): the changes are as good, None removes a file;
    the words are those of the one complaint that is expected, none for silence.
    """
    failed = 0
    for what, changes, words in [("the good tree", {}, None)] + cases:
        with tempfile.TemporaryDirectory() as root:
            for path, text in dict(good, **changes).items():
                if text is not None:
                    write(root, path, text)
            with contextlib.redirect_stdout(io.StringIO()):
                complaints = check(root)
        if len(complaints) == (0 if words is None else 1) and all(words in c for c in complaints):
            continue
        failed += 1
        print("self-test: %s: expected %s, got %s" % (what, repr(words) if words else "silence", complaints))
    print("self-test: %d of %d trees as expected" % (len(cases) + 1 - failed, len(cases) + 1))
    return failed == 0


def arguments(description):
    parser = argparse.ArgumentParser(description=description.split("\n")[0])
    parser.add_argument("root", nargs="?", default=ROOT, metavar="ROOT")
    parser.add_argument("--self-test", action="store_true")
    return parser


def finish(complaints):
    for complaint in complaints:
        print(complaint)
    print("%d complaints" % len(complaints))
    sys.exit(1 if complaints else 0)


def main(description, check, good, cases):
    args = arguments(description).parse_args()
    if args.self_test:
        sys.exit(0 if test_itself(check, good, cases) else 1)
    finish(check(args.root))
