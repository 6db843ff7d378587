# SPDX-License-Identifier: Apache-2.0
"""Writes what one preload library consists of besides C++: which of the host's functions it takes
over, under which private names our own ones are linked, and the trampolines in between.

Reads the symbols of the host library, of the libraries it came with and of our own archives. Every
decision that could go wrong silently ends the build instead: a variable that both sides define, a
class of which one half would be ours and the other half the host's.
"""

import argparse
import re
import subprocess
import sys

# In both sets the functions have one private name each, so that both fit into one library.
SETS = {"locks": "kLocks", "semaphore": "kSemaphore"}

# Variables that may exist twice, ours and the host's, and why.
TWO_COPIES = {
    "Condition::kTrue": "a Condition is what its members say; nobody compares addresses",
}

# Classes that are ours or the host's as a whole.
WHOLE = re.compile(r"(Mutex|CondVar|Condition|\w*MutexLock|Notification|BlockingCounter|Barrier)::")

# Functions of the libc that the runtime defines as well.
LIBC = ["dlclose"]

# What a caller of these would have to wait for: statistics look at the mutex before the call.
HELD = [
    (re.compile(r"Mutex::(ReaderLock|ReaderTryLock|lock_shared|try_lock_shared)"), "to_reader"),
    (re.compile(r"Mutex::(Writer)?(Lock(When\w*)?|TryLock|lock|try_lock)\("), "to_writer"),
]

# What PARKWAY=watch has to know of a function: Watch of table.h.
WATCH = [
    (re.compile(r"Mutex::(Lock|lock)\("), "kWriter"),
    (re.compile(r"Mutex::(ReaderLock|lock_shared)\("), "kReader"),
    (re.compile(r"Mutex::(Reader)?LockWhen\w*\("), "kCondition"),
    (re.compile(r"Notification::WaitFor\w*\(|BlockingCounter::Wait\("), "kCondition"),
    (re.compile(r"Mutex::Await\w*\(|Barrier::Block\("), "kAwait"),
    (re.compile(r"CondVar::Wait\w*\("), "kCondVar"),
    (re.compile(r"Mutex::(Reader)?Unlock\(|Mutex::unlock(_shared)?\("), "kUnlock"),
    (re.compile(r"Notification::Notify\(|BlockingCounter::DecrementCount\("), "kUnlock"),
    (re.compile(r"CondVar::Signal(All)?\("), "kSignal"),
]
# What sounds like one of these has to be one. Those that sound so and are none: they do not wait, or are
# called by one that is.
SOUNDS_SO = re.compile(r"(?:Mutex|CondVar|Notification|BlockingCounter|Barrier)::\w*"
                       r"(?:[Ll]ock|Wait|Signal|Notif|Decrement)\w*\(")
IS_NONE = re.compile(r"Mutex::(?:Reader)?TryLock\(|Mutex::try_lock(?:_shared)?\(|Mutex::\w*LockSlow\(|"
                     r".*(?:PerThreadSynch|SynchWaitParams|MuHowS)|(\w+)::~?\1\(|"
                     r"Mutex::(?:ForgetDeadlockInfo|InternalAttempt\w*)\(|Notification::HasBeenNotified\w*\(")


def fail(message):
    sys.exit("parkway preload: " + message)


def nm(tool, path, *options):
    """Symbols of a library or archive: (name, type, size, name for people)."""
    def lines(*more):
        out = subprocess.run([tool, "-p", *more, *options, path], check=True,
                             stdout=subprocess.PIPE, universal_newlines=True).stdout
        return [l for l in out.splitlines() if l and not l.endswith(":")]
    plain, readable = lines("-S"), lines("-S", "-C")
    if len(plain) != len(readable):
        fail("nm -C lists other symbols than nm for " + path)
    symbols = []
    for line, demangled in zip(plain, readable):
        match = re.match(r"(?:[0-9a-f]+ )?(?:([0-9a-f]+) )?\s*(\S) (\S+)$", line)
        people = re.match(r"(?:[0-9a-f]+ )?(?:[0-9a-f]+ )?\s*\S (.+)$", demangled)
        if not match or not people:
            fail("nm prints %r for %s" % (line, path))
        size, kind, name = match.groups()
        symbols.append((name.split("@")[0], kind, int(size or "0", 16), people.group(1)))
    return symbols


def fnv1a(text):
    value = 0xCBF29CE484222325
    for byte in text.encode():
        value = (value ^ byte) * 0x100000001B3 % 2**64
    return value


def is_function(kind):
    return kind in "TtWwi"


def fingerprint(symbols):
    """Sum over the host's symbols; dynamic_symbols.cc has the same over the loaded library."""
    total = 0
    for name, kind, size, _ in symbols:
        # Copies of templates come and go with compilers and say nothing about the library.
        if kind not in "TDBRGSAi" and not name.startswith("AbslInternal"):
            continue
        total += fnv1a(name if is_function(kind) else "%s=%d" % (name, size))
    return total % 2**64


def dynamic_section(objdump, path):
    """SONAME and the list of NEEDED of a shared library."""
    out = subprocess.run([objdump, "-p", path], check=True, stdout=subprocess.PIPE,
                         universal_newlines=True).stdout
    match = re.search(r"^\s*SONAME\s+(\S+)$", out, re.M)
    if not match:
        fail("%s has no SONAME" % path)
    return match.group(1), re.findall(r"^\s*NEEDED\s+(\S+)$", out, re.M)


def loaded_with(objdump, host, libraries):
    """Those of the libraries that the host needs, directly or not, and the host."""
    sections = {path: dynamic_section(objdump, path) for path in libraries + [host]}
    by_soname = {soname: path for path, (soname, _) in sections.items()}
    found, todo = [], [host]
    while todo:
        path = todo.pop()
        if path not in found:
            found.append(path)
            todo += [by_soname[needed] for needed in sections[path][1] if needed in by_soname]
    return found


class Names:
    """Shortens names for people: no absl::, no inline namespace."""

    def __init__(self, space):
        self.prefix = re.compile(r"\babsl::" + (re.escape(space) + "::" if space else ""))
        self.suffix = "_" + space if space else None

    def short(self, label):
        label = self.prefix.sub("", label)
        if self.suffix and label.endswith(self.suffix):
            label = label[:-len(self.suffix)]
        return label


def held_bits(label):
    for pattern, bits in HELD:
        if pattern.match(label):
            return bits
    return "none"


def watch(label):
    for pattern, what in WATCH:
        if pattern.match(label):
            return what
    if SOUNDS_SO.match(label) and not IS_NONE.match(label):
        fail("PARKWAY=watch does not know whether %s waits" % label)
    return "kNot"


class Own:
    """The symbols of our archives for one set."""

    def __init__(self, tool, archives):
        self.defined, self.undefined = {}, {}
        for archive in archives:
            for name, kind, size, label in nm(tool, archive, "-g"):
                if kind in "Uwv":
                    self.undefined[name] = label
                else:
                    self.defined[name] = (kind, size, label)
        for name in self.defined:
            self.undefined.pop(name, None)


def check_variables(own, host, names):
    for name, (kind, size, label) in own.defined.items():
        short = names.short(label)
        if name not in host or is_function(kind) or is_function(host[name][0]):
            continue
        if short not in TWO_COPIES:
            fail("both the host and our code define the variable %s" % label)
        if size != host[name][1]:
            fail("%s has %d bytes in the host and %d in ours" % (label, host[name][1], size))


def main():
    parser = argparse.ArgumentParser()
    for option in ["nm", "objdump", "host", "space", "stem", "out_redefine_locks",
                   "out_redefine_semaphore", "out_weaken", "out_exports", "out_assembly",
                   "out_table"]:
        parser.add_argument("--" + option, required=True)
    for option in ["library", "locks", "semaphore"]:
        parser.add_argument("--" + option, action="append", default=[])
    for option in ["own_held", "host_held"]:
        parser.add_argument("--" + option, required=True, help="to_writer,to_reader")
    args = parser.parse_args()

    names = Names(args.space)
    soname, _ = dynamic_section(args.objdump, args.host)
    dynamic = ["-D", "--defined-only"]
    host_symbols = nm(args.nm, args.host, *dynamic)
    host = {name: (kind, size, label) for name, kind, size, label in host_symbols}
    libraries = {}
    for path in loaded_with(args.objdump, args.host, args.library):
        for name, kind, _, _ in nm(args.nm, path, *dynamic):
            libraries[name] = kind

    entries = []  # (symbol, label, set)
    imports, data_imports = {}, {}  # symbol -> the sets that need it
    redefine = {}
    for which in SETS:
        own = Own(args.nm, getattr(args, which))
        check_variables(own, host, names)
        prefix = "parkway_%s_" % which
        redefine[which] = {}
        for name, (kind, _, label) in sorted(own.defined.items()):
            if name not in host:
                continue
            redefine[which][name] = prefix + name
            # A weak one is a copy of something inline: the host may keep its own.
            if kind == "T" and is_function(host[name][0]):
                entries.append((name, names.short(label), which))
        for name in sorted(own.undefined):
            kind = libraries.get(name)
            if kind is None:
                continue
            if which == "locks" and name in host and WHOLE.match(names.short(host[name][2])):
                fail("our code calls the host's " + host[name][2])
            if is_function(kind):
                redefine[which][name] = "parkway_import_" + name
                imports.setdefault(name, []).append(SETS[which])
            else:
                data_imports.setdefault(name, []).append(SETS[which])
    if not entries:
        fail("our code and %s have no function in common: another inline namespace?" % args.host)
    taken = [name for name, _, _ in entries]
    if len(set(taken)) != len(taken):
        fail("in both sets: " + ", ".join(sorted({n for n in taken if taken.count(n) > 1})))
    # As people read them in the statistics.
    entries.sort(key=lambda entry: (entry[1], entry[0]))

    for which, path in [("locks", args.out_redefine_locks),
                        ("semaphore", args.out_redefine_semaphore)]:
        with open(path, "w") as out:
            out.writelines("%s %s\n" % pair for pair in sorted(redefine[which].items()))
    with open(args.out_weaken, "w") as out:
        # objcopy fails without a word when a file like this is empty.
        out.write("# Variables that need not be there.\n")
        out.writelines(name + "\n" for name in data_imports)
    with open(args.out_exports, "w") as out:
        out.write("{\nglobal:\n" + "".join("  %s;\n" % name for name in taken + LIBC) + "local:\n  *;\n};\n")

    with open(args.out_assembly, "w") as out:
        out.write("// Generated by generate.py for %s.\n" % soname)
        out.write("#define PARKWAY_ENTRIES %d\n#define PARKWAY_IMPORTS %d\n" %
                  (len(entries), len(imports)))
        out.write('#include "parkway/absl/preload/trampolines.inc"\n')
        for index, (name, label, _) in enumerate(entries):
            out.write("parkway_entry %s, %d, %s\n" % (name, index, held_bits(label)))
        for index, name in enumerate(imports):
            out.write("parkway_import parkway_import_%s, %d\n" % (name, index))

    with open(args.out_table, "w") as out:
        out.write("// Generated by generate.py.\n#include \"parkway/absl/preload/table.h\"\n\n")
        out.write("extern \"C\" {\n")
        for name, _, which in entries:
            out.write("void parkway_%s_%s();\n" % (which, name))
        for name in data_imports:
            out.write("extern const char %s[] __attribute__((weak));\n" % name)
        out.write("}\n\nnamespace parkway::preload {\n\n")
        out.write("const Host host = {\"%s\", \"%s\", \"%s (%s)\", 0x%xu};\n" % (
            soname, args.stem, soname, args.space, fingerprint(host_symbols)))
        for name in ["own", "host"]:
            to_writer, to_reader = getattr(args, name + "_held").split(",")
            out.write("const HeldBits %s_held_bits = {%s, %s};\n" % (name, to_writer, to_reader))
        write_array(out, "Entry", "entries", "entry_count", [
            "{\"%s\", \"%s\", &parkway_%s_%s, %s, %s, Watch::%s}" % (
                name, label, which, name, SETS[which],
                "false" if held_bits(label) == "none" else "true", watch(label))
            for name, label, which in entries])
        write_array(out, "Import", "imports", "import_count", [
            "{\"%s\", %s}" % (name, " | ".join(sets)) for name, sets in imports.items()])
        write_array(out, "DataImport", "data_imports", "data_import_count", [
            "{\"%s\", %s, %s}" % (name, " | ".join(sets), name)
            for name, sets in data_imports.items()])
        out.write("\n}  // namespace parkway::preload\n")


def write_array(out, kind, name, count, rows):
    # One more than needed: C++ has no empty arrays.
    out.write("const %s %s[] = {\n" % (kind, name))
    out.writelines("    %s,\n" % row for row in rows + ["{}"])
    out.write("};\nconst std::size_t %s = %d;\n" % (count, len(rows)))


if __name__ == "__main__":
    main()
