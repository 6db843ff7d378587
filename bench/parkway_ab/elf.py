# SPDX-License-Identifier: Apache-2.0
"""What an ELF file says of itself."""

import mmap
import re
import struct

_MACHINES = {3: "i386", 40: "arm", 62: "x86-64", 183: "arm64", 243: "riscv64", 21: "ppc64", 22: "s390x"}
_PT_LOAD, _PT_DYNAMIC, _PT_INTERP = 1, 2, 3
_SHT_SYMTAB, _SHT_DYNSYM = 2, 11
_DT_NEEDED, _DT_SONAME, _DT_STRTAB = 1, 14, 5
_MAGIC = b"\x7fELF"


class NotElf(Exception):
    """The file is none, or a broken one."""


class Elf:
    """An ELF file: machine, bits, entry, interpreter, needed, soname, loads, has_symbols."""

    def __init__(self, path):
        self.path = path
        with open(path, "rb") as file:
            if file.read(4) != _MAGIC:
                raise NotElf(f"{path} is no ELF file")
            self._bytes = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        try:
            self._read()
        except (struct.error, IndexError) as error:
            raise NotElf(f"{path} is a damaged ELF file") from error

    def _read(self):
        data = self._bytes
        self.bits = 64 if data[4] == 2 else 32
        order = "<" if data[5] == 1 else ">"
        self._wide = order + ("Q" if self.bits == 64 else "I")
        header = struct.unpack_from(order + ("HHIQQQIHHHHHH" if self.bits == 64 else "HHIIIIIHHHHHH"), data, 16)
        self.entry = header[3]
        self.machine = _MACHINES.get(header[1], f"machine {header[1]}")
        self._order = order
        self.interpreter, self.loads, dynamic = "", [], None
        for i in range(header[9]):
            kind, offset, address, length = self._segment(header[4] + i * header[8])
            if kind == _PT_LOAD:
                self.loads.append((offset, address, length))
            elif kind == _PT_INTERP:
                self.interpreter = data[offset:offset + length].split(b"\0")[0].decode(errors="replace")
            elif kind == _PT_DYNAMIC:
                dynamic = (offset, length)
        self._sections = [self._section(header[5] + i * header[10]) for i in range(header[11])]
        self.has_symbols = any(section[0] == _SHT_SYMTAB for section in self._sections)
        self.is_dynamic = dynamic is not None
        self.needed, self.soname = [], ""
        if dynamic:
            self._read_dynamic(*dynamic)

    def _segment(self, at):
        if self.bits == 64:
            kind, _, offset, address, _, length = struct.unpack_from(self._order + "IIQQQQ", self._bytes, at)
        else:
            kind, offset, address, _, length = struct.unpack_from(self._order + "IIIII", self._bytes, at)
        return kind, offset, address, length

    def _section(self, at):
        layout = "IIQQQQIIQQ" if self.bits == 64 else "IIIIIIIIII"
        fields = struct.unpack_from(self._order + layout, self._bytes, at)
        return fields[1], fields[4], fields[5], fields[6]  # type, offset, size, link

    def _read_dynamic(self, offset, length):
        width = self.bits // 8
        entries = [struct.unpack_from(self._order + self._wide[1] * 2, self._bytes, at)
                   for at in range(offset, offset + length - 2 * width + 1, 2 * width)]
        table = next((value for tag, value in entries if tag == _DT_STRTAB), None)
        if table is None:
            return
        names = self.offset_of(table)
        for tag, value in entries:
            if tag == _DT_NEEDED:
                self.needed.append(self._string(names + value))
            elif tag == _DT_SONAME:
                self.soname = self._string(names + value)
            elif tag == 0:
                break

    def _string(self, at):
        return self._bytes[at:self._bytes.find(b"\0", at)].decode(errors="replace")

    def offset_of(self, address):
        """Where in the file the memory at `address` comes from."""
        for offset, start, length in self.loads:
            if start <= address < start + length:
                return address - start + offset
        return address

    def address_of(self, offset):
        """At what address, before relocation, a part of the file is mapped."""
        for start, address, length in self.loads:
            if start <= offset < start + length:
                return offset - start + address
        return offset

    def contains(self, text):
        return self._bytes.find(text) >= 0

    def search(self, pattern):
        """The match of a regular expression for bytes anywhere in the file."""
        return re.search(pattern, self._bytes)

    def defined(self, pattern):
        """The match for the first symbol of the file that it defines; `pattern` is for all of the name."""
        compiled = re.compile(pattern)
        for kind, offset, length, link in self._sections:
            if kind not in (_SHT_SYMTAB, _SHT_DYNSYM) or link >= len(self._sections):
                continue
            names = self._sections[link]
            text = self._bytes[names[1]:names[1] + names[2]]
            wanted = {match.start(): match for match in re.finditer(pattern + rb"(?=\0)", text)}
            for name, _, _ in self._defined(offset, length) if wanted else ():
                if name in wanted:
                    return compiled.match(text, name)
        return None

    def covers(self, address):
        """Whether one of the file's symbols says that it is there, and not only somewhere before."""
        return any(start <= address < start + size for kind, offset, length, _ in self._sections
                   if kind in (_SHT_SYMTAB, _SHT_DYNSYM) for _, start, size in self._defined(offset, length))

    def _defined(self, offset, length):
        """(name, address, size) of each symbol that is defined; the name is a place in the table of names."""
        step = 24 if self.bits == 64 else 16
        for at in range(offset, offset + length - step + 1, step):
            if self.bits == 64:
                name, _, _, section, address, size = struct.unpack_from(self._order + "IBBHQQ", self._bytes, at)
            else:
                name, address, size, _, _, section = struct.unpack_from(self._order + "IIIBBH", self._bytes, at)
            if section:
                yield name, address, size


def read(path):
    """The file, or None if it is no ELF file."""
    try:
        return Elf(path)
    except (NotElf, OSError, ValueError):
        return None
