#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The contention profile: what it adds up to, and names for its stacks. The argument: a program that prints one."""

import json
import os
import shutil
import subprocess
import sys
import unittest

sys.path.insert(0, os.path.join(os.getcwd(), "tests/unit/bench/parkway_ab"))
import unit  # noqa: E402
from parkway_ab import contention, symbols  # noqa: E402


def wait(kind, lock, nanoseconds, count=1, **others):
    return dict({"kind": kind, "lock": lock, "name": "", "nanoseconds": nanoseconds, "count": count,
                 "longest_nanoseconds": nanoseconds, "slept": 0, "histogram": [0, count], "waiter": [],
                 "releaser": []}, **others)


def document(*waits, **others):
    return dict({"parkway_profile": 1, "program": "made", "pid": 7, "seconds": 2.0, "cpu_seconds": 3.0, "threads": 4,
                 "sample": 100, "waits": list(waits), "mappings": []}, **others)


class Sums(unit.TestCase):
    def test_waits_for_one_lock_are_one_lock(self):
        profile = contention.Profile(document(
            wait("rw_mutex, reader", "0x10", 5, 2, histogram=[1, 1], slept=1, waiter=["0x1"]),
            wait("rw_mutex, writer", "0x10", 7, 3, histogram=[0, 1, 2], waiter=["0x2"], name="table"),
            wait("mutex", "0x10", 100),
            wait("mutex", "0x20", 50)))
        self.assertEqual([lock.title() for lock in profile.locks], ["mutex 0x10", "mutex 0x20", "rw_mutex table"])
        table = profile.locks[2]
        self.assertEqual((table.count, table.nanoseconds, table.longest, table.slept), (5, 12, 7, 1))
        self.assertEqual(table.histogram, [1, 2, 2])
        self.assertEqual([(s.role, s.waiter) for s in table.stacks], [("writer", (2,)), ("reader", (1,))])

    def test_stocks_workers_are_one(self):
        waits = [wait("worker", "0x10", 5), wait("worker", "0x20", 7), wait("mutex", "0x10", 1)]
        profile = contention.Profile(document(*waits, locks="stock"))
        self.assertEqual([lock.title() for lock in profile.locks], ["worker", "mutex 0x10"])
        self.assertEqual((profile.stock, profile.locks[0].nanoseconds), (True, 12))
        for others in ({}, {"locks": "parkway"}):
            profile = contention.Profile(document(*waits, **others))
            self.assertFalse(profile.stock)
            self.assertEqual(len(profile.locks), 3)

    def test_kinds_are_locks_conditions_or_sleep(self):
        for kind, group in (("mutex", "locks"), ("rw_mutex", "locks"), ("queuing_mutex", "locks"), ("address", "locks"),
                            ("condition", "condition variables"), ("condition variable", "condition variables"),
                            ("note", "condition variables"), ("worker", "sleeping workers"), ("queue", "queues"),
                            ("semaphore", "semaphores"), ("task", "suspended tasks"), ("tea", "other waits")):
            self.assertEqual(contention.group_of(kind), group)

    def profiles(self, *documents, seconds=2.0):
        return contention.Profiles([contention.Profile(one) for one in documents], seconds, 1.0)

    def test_the_ceiling_is_as_if_all_waits_came_in_a_row(self):
        found = self.profiles(document(wait("mutex", "0x1", 8e6), wait("worker", "0x2", 2e6)))
        self.assertAlmostEqual(found.ceiling(), 0.005)
        self.assertAlmostEqual(found.average(), 0.00125)
        self.assertEqual([group for group, _ in found.groups()], ["locks", "sleeping workers"])

    def test_it_is_not_more_than_all(self):
        self.assertEqual(self.profiles(document(wait("worker", "0x2", 7e9))).ceiling(), 1)

    def test_two_libraries_of_one_process_have_its_threads_once(self):
        found = self.profiles(document(wait("mutex", "0x1", 1e9)), document(wait("mutex", "0x2", 1e9), threads=2))
        self.assertEqual(found.threads(), 4)
        self.assertAlmostEqual(found.average(), 2 / 8)
        found = self.profiles(document(wait("mutex", "0x1", 1e9)), document(wait("mutex", "0x2", 1e9), pid=8))
        self.assertEqual(found.threads(), 8)

    def test_a_program_without_waits(self):
        found = self.profiles(document(threads=0))
        self.assertEqual((found.ceiling(), found.average(), found.groups()), (0, 0, []))

    def test_the_name_is_that_of_the_first_file_where_none_is_said(self):
        mapping = {"start": "0x1000", "end": "0x2000", "offset": "0x0", "path": "/usr/bin/mill"}
        self.assertEqual(contention.Profile(document(program="", mappings=[mapping])).program, "mill")


class Files(unit.TestCase):
    def test_all_files_of_a_run_are_read(self):
        self.write("tbb.12.json", json.dumps(document(wait("mutex", "0x1", 1e9), pid=None)))
        self.write("absl.13.json", json.dumps(document(wait("mutex", "0x1", 2e9), pid=None)))
        found, trouble = contention.read_all(self.folder, 2.0, 1.0)
        self.assertEqual((trouble, [profile.pid for profile in found.profiles]), ("", [13, 12]))

    def test_no_file_is_no_profile(self):
        self.assertEqual(contention.read_all(self.folder, 2.0, 1.0), (None, ""))

    def test_what_is_none_is_said(self):
        for text in ("", "{}", "[]", "nonsense", json.dumps(document(wait("mutex", "0x1", -1))),
                     json.dumps(document(wait("mutex", "0x1", "long"))), json.dumps(document(parkway_profile=2)),
                     json.dumps(document(wait("mutex", "0x1", 1, waiter=["main"])))):
            self.write("tbb.1.json", text)
            found, trouble = contention.read_all(self.folder, 2.0, 1.0)
            self.assertIsNone(found, text)
            self.assertIn("cannot be read", trouble)


class Histograms(unit.TestCase):
    def test_bars_between_the_ends(self):
        self.assertEqual(contention.histogram_lines([0] * 10 + [1, 0, 8], " .o#"), ["1.02 us |. #| 8.19 us"])

    def test_nothing_for_nothing(self):
        self.assertEqual(contention.histogram_lines([0, 0]), [])


class Names(unit.TestCase):
    def test_addr2lines_answers(self):
        text = ("0x0000000000001234\ninlined(int)\n/a/b.cc:10 (discriminator 3)\nouter()\n/a/b.cc:20\n"
                "0x0000000000001300\n??\n??:0\n0x1400\nplain\n??:?\n")
        found = [(address, [(frame.name, frame.place) for frame in frames])
                 for address, frames in symbols.parse(text, "/x")]
        self.assertEqual(found, [(0x1234, [("inlined(int)", "/a/b.cc:10"), ("outer()", "/a/b.cc:20")]), (0x1300, []),
                                 (0x1400, [("plain", "")])])

    def profile(self):
        done = subprocess.run([sys.argv[1]], stdout=subprocess.PIPE, check=True)
        return contention.Profile(json.loads(done.stdout))

    @unittest.skipUnless(shutil.which("addr2line"), "there is no addr2line (Debian: binutils)")
    def test_of_a_real_process(self):
        profile = self.profile()
        profile.load_symbols(10)
        stacks = profile.locks[0].stacks[0]
        names = [frame.name for frame in profile.frames(stacks.waiter)]
        self.assertEqual(names[:3], ["Waits(Report*)", "Works(Report*)", "main"])
        self.assertRegex(profile.frames(stacks.waiter)[1].place, r"profiled\.cc:\d+$")
        self.assertEqual(profile.frames(stacks.releaser)[0].name, "LetsGo(Report*)")

    def test_what_is_in_no_file_is_a_number(self):
        profile = contention.Profile(document(wait("mutex", "0x1", 1, waiter=["0x4242"]), mappings=[
            {"start": "0x1000", "end": "0x2000", "offset": "0x500", "path": "/nowhere/lib.so"}]))
        self.assertEqual(str(profile.frames((0x4242,))[0]), "0x4242")
        self.assertEqual(str(profile.frames((0x1010,))[0]), "lib.so+0x510")

    def test_the_librarys_own_frames_are_left_out(self):
        profile = contention.Profile(document(mappings=[
            {"start": "0x1000", "end": "0x2000", "offset": "0x0", "path": "/nowhere/libparkway_tbb.so"},
            {"start": "0x3000", "end": "0x4000", "offset": "0x0", "path": "/nowhere/mill"}]))
        self.assertEqual([str(frame) for frame in profile.frames((0x1010, 0x1020, 0x3010))], ["mill+0x10"])
        self.assertEqual([str(frame) for frame in profile.frames((0x1010,))], ["libparkway_tbb.so+0x10"])


if __name__ == "__main__":
    unit.main()
