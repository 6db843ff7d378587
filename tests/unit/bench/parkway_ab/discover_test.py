#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What a program is and what it is linked to. The arguments: a program on oneTBB and Abseil, one on TBB 2020."""

import os
import shutil
import struct
import sys

sys.path.insert(0, os.path.join(os.getcwd(), "tests/unit/bench/parkway_ab"))
import unit  # noqa: E402
from parkway_ab import discover, elf, problem  # noqa: E402

_BOTH, _OLD = (os.path.abspath(path) for path in sys.argv[1:3])


def made_elf(machine=62, interpreter=b"", rest=b""):
    """A file that an ELF reader takes for a program; nobody can run it."""
    segments = [(1, 0, 0)]
    if interpreter:
        segments.append((3, 64 + 2 * 56, len(interpreter) + 1))
    head = b"\x7fELF\2\1\1" + bytes(9) + struct.pack("<HHIQQQIHHHHHH", 2, machine, 1, 0, 64, 0, 0, 64, 56,
                                                     len(segments), 64, 0, 0)
    body = b"".join(struct.pack("<IIQQQQQQ", kind, 5, offset, offset, offset, size, size, 1)
                    for kind, offset, size in segments)
    return (head + body).ljust(64 + 2 * 56, b"\0") + interpreter + b"\0" + rest


class Looking(unit.TestCase):
    def look(self, word, library=_BOTH):
        return discover.look(word, self.folder, library)

    def test_hosts_by_any_name_with_their_versions(self):
        program = self.look(_BOTH)
        found = {(copy.host, copy.name, copy.version, copy.obstacle) for copy in program.copies}
        self.assertEqual(found, {("tbb", "libtbb-1a2b3c4d.so.12.8", "2021.8", ""),
                                 ("absl", "libabsl_synchronization.so.20220623", "20220623", "")})
        self.assertEqual((program.kind, program.linkage), ("program", "dynamically linked"))

    def test_an_older_tbb_is_named_with_the_way_out(self):
        copies = self.look(_OLD).copies
        self.assertEqual([(copy.name, copy.version) for copy in copies], [("libtbb.so.2", "2020.3")])
        self.assertIn("rebuild with oneTBB", copies[0].obstacle)

    def test_a_program_without_hosts(self):
        self.assertEqual(self.look("/bin/sleep").copies, [])

    def test_a_path_is_of_the_folder_where_it_runs(self):
        shutil.copy("/bin/sleep", self.path("nap"))
        self.assertEqual(self.look("./nap").path, self.path("./nap"))

    def test_a_script_shows_its_hosts_only_when_it_runs(self):
        self.script("mill")
        program = self.look("./mill")
        self.assertEqual((program.kind, program.interpreter, program.copies), ("script", "/bin/sh", []))

    def test_what_is_none(self):
        os.mkdir(self.path("folder"))
        self.write("text", "no program\n", 0o755)
        self.write("locked", "#!/bin/sh\n", 0o644)
        for word, words in (("./none", "there is no such program"), ("none-of-this-name", "is on PATH"),
                            ("locked", "./locked is there"), ("./folder", "is a folder"),
                            ("./locked", "is not executable"), ("./text", "neither an ELF program nor a script")):
            self.refuses(problem.WRONG_USE, words, self.look, word)

    def test_a_static_program_is_to_be_swapped_by_build(self):
        self.write("plain", made_elf(), 0o755)
        self.refuses(problem.NOTHING_TO_TAKE_OVER, "is static: nothing can be preloaded", self.look, "./plain")
        self.write("within", made_elf(rest=b"oneTBB: VERSION\t\t2021.8\n\0"), 0o755)
        trouble = self.refuses(problem.NOTHING_TO_TAKE_OVER, "static, with oneTBB in it", self.look, "./within")
        self.assertIn("docs/guide/tbb.md", trouble.message)
        self.assertEqual(self.look("./within", None).copies[0].version, "2021.8")

    def test_a_host_within_a_dynamic_program_stays(self):
        text = b"Potential Mutex deadlock \0lts_20220623\0"
        self.write("within", made_elf(interpreter=b"/nowhere/ld.so", rest=text), 0o755)
        program = self.look("./within")
        self.assertEqual([copy.host for copy in program.copies], ["absl"])
        self.assertIn("part of the program", program.copies[0].obstacle)
        self.assertIn("does not list its libraries", program.remarks[0])

    def test_another_machines_program(self):
        self.write("foreign", made_elf(machine=243, interpreter=b"/nowhere/ld.so"), 0o755)
        self.refuses(problem.NOTHING_TO_TAKE_OVER, "is for riscv64", self.look, "./foreign")

    def test_a_program_with_more_rights(self):
        shutil.copy("/bin/sleep", self.path("mighty"))
        os.chmod(self.path("mighty"), 0o4755)
        self.refuses(problem.NOTHING_TO_TAKE_OVER, "setuid", self.look, "./mighty")
        self.assertEqual(self.look("./mighty", None).kind, "program")

    def test_a_library_that_is_not_there(self):
        with open(_BOTH, "rb") as file:
            text = file.read()
        self.assertIn(b"libtbb-1a2b3c4d.so.12.8\0", text)
        self.write("lacks", text.replace(b"libtbb-1a2b3c4d.so.12.8\0", b"libtbb-none-of-it.so.12\0"), 0o755)
        self.refuses(problem.WRONG_USE, "libtbb-none-of-it.so.12, which the dynamic linker does not find", self.look,
                     "./lacks")


class Elves(unit.TestCase):
    def test_a_real_one(self):
        file = elf.read(_BOTH)
        self.assertIn("libtbb-1a2b3c4d.so.12.8", file.needed)
        self.assertTrue(file.interpreter.startswith("/"))
        self.assertIsNone(file.defined(rb"TBB_runtime_interface_version"))
        self.assertIsNotNone(file.defined(rb"_start"))

    def test_addresses_and_places_in_the_file_are_each_others(self):
        file = elf.read(_BOTH)
        for offset, address, size in file.loads:
            self.assertEqual(file.address_of(offset + size // 2), address + size // 2)
            self.assertEqual(file.offset_of(address + size // 2), offset + size // 2)

    def test_symbols_cover_their_own_code_alone(self):
        file = elf.read(_BOTH)
        covered = [file.covers(address) for _, address, _ in file.loads]
        self.assertFalse(any(covered))
        self.assertTrue(file.covers(file.entry))

    def test_damaged_ones_are_none(self):
        with open(_BOTH, "rb") as file:
            text = file.read()
        for length in (0, 3, 4, 20, 63, 64, 100, 1000):
            self.write("damaged", text[:length])
            self.assertIsNone(elf.read(self.path("damaged")), length)
        self.assertIsNone(elf.read(self.path("none")))


if __name__ == "__main__":
    unit.main()
