# SPDX-License-Identifier: Apache-2.0
"""What the unit tests of parkway-ab have in common. They run in the root of the tree, as Bazel starts them."""

import os
import sys
import tempfile
import types
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.getcwd(), "bench"))

from parkway_ab import problem, runner  # noqa: E402


class TestCase(unittest.TestCase):
    """Has a folder, and says which Problem a call ends with."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name

    def path(self, name):
        return os.path.join(self.folder, name)

    def write(self, name, content, mode=0o644):
        path = self.path(name)
        with open(path, "wb") as file:
            file.write(content.encode() if isinstance(content, str) else content)
        os.chmod(path, mode)
        return path

    def script(self, name, *lines):
        return self.write(name, "\n".join(("#!/bin/sh",) + lines) + "\n", 0o755)

    def refuses(self, code, words, call, *arguments):
        """The Problem that it ends with: this exit code, and these words in the message."""
        with self.assertRaises(problem.Problem) as caught:
            call(*arguments)
        self.assertIn(words, caught.exception.message)
        self.assertEqual(caught.exception.code, code)
        return caught.exception

    def options(self, *program, **others):
        """Options for a Runner."""
        known = dict(program=list(program), folder=self.folder, run_limit=None, output=None, input=None, pin=None,
                     check=None, max_output=1 << 20, precision=0.01, seed=1, no_layers=True, aa=False, locks=10,
                     time_limit=60)
        known.update(others)
        return types.SimpleNamespace(**known)

    def made_run(self, side, wall, **others):
        run = runner.Run(side)
        run.wall = run.cpu = wall
        for name, value in others.items():
            setattr(run, name, value)
        return run


def main():
    """Runs the tests; the arguments are the test's own."""
    unittest.main(argv=sys.argv[:1], module="__main__")
