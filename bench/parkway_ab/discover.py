# SPDX-License-Identifier: Apache-2.0
"""What a program is, and which hosts of parkway's locks it is linked to. Runs nothing of the program's own code."""

import os
import re
import shutil
import stat
import subprocess

from parkway_ab import elf
from parkway_ab.problem import NOTHING_TO_TAKE_OVER, Problem

HOSTS = {"tbb": "oneTBB", "absl": "Abseil"}

_DEFINES = {"tbb": rb"TBB_runtime_interface_version", "absl": rb"_ZN4absl(?:\d+[a-z]\w*?)?5Mutex4[Ll]ockEv"}
# In the data of a copy that shows no symbols.
_TEXTS = {"tbb": (b"oneTBB: VERSION",), "absl": (b"Potential Mutex deadlock", b"lts_20")}
_OLD_TBB = "libtbb.so.2"

_BY_BUILD = {
    "tbb": "build oneTBB over parkway's locks instead (docs/guide/tbb.md, \"By build\")",
    "absl": "build Abseil over parkway's locks instead (docs/guide/absl.md, \"By build\")",
}


class Copy:
    """A host within a file: host ("tbb" or "absl"), name, version, path, obstacle (why it stays; or empty)."""

    def __init__(self, host, name, version, path, obstacle=""):
        self.host = host
        self.name = name
        self.version = version
        self.path = path
        self.obstacle = obstacle

    def __str__(self):
        return f"{self.name}{' ' + self.version if self.version else ''}"


class Program:
    """path, kind ("program" or "script"), linkage, machine, stripped, copies, missing (libraries), remarks."""

    def __init__(self, path, kind):
        self.path = path
        self.kind = kind
        self.linkage = self.machine = self.interpreter = ""
        self.stripped = False
        self.copies, self.missing, self.remarks = [], [], []

    def describe(self):
        if self.kind == "script":
            return f"{self.path}, a script for {self.interpreter}"
        return f"{self.path}, {self.machine}, {self.linkage}{', stripped' if self.stripped else ''}"


def find(word, folder):
    """The path of what a command begins with, run in `folder`."""
    if "/" in word:
        path = os.path.join(folder, word)
        if not os.path.exists(path):
            raise Problem(f"{word}: there is no such program")
    else:
        path = shutil.which(word)
        if path is None:
            hint = f"; ./{word} is there: give it with the ./" if os.path.isfile(os.path.join(folder, word)) else ""
            raise Problem(f"{word}: no program of this name is on PATH{hint}")
    if os.path.isdir(path):
        raise Problem(f"{word} is a folder, not a program")
    if not os.access(path, os.X_OK):
        raise Problem(f"{word} is not executable: chmod +x it, or name the program that runs it")
    return path


def look(word, folder, library):
    """The Program that a command begins with. library: one that is to be preloaded, or None."""
    path = find(word, folder)
    with open(path, "rb") as file:
        first = file.read(256)
    if first.startswith(b"#!"):
        program = Program(path, "script")
        program.interpreter = first[2:].split(b"\n")[0].strip().decode(errors="replace")
        return program
    binary = elf.read(path)
    if binary is None:
        raise Problem(f"{word} is neither an ELF program nor a script that begins with #!: "
                      "name the program that runs it")
    program = Program(path, "program")
    program.machine = binary.machine
    program.stripped = not binary.has_symbols
    program.linkage = "dynamically linked" if binary.interpreter else "statically linked"
    program.copies = _within(binary, "" if binary.interpreter else "the program is static")
    if library:
        _refuse_rights(program)
        if not binary.interpreter:
            _refuse_static(program)
        _refuse_machine(program, binary, library)
    if not binary.interpreter:
        return program
    for library in _libraries(program, binary):
        file = elf.read(library)
        program.copies += _copies(file) if file else []
    if program.missing:
        raise Problem(f"{word} cannot start: it needs {', '.join(program.missing)}, which the dynamic linker "
                      "does not find")
    if not program.copies and program.stripped:
        program.remarks.append("It is stripped: a host that is linked into it cannot be told from its other code.")
    return program


def _refuse_rights(program):
    mode = os.stat(program.path).st_mode
    rights = [name for bit, name in ((stat.S_ISUID, "setuid"), (stat.S_ISGID, "setgid")) if mode & bit]
    try:
        os.getxattr(program.path, "security.capability")
        rights.append("file capabilities")
    except OSError:
        pass
    if rights:
        raise Problem(f"{program.path} runs with other rights than yours ({', '.join(rights)}): the dynamic linker "
                      "preloads nothing there; measure a copy of it (cp), which has not got them", NOTHING_TO_TAKE_OVER)


def _refuse_static(program):
    hosts = sorted({copy.host for copy in program.copies})
    way = "; ".join(_BY_BUILD[host] for host in hosts) or "if it has oneTBB or Abseil in it, " + _BY_BUILD["tbb"]
    has = ", with " + " and ".join(HOSTS[host] for host in hosts) + " in it" if hosts else ""
    raise Problem(f"{program.path} is static{has}: nothing can be preloaded; {way}", NOTHING_TO_TAKE_OVER)


def _refuse_machine(program, binary, library):
    own = elf.read(library)
    if own and (own.machine, own.bits) != (binary.machine, binary.bits):
        raise Problem(f"{program.path} is for {binary.machine} with {binary.bits} bits, and the preload libraries "
                      f"are for {own.machine} with {own.bits}", NOTHING_TO_TAKE_OVER)


def _libraries(program, binary):
    """The libraries that the dynamic linker would load; fills program.missing."""
    try:
        # $ORIGIN is the folder of the file itself when it runs, and of the name that is given here.
        done = subprocess.run([binary.interpreter, "--list", os.path.realpath(program.path)], stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, timeout=60, check=False)
    except (OSError, subprocess.TimeoutExpired):
        program.remarks.append(f"{binary.interpreter} does not list its libraries: only a run shows its hosts.")
        return []
    found = []
    for line in done.stdout.decode(errors="replace").splitlines():
        # glibc's words and musl's.
        missing = re.search(r"loading shared librar(?:ies|y):? (\S+): (?:cannot open|No such file)", line)
        match = re.match(r"\s*\S+ => (/.*?)(?: \(0x[0-9a-f]+\))?$", line)
        if missing:
            program.missing.append(missing.group(1))
        elif match and match.group(1) not in found:
            found.append(match.group(1))
    return found


def _version(host, file, symbol):
    if host == "tbb":
        match = file.search(rb"TBB: VERSION\s+([0-9.]+)")
        return match.group(1).decode() if match else ""
    match = re.search(r"\.so\.([0-9.]{6,})$", file.soname) or re.search(r"lts_(\d{8})", symbol)
    return match.group(1) if match else ""


def _copies(file):
    """The hosts that a shared library shows to others."""
    found = []
    for host, pattern in _DEFINES.items():
        symbol = file.defined(pattern)
        if not symbol:
            continue
        name = file.soname or os.path.basename(file.path)
        obstacle = ""
        if host == "tbb" and name == _OLD_TBB:
            obstacle = "it is TBB 2020 or older, not oneTBB: its interface is another one; rebuild with oneTBB"
        found.append(Copy(host, name, _version(host, file, symbol.group().decode()), file.path, obstacle))
    return found


def _within(binary, why):
    """The hosts that are a part of the program itself."""
    found = []
    for host, pattern in _DEFINES.items():
        symbol = binary.defined(pattern)
        if symbol is None and not all(binary.contains(text) for text in _TEXTS[host]):
            continue
        obstacle = why or f"it is a part of the program: {_BY_BUILD[host]}"
        version = _version(host, binary, symbol.group().decode() if symbol else "")
        found.append(Copy(host, f"{HOSTS[host]} within the program", version, binary.path, obstacle))
    return found
