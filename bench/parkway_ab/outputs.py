# SPDX-License-Identifier: Apache-2.0
"""Whether two runs have done the same: exit status and output."""

import hashlib
import os
import shutil
import subprocess

from parkway_ab import problem
from parkway_ab.problem import OUTPUTS_DIFFER, Problem

_LINES = 6  # of each side, around the first difference
_WIDTH = 160
_BLOCK = 1 << 20


class Outputs:
    """Compares each run with the first one. `folder`: for copies of the outputs."""

    def __init__(self, options, runner, folder):
        self._options = options
        self._runner = runner
        self._folder = folder
        self._first = None

    def check(self, run):
        """Raises a Problem if the run has not done what the first one did; that one is taken as it is."""
        name = "first" if self._first is None else "other"
        result = self._result(run, name)
        if self._first is None:
            self._first = (run, result)
            return
        first, wanted = self._first
        if run.status != first.status or run.ended:
            raise self._differ(first, run, f"{first.side.name} {first.how()}, {run.side.name} {run.how()}",
                               run.last_words())
        if result[0] != wanted[0]:
            raise self._differ(first, run, self._what_differs(), _excerpts(first, wanted[1], run, result[1]))
        run.digest = result[0]

    def digest(self):
        return self._first[1][0]

    def _differ(self, first, run, what, details):
        if first.side.libraries == run.side.libraries:
            return Problem(f"two runs of {run.side.name} differ: {what}; give --check CMD, which keeps what has to be "
                           "the same, or --output FILE", problem.WRONG_USE, details)
        return Problem(f"{first.side.name} and {run.side.name} differ: {what}", OUTPUTS_DIFFER, details)

    def _what_differs(self):
        if self._options.check:
            return "the check prints something else"
        return "the output is another one" if not self._options.output else \
            f"what is in {self._options.output} is another"

    def _result(self, run, name):
        """(digest, path) of what has to be the same."""
        path = self._runner.stdout
        if self._options.output and run.status == 0 and not run.ended:
            path = self._options.output
            if not os.path.isfile(path):
                raise Problem(f"--output={path}: the program has not written such a file", problem.WRONG_USE,
                              run.last_words())
        if self._options.check and not run.ended:
            path = self._checked(run, path, name)
        kept = os.path.join(self._folder, name)
        if os.path.realpath(path) != os.path.realpath(kept):
            shutil.copyfile(path, kept)
        return _digest(kept), kept

    def _checked(self, run, path, name):
        """The file with what --check prints."""
        folder = os.path.join(self._folder, "check")
        shutil.rmtree(folder, ignore_errors=True)
        os.mkdir(folder)
        for file, source in (("stdout", self._runner.stdout), ("stderr", self._runner.stderr), ("output", path)):
            os.symlink(source, os.path.join(folder, file))
        with open(os.path.join(folder, "status"), "w", encoding="utf-8") as file:
            file.write(f"{run.status}\n")
        printed = os.path.join(self._folder, name)
        with open(path, "rb") as source, open(printed, "wb") as out:
            done = subprocess.run(["/bin/sh", "-c", self._options.check], stdin=source, stdout=out,
                                  stderr=subprocess.PIPE, cwd=self._options.folder, check=False,
                                  env=dict(os.environ, PARKWAY_AB_RUN=folder))
        if done.returncode != 0:
            words = done.stderr.decode(errors="replace").splitlines()[-8:]
            if self._first is None:
                raise Problem(f"--check: the command ends with {done.returncode} after a run of {run.side.name}, "
                              "which is the one to compare with", problem.WRONG_USE, words)
            raise Problem(f"{run.side.name} fails the check: the command ends with {done.returncode}",
                          OUTPUTS_DIFFER, words)
        return printed


def _digest(path):
    total = hashlib.sha256()
    with open(path, "rb") as file:
        for block in iter(lambda: file.read(_BLOCK), b""):
            total.update(block)
    return total.hexdigest()


def first_difference(one, other):
    """The offset of the first byte that differs, or of the end of the shorter file."""
    offset = 0
    with open(one, "rb") as first, open(other, "rb") as second:
        while True:
            a, b = first.read(_BLOCK), second.read(_BLOCK)
            if a != b or not a:
                return offset + len(os.path.commonprefix([a, b]))
            offset += len(a)


def _excerpts(first, one, run, other):
    """Lines of both from the first difference on."""
    at = first_difference(one, other)
    line, start = _line_at(one, at)
    yield f"the first difference is in line {line}, at byte {at}"
    for side, path in ((first.side.name, one), (run.side.name, other)):
        yield f"{side} ({problem.size(os.path.getsize(path))}):"
        with open(path, "rb") as file:
            file.seek(start)
            lines = file.read(_LINES * _WIDTH).decode(errors="backslashreplace").splitlines()[:_LINES]
        for text in lines or ["(ends here)"]:
            yield "  " + "".join(c if c.isprintable() else "." for c in text[:_WIDTH])


def _line_at(path, at):
    """The number of the line there, and where it begins; at most one excerpt's width before."""
    line, start, offset = 1, 0, 0
    with open(path, "rb") as file:
        while offset < at:
            block = file.read(min(_BLOCK, at - offset))
            if not block:
                break
            line += block.count(b"\n")
            if b"\n" in block:
                start = offset + block.rfind(b"\n") + 1
            offset += len(block)
    return line, max(start, at - _WIDTH)
