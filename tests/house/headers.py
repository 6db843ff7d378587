#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Each header of plugin/ and adapters/ compiles alone, included twice, without a warning of those that
strict users turn on, in C++17 and C++23 (or as --std says).

With -Iplugin -Iadapters and the include folders of Abseil and oneTBB and nothing else: what another
build needs. These folders are in the file that --flags names, one option a line, or are found below
bazel-*/external, or the compiler knows them itself; else the adapters that need them are left out.
The compiler is $CXX, g++ or clang++.
"""

import concurrent.futures
import glob
import os
import re
import shlex
import shutil
import subprocess

import tree

_OPTIONS = ["-O0", "-fsyntax-only", "-x", "c++", "-"]
_STANDARDS = ["c++17", "c++23"]
# In GCC and Clang.
_WARNINGS = ["-Werror"] + ["-W" + name for name in (
    "all", "extra", "conversion", "deprecated", "extra-semi", "old-style-cast", "shadow", "sign-conversion", "undef")]

# Beside the host's own files, which are not here.
_OVERLAYS = ("adapters/parkway/absl/overlay/", "adapters/parkway/tbb/overlay/")
# Header -> why it does not compile alone in C++17 on Linux: another system's, a newer C++.
_NOT_ALONE = {
    "plugin/parkway/base/cpu_msvc.h": "Microsoft's compiler has what it includes",
    "plugin/parkway/os/windows/system_header.h": "Windows has what it includes",
}
_NEED_HOSTS = ("adapters/parkway/absl/", "adapters/parkway/tbb/")
_HOSTS = '#include "absl/base/config.h"\n#include "oneapi/tbb/version.h"\n'
# The include folders below Bazel's external/, by how the versions of Bazel call the repositories.
_EXTERNAL = (("com_google_absl", "abseil-cpp[~+]*"), ("oneTBB/include", "onetbb[~+]*/include"))


def compiler():
    named = shlex.split(os.environ.get("CXX", ""))
    for command in [named] if named else [["g++"], ["clang++"]]:
        if shutil.which(command[0]):
            return command
    return None


def hosts_of_bazel(root):
    """-I for the hosts that Bazel has brought for the tree; none if it has not."""
    found = []
    # bazel-NAME is the folder execroot/NAME, beside which external/ is.
    externals = [os.path.join(os.path.realpath(p), "..", "..", "external")
                 for p in sorted(glob.glob(os.path.join(root, "bazel-*")))]
    for names in _EXTERNAL:
        paths = [p for e in externals for n in names for p in sorted(glob.glob(os.path.join(e, n)))]
        found += ["-I" + os.path.realpath(paths[0])] if paths else []
    return found


def no_warnings_of(hosts):
    """The same options, for headers that are not ours."""
    return [re.sub("^-I", "-isystem", option) for option in hosts]


def supported(command, standards, root):
    """Those that the compiler knows; Clang calls a new one by another name before it is done."""
    known = []
    for standard in standards:
        for name in (standard, standard.replace("23", "2b")):
            if compile_text(command + ["-std=" + name], "", root)[0] == 0:
                known.append(name)
                break
        else:
            print("left out: -std=%s, which %s does not know" % (standard, command[0]))
    return known


def compile_text(command, text, root):
    done = subprocess.run(command + _OPTIONS, input=text.encode(), cwd=root, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT)
    return done.returncode, done.stdout.decode(errors="replace")


def check(root, hosts=None, standards=_STANDARDS):
    command = compiler()
    if command is None:
        print("SKIPPED: there is no compiler: neither $CXX nor g++ nor clang++")
        return []
    standards = supported(command, standards, root)
    command = command + ["-Iplugin", "-Iadapters"] + no_warnings_of(hosts_of_bazel(root) if hosts is None else hosts)
    headers = [
        p for p in tree.files(root, "plugin/parkway", "adapters/parkway")
        if p.endswith(".h") and not p.startswith(_OVERLAYS)
    ]
    complaints = [] if headers else ["there are no headers"]
    for path in [p for p in headers if p in _NOT_ALONE]:
        print("left out: %s: %s" % (path, _NOT_ALONE[path]))
        headers.remove(path)
    if hosts is None and compile_text(command + ["-std=c++17"], _HOSTS, root)[0] != 0:
        print("SKIPPED: the headers of adapters/parkway/{absl,tbb}: no Abseil or no oneTBB is found")
        headers = [p for p in headers if not p.startswith(_NEED_HOSTS)]

    def compile_header(job):
        standard, path = job
        return compile_text(command + _WARNINGS + ["-std=" + standard],
                            '#include "%s"\n' % path.split("/", 1)[1] * 2, root)

    wrong = set()
    jobs = [(standard, path) for standard in standards for path in headers]
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        for (standard, path), (status, output) in zip(jobs, pool.map(compile_header, jobs)):
            if status != 0 and path not in wrong:
                wrong.add(path)
                lines = output.strip().split("\n")
                complaints.append("%s: does not compile alone in %s: %s" %
                                  (path, standard, next((l for l in lines if "error:" in l), lines[-1])))
    print("%d headers, each alone, with %s in %s" % (len(headers), command[0], ", ".join(standards)))
    return complaints


_GUARDED = "#ifndef %s_H_\n#define %s_H_\n%s\n#endif\n"
_GOOD = {
    "plugin/parkway/os/os.h": _GUARDED % ("A", "A", "#include <cstdint>\nstruct Os { std::uint32_t word; };"),
    "plugin/parkway/os/os.cc": "not compiled\n",
    "plugin/parkway/mutex.h": _GUARDED % ("B", "B", '#include "parkway/os/os.h"\nstruct Mutex { Os os; };'),
    "adapters/parkway/std/x.h": _GUARDED % ("C", "C", '#include "parkway/mutex.h"\nusing M = Mutex;'),
    "adapters/parkway/tbb/overlay/mutex.h": '#include "not_here.h"\n',
}
_BAD = [
    ("a missing include", {"plugin/parkway/mutex.h": _GUARDED % ("B", "B", "struct Mutex { Os os; };"),
                           "adapters/parkway/std/x.h": None}, "plugin/parkway/mutex.h: does not compile alone"),
    ("no include guard", {"adapters/parkway/std/x.h": "struct X {};\n"}, "redefinition"),
    ("a path that is not below plugin", {"adapters/parkway/std/x.h": '#include "plugin/parkway/mutex.h"\n'},
     "adapters/parkway/std/x.h: does not compile alone"),
    ("C++20", {"adapters/parkway/std/x.h": "#include <utility>\ntemplate <class T> concept C = true;\n"},
     "does not compile alone"),
    ("a warning", {"adapters/parkway/std/x.h": _GUARDED % ("C", "C", "inline int half(long x) { return x / 2; }")},
     "-Werror=conversion"),
    ("nothing to check", {path: None for path in _GOOD}, "there are no headers"),
]


def _main():
    parser = tree.arguments(__doc__)
    parser.add_argument("--flags", help="a file of compiler options, one a line")
    parser.add_argument("--std", action="append", metavar="NAME", help="as the compiler's -std; may be given twice")
    args = parser.parse_args()
    if args.self_test:
        if compiler() is None:
            print("SKIPPED: there is no compiler")
            return
        raise SystemExit(not tree.test_itself(lambda root: check(root, []), _GOOD, _BAD))
    hosts = None
    if args.flags:
        with open(args.flags, encoding="utf-8") as file:
            hosts = file.read().split("\n")[:-1]
    tree.finish(check(args.root, hosts, args.std or _STANDARDS))


if __name__ == "__main__":
    _main()
