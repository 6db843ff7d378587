#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""One run: what is measured, and how a run that does not behave ends."""

import os
import sys

sys.path.insert(0, os.path.join(os.getcwd(), "tests/unit/bench/parkway_ab"))
import unit  # noqa: E402
from parkway_ab import problem, runner  # noqa: E402


class Running(unit.TestCase):
    def runner(self, *lines, **options):
        """Of a shell script."""
        self.made = runner.Runner(self.options(self.script("mill", *lines), "one", "two words", **options), self.folder)
        return self.made

    def run_once(self, *lines, **options):
        return self.runner(*lines, **options).run(runner.Side("stock"))

    def printed(self):
        with open(self.made.stdout, encoding="utf-8") as file:
            return file.read()

    def test_arguments_folder_and_output(self):
        run = self.run_once('echo "$#:$2"; pwd; cat; echo last >&2')
        self.assertEqual(self.printed(), f"2:two words\n{os.path.realpath(self.folder)}\n")
        self.assertEqual((run.status, run.ended, run.last_words()), (0, "", ["last"]))
        self.assertGreater(run.wall, 0)

    def test_input(self):
        self.run_once("cat", input=self.write("words", "hello"))
        self.assertEqual(self.printed(), "hello")

    def test_how_it_ends(self):
        self.assertEqual(self.run_once("exit 3").how(), "ended with status 3")
        self.assertEqual(self.run_once("kill -SEGV $$").how(), "crashed with SIGSEGV")
        self.assertEqual(self.run_once("kill -TERM $$").how(), "was ended by SIGTERM")

    def test_one_that_does_not_end(self):
        run = self.run_once("sleep 1000", run_limit=1)
        self.assertEqual(run.how(), "had not ended after 1 s")
        self.assertFalse(run.leftover)

    def test_one_that_writes_too_much(self):
        self.assertEqual(self.run_once("exec yes").how(), "wrote more than 1.00 MiB to its standard output")
        self.assertEqual(self.run_once("exec yes >&2").how(), "wrote more than 1.00 MiB to its standard error")
        path = self.path("result")
        self.assertEqual(self.run_once(f"exec yes >{path}", output=path).how(), f"wrote more than 1.00 MiB to {path}")

    def test_what_it_leaves_is_ended(self):
        run = self.run_once("sleep 1000 & echo $!")
        self.assertTrue(run.leftover)
        self.assertFalse(self.run_once("sleep 0").leftover)

    def test_a_file_of_the_last_run_is_not_taken_for_this_ones(self):
        path = self.write("result", "old")
        self.run_once("true", output=path)
        self.assertFalse(os.path.exists(path))

    def test_sides(self):
        os.environ.update(PARKWAY_TBB="waits", PARKWAY_STATS="1", PARKWAY_PROFILE="x", LD_PRELOAD="")
        try:
            made = self.runner('echo "$LD_PRELOAD,$PARKWAY_TBB,$PARKWAY_STATS,$PARKWAY_PROFILE,$MORE"')
            made.run(runner.Side("stock"))
            self.assertEqual(self.printed(), ",,,,\n")
            # The dynamic linker complains of a library that is not there, and goes on.
            made.run(runner.Side("parkway", ["/none.so"], {"MORE": "1"}))
            self.assertEqual(self.printed(), "/none.so,waits,,,1\n")
            made.run(runner.Side("parkway", ["/none.so"], {"PARKWAY_TBB": "stacks"}), {"PARKWAY_STATS": "1"})
            self.assertEqual(self.printed(), "/none.so,stacks,1,,\n")
        finally:
            for name in ("PARKWAY_TBB", "PARKWAY_STATS", "PARKWAY_PROFILE", "LD_PRELOAD"):
                del os.environ[name]

    def test_a_command_in_front_is_not_preloaded(self):
        made = self.runner('echo "in:$LD_PRELOAD"')
        made.run(runner.Side("parkway", ["/none.so"]), prefix=["sh", "-c", 'echo "before:$LD_PRELOAD"; exec "$@"', "x"])
        self.assertEqual(self.printed(), "before:\nin:/none.so\n")

    def test_pinned(self):
        before = os.sched_getaffinity(0)
        cpu = max(before)
        self.run_once("grep Cpus_allowed_list /proc/self/status", pin={cpu})
        self.assertEqual(self.printed().split(), ["Cpus_allowed_list:", str(cpu)])
        self.assertEqual(os.sched_getaffinity(0), before)

    def test_memory_that_can_be_told_and_that_cannot(self):
        self.assertEqual(self.run_once("true").memory, 0)
        run = self.run_once(f"exec {sys.executable} -c \"x = b'1' * (300 << 20)\"")
        self.assertGreater(run.memory, 300 << 20)

    def test_one_that_needs_a_terminal(self):
        self.assertTrue(self.run_once("echo 'stdin is not a terminal' >&2; exit 1").needs_terminal())
        self.assertTrue(self.run_once("echo x >/dev/tty").needs_terminal())
        self.assertFalse(self.run_once("echo 'stdin is not a terminal' >&2").needs_terminal())
        self.assertFalse(self.run_once("exit 1").needs_terminal())

    def test_one_that_cannot_be_started(self):
        made = runner.Runner(self.options(self.write("none", "#!/nowhere/sh\n", 0o755)), self.folder)
        self.refuses(problem.WRONG_USE, "cannot be started", made.run, runner.Side("stock"))


if __name__ == "__main__":
    unit.main()
