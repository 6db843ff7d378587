# SPDX-License-Identifier: Apache-2.0
"""Names for addresses of a process that has ended, by addr2line."""

import os
import shutil
import subprocess

from parkway_ab import elf

_SECONDS = 120  # for one file


class Mapping:
    """A part of a file in memory."""

    def __init__(self, start, end, offset, path):
        self.start, self.end, self.offset, self.path = start, end, offset, path


class Frame:
    """A function: name, place (file:line, or empty), path of the program or library."""

    def __init__(self, name, place, path):
        self.name, self.place, self.path = name, place, path

    def __str__(self):
        where = self.place or os.path.basename(self.path)
        return f"{self.name} ({where})" if where and not self.name.startswith(where) else self.name


class Symbols:
    """frames(address): the functions there, innermost first; more than one where the compiler has inlined."""

    def __init__(self, mappings):
        self._mappings = sorted(mappings, key=lambda mapping: mapping.start)
        self._found = {}
        self.remark = "" if shutil.which("addr2line") else \
            "There is no addr2line (Debian: binutils): stacks have addresses in place of names."

    def _mapping(self, address):
        return next((m for m in self._mappings if m.start <= address < m.end), None)

    def load(self, addresses):
        """Finds names for all of them, one call of addr2line for each file. They are return addresses."""
        files = {}
        for address in set(addresses) - set(self._found):
            mapping = self._mapping(address)
            if mapping is None or not mapping.path.startswith("/"):
                self._found[address] = [Frame(mapping.path if mapping else f"{address:#x}", "", "")]
                continue
            offset = address - mapping.start + mapping.offset
            self._found[address] = [Frame(f"{os.path.basename(mapping.path)}+{offset:#x}", "", mapping.path)]
            files.setdefault(mapping.path, []).append((address, offset))
        for path, places in files.items():
            self._load_file(path, places)

    def _load_file(self, path, places):
        file = elf.read(path)
        if self.remark or file is None:
            return
        wanted = {file.address_of(offset) - 1: address for address, offset in places}
        try:
            done = subprocess.run(["addr2line", "-aCfie", path], input="".join(f"{at:#x}\n" for at in wanted),
                                  stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, timeout=_SECONDS,
                                  universal_newlines=True, errors="replace", check=False)
        except (OSError, subprocess.TimeoutExpired):
            return
        for at, frames in parse(done.stdout, path):
            # Of a stripped file addr2line gives the symbol before, however far away.
            if at in wanted and frames and (frames[-1].place or file.has_symbols or file.covers(at)):
                self._found[wanted[at]] = frames

    def frames(self, address):
        if address not in self._found:
            self.load([address])
        return self._found[address]

    def stack(self, addresses):
        return [frame for address in addresses for frame in self.frames(address)]


def parse(text, path):
    """(address, frames) for each address in what addr2line -af prints; no frames where it knows no name."""
    address, frames, name = None, [], None
    for line in text.splitlines():
        if name is None and line.startswith("0x"):
            if address is not None:
                yield address, frames
            address, frames = int(line, 16), []
        elif name is None:
            name = line
        else:
            place = line.split(" (discriminator")[0]
            if name != "??":
                frames.append(Frame(name, "" if place.startswith("??") else place.replace(":?", ""), path))
            name = None
    if address is not None:
        yield address, frames
