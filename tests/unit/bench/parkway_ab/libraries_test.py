#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What the preload libraries say, where they are found, and the layers to try."""

import os
import sys

sys.path.insert(0, os.path.join(os.getcwd(), "tests/unit/bench/parkway_ab"))
import unit  # noqa: E402
from parkway_ab import layers, libraries, problem  # noqa: E402

_SAID = """\
something of the program's own
parkway: libparkway_tbb.so leaves stacks to libtbb.so.12: it does not define NAME
parkway: libparkway_tbb.so leaves stacks to libtbb.so.12: it does not define NAME
parkway: stats of mill (12): PARKWAY=on PARKWAY_TBB=waits,workers, libtbb.so.12 (interface 12080)
parkway: stats of mill (13): PARKWAY=on PARKWAY_TBB=waits,workers, libtbb.so.12 (interface 12080)
parkway:        count  what
parkway:           17  waits on an address
parkway: stats of a (b) c (14): PARKWAY=on PARKWAY_ABSL=locks, libabsl_synchronization.so.20220623
parkway: stats of mill (12): PARKWAY=off, libtbb-1a2b.so.12
parkway: stats of sh (11): no libtbb in this process, or none that was used
"""


class Said(unit.TestCase):
    def test_each_copy_once(self):
        said = libraries.Said(_SAID)
        self.assertEqual([(t.program, t.on, t.host, t.layers, t.mode, t.name) for t in said.taken], [
            ("mill", True, "tbb", ["waits", "workers"], "", "libtbb.so.12 (interface 12080)"),
            ("a (b) c", True, "absl", [], "locks", "libabsl_synchronization.so.20220623"),
            ("mill", False, "", [], "", "libtbb-1a2b.so.12")])
        self.assertEqual(said.hosts(), ["tbb", "absl"])
        self.assertEqual(said.layers(), ["waits", "workers"])
        self.assertEqual(len(said.remarks), 1)

    def test_what_is_not_seen_where_stock_is_watched(self):
        said = libraries.Said(_SAID)
        line = "parkway: stats of mill (12): PARKWAY=watch PARKWAY_TBB=waits, libtbb.so.12 (interface 12080)\n"
        watched = libraries.Said(line)
        self.assertEqual((watched.hosts(), watched.taken[0].watched), ([], True))
        self.assertEqual(said.unseen(watched), ["tbb workers", "absl locks"])
        watched = libraries.Said(line.replace("waits", "waits,workers") + "parkway: stats of x (9): PARKWAY=watch "
                                 "PARKWAY_ABSL=locks, libabsl_synchronization.so.20220623\n")
        self.assertEqual(said.unseen(watched), [])
        # Stacks do not wait.
        said = libraries.Said(_SAID.replace("waits,workers", "stacks"))
        self.assertEqual(said.unseen(libraries.Said("")), ["absl locks"])

    def test_nothing(self):
        said = libraries.Said("parkway: stats of sh (11): no libtbb in this process, or none that was used\n")
        self.assertEqual((said.taken, said.hosts(), said.layers(), said.remarks), ([], [], [], []))


class Places(unit.TestCase):
    def locate(self, **named):
        return libraries.locate(self.options("x", **dict({"tbb": None, "absl": None}, **named)), [self.folder])

    def test_beside_the_tool_or_where_the_options_say(self):
        os.mkdir(self.path("lib"))
        beside = self.write("lib/libparkway_tbb.so", "")
        named = self.write("other.so", "")
        self.assertEqual(self.locate(), {"tbb": os.path.realpath(beside)})
        self.assertEqual(self.locate(tbb=named, absl=named), dict.fromkeys(("tbb", "absl"), os.path.realpath(named)))

    def test_none(self):
        self.refuses(problem.WRONG_USE, "give them with --tbb and --absl", self.locate)

    def test_a_path_that_ld_preload_cannot_have(self):
        self.refuses(problem.WRONG_USE, "no path with a space", lambda: self.locate(tbb=self.write("a b.so", "")))


class Alone(unit.TestCase):
    def sides(self, hosts, in_use=()):
        return layers.alone({"tbb": "/t.so", "absl": "/a.so"}, hosts, in_use)

    def test_each_layer_of_onetbb(self):
        sides = self.sides(["tbb"], ["waits", "stacks"])
        self.assertEqual([side.name for side in sides], [
            "waits", "workers (off by default)", "workers,yields (off by default)", "stacks",
            "conditions (off by default)"])
        self.assertEqual(sides[2].environment, {"PARKWAY": "on", "PARKWAY_TBB": "workers,yields"})
        self.assertTrue(all(side.libraries == ["/t.so"] and side.serves for side in sides))

    def test_both_hosts(self):
        sides = self.sides(["tbb", "absl"])
        self.assertEqual([side.name for side in sides[-2:]], ["Abseil: locks", "Abseil: sem (off by default)"])
        self.assertEqual(sides[-1].libraries, ["/a.so"])


if __name__ == "__main__":
    unit.main()
