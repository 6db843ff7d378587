# SPDX-License-Identifier: Apache-2.0
"""Pages of ab --html. The tests run in the root of the tree, as Bazel starts them."""

import json
import os
import subprocess
import sys
import tempfile
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.getcwd(), "tests/unit/bench/parkway_ab"))
import reader  # noqa: E402

_MEASURE = ("--filter=^MutexUncontended/", "--repetitions=2")


class Page:
    """What is in a file that ab wrote."""

    def __init__(self, path):
        with open(path, encoding="utf-8") as file:
            self.text = file.read()
        self.reader = reader.Reader()
        self.reader.feed(self.text)
        self.scripts = [text for values, text in self.reader.scripts if "type" not in values]
        self.data = json.loads(next(text for values, text in self.reader.scripts if values.get("id") == "data"))
        self.titles = [section["title"] for section in self.data["sections"]]

    def section(self, title):
        return self.data["sections"][self.titles.index(title)]


class TestCase(unittest.TestCase):
    """Has a folder, and ab."""

    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.folder = folder.name
        cls.ab = os.path.abspath(sys.argv[1])

    @classmethod
    def path(cls, name):
        return os.path.join(cls.folder, name)

    @classmethod
    def measure(cls, *arguments, program=None, **others):
        """One short run, which has to succeed. Returns its standard error."""
        done = subprocess.run([program or cls.ab, *_MEASURE, *arguments], stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8", check=False, **others)
        if done.returncode != 0:
            raise AssertionError(f"ab ended with {done.returncode}: {done.stderr}")
        return done.stderr


def main():
    """Runs the tests; the arguments are the test's own."""
    unittest.main(argv=sys.argv[:1], module="__main__")
