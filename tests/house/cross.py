#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The targets of cross builds have the same names wherever they are listed.

bazel/platforms/targets.bzl has the platforms, cross.bazelrc beside it a config for each, with its own folder of
outputs and what runs its programs; bazelw brings that for each, or says that nothing does; and
docs/guide/platforms.md names each config.
"""

import re

import tree

_TARGETS = "bazel/platforms/targets.bzl"
_CONFIGS = "bazel/platforms/cross.bazelrc"
_BAZELW = "bazelw"
_GUIDE = "docs/guide/platforms.md"

_ROW = re.compile(r'^    "(\w+)": struct\((.*)\),$', re.M)
_FIELD = re.compile(r'(\w+) = "([^"]*)"')
_RC = re.compile(r"^build:(\w+) (.*)$", re.M)
_ALL = ("cross", "linked_only")
# As QEMU names a processor. Linux runs the others itself.
_QEMU = {"aarch64": "aarch64", "armv7": "arm", "riscv64": "riscv64"}


def option(text, name):
    """The value of --name in the lines of a config; None without it."""
    match = re.search(r'--%s=(?:"([^"]*)"|(\S+))' % name, text)
    return match and (match.group(1) or match.group(2))


def how(target):
    """What runs a target's programs, as cross.bazelrc names it, without a folder."""
    if target["os"] == "linux":
        return "//bazel/emulators:qemu " + _QEMU[target["cpu"]] if target["cpu"] in _QEMU else None
    return "//bazel/emulators:wine" if (target["os"], target["cpu"]) == ("windows", "x86_64") else "none"


def complaints_of(name, target, lines):
    """What is wrong with the config of a target."""
    expected = how(target)
    base = "linked_only" if expected == "none" else "cross"
    if not re.search(r"--config=%s\b" % base, lines):
        yield "%s: %s is not based on --config=%s" % (_CONFIGS, name, base)
    for wanted, value in [("platforms", "//bazel/platforms:" + name), ("platform_suffix", "-" + name)]:
        if option(lines, wanted) != value:
            yield "%s: %s has no --%s=%s" % (_CONFIGS, name, wanted, value)
    runs = option(lines, "run_under")
    if expected != "none" and (runs or "").rsplit(" /", 1)[0] != (expected or ""):
        yield "%s: %s has --run_under=%s where %s is expected" % (_CONFIGS, name, runs, expected)
    if runs and (target["libc"] == "musl") != runs.endswith(" /") and "qemu" in runs:
        yield "%s: %s has the wrong folder for a C library: %s" % (_CONFIGS, name, runs)


def targets_of(root):
    """Name of a target -> its fields."""
    return {name: dict(_FIELD.findall(fields)) for name, fields in _ROW.findall(tree.read(root, _TARGETS))}


def check(root):
    targets = targets_of(root)
    configs = {}
    for name, options in _RC.findall(tree.read(root, _CONFIGS)):
        configs[name] = configs.get(name, "") + " " + options
    found = []
    if not targets:
        found.append("%s: no target found" % _TARGETS)
    for name in sorted(set(targets) - set(configs)):
        found.append("%s: no config for %s" % (_CONFIGS, name))
    for name in sorted(set(configs) - set(targets) - set(_ALL)):
        found.append("%s: no target %s" % (_TARGETS, name))
    for name in sorted(set(targets) & set(configs)):
        found += complaints_of(name, targets[name], configs[name])

    bazelw = tree.read(root, _BAZELW)
    body = bazelw[bazelw.index("prepare_to_run() {"):].split("\n}\n")[0] if "prepare_to_run() {" in bazelw else ""
    brought = set()
    for names in re.findall(r"^    ([\w |]+)\)", body.split("esac")[0], re.M):
        brought |= set(names.replace("|", " ").split())
    run = {n for n in targets if how(targets[n]) != "none"}
    for name in sorted(run - brought):
        found.append("%s: nothing is said of what runs %s" % (_BAZELW, name))
    for name in sorted(brought - run):
        found.append("%s: %s is no target that runs" % (_BAZELW, name))

    guide = tree.read(root, _GUIDE)
    for name in sorted(n for n in targets if "`%s`" % n not in guide):
        found.append("%s: does not name `%s`" % (_GUIDE, name))
    return found


_GOOD = {
    _TARGETS: '''TARGETS = {
    "arm_musl": struct(os = "linux", cpu = "armv7", libc = "musl", zig = "x"),
    "here": struct(os = "linux", cpu = "x86_64", libc = "gnu", zig = "x"),
    "there": struct(os = "macos", cpu = "aarch64", libc = "", zig = "x"),
}
''',
    _CONFIGS: '''build:cross --x
build:linked_only --run_under=//bazel/emulators:none
build:here --config=cross --platforms=//bazel/platforms:here --platform_suffix=-here
build:arm_musl --config=cross --platforms=//bazel/platforms:arm_musl --platform_suffix=-arm_musl
build:arm_musl --run_under="//bazel/emulators:qemu arm /"
build:there --config=linked_only --platforms=//bazel/platforms:there --platform_suffix=-there
''',
    _BAZELW: '''prepare_to_run() {
  case $1 in
    here) ;;
    arm_musl) need this ;;
    *) die ;;
  esac
}
''',
    _GUIDE: "`here`, `there`, `arm_musl`\n",
}


def changed(path, old, new):
    if old not in _GOOD[path]:
        raise ValueError("%s has no %s" % (path, old))
    return {path: _GOOD[path].replace(old, new)}


_BAD = [
    ("a config too many", changed(_CONFIGS, "build:cross", "build:more --y\nbuild:cross"), "no target more"),
    ("a config missing", changed(_CONFIGS, "build:there", "#"), "no config for there"),
    ("another platform", changed(_CONFIGS, "platforms:here", "platforms:there"), "here has no --platforms"),
    ("another folder", changed(_CONFIGS, "suffix=-here", "suffix=-there"), "here has no --platform_suffix"),
    ("another base", changed(_CONFIGS, "there --config=linked_only", "there --config=cross"), "not based on"),
    ("an emulator missing", changed(_CONFIGS, "build:arm_musl --run", "#"), "arm_musl has --run_under=None"),
    ("another emulator", changed(_CONFIGS, "qemu arm", "qemu sparc"), "arm_musl has --run_under="),
    ("a C library for a static program", changed(_CONFIGS, "arm /", "arm /usr/arm"), "wrong folder"),
    ("nothing runs it", changed(_BAZELW, "    here) ;;\n", ""), "what runs here"),
    ("a name that is gone", changed(_BAZELW, "here)", "here | gone)"), "gone is no target"),
    ("not in the guide", changed(_GUIDE, "`there`", "there"), "does not name `there`"),
]

if __name__ == "__main__":
    tree.main(__doc__, check, _GOOD, _BAD)
