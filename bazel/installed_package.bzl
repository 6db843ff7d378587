# SPDX-License-Identifier: Apache-2.0
"""What the repositories of installed libraries have in common."""

load(":overlay_tree.bzl", "parkway_label")

def find_installed(ctx, variable, module, debian):
    """Looks for a host in an unpacked folder, then in the system.

    Args:
      ctx: of the repository.
      variable: environment variable that names the folder.
      module: pkg-config's name.
      debian: the package to name when there is none.

    Returns:
      The folder of MODULE.pc and the root that its paths are below, or a reason.
    """
    unpacked = ctx.os.environ.get(variable, "")
    if unpacked:
        for lib in ["usr/lib", "usr/lib64", "lib"]:
            folder = ctx.path(unpacked + "/" + lib)
            if not folder.exists:
                continue
            for place in [folder] + folder.readdir():
                pkgconfig = place.get_child("pkgconfig")
                if pkgconfig.get_child(module + ".pc").exists:
                    return struct(pkgconfig = pkgconfig, root = unpacked)
        return "%s=%s has no %s.pc" % (variable, unpacked, module)
    tool = ctx.which("pkg-config")
    if not tool:
        return "pkg-config is not installed"
    found = ctx.execute([tool, "--variable=pcfiledir", module])
    if found.return_code != 0 or not found.stdout.strip():
        return "pkg-config knows no %s (Debian: %s)" % (module, debian)
    return struct(pkgconfig = ctx.path(found.stdout.strip()), root = "")

def parse_pc(text):
    """Reads a pkg-config file.

    Args:
      text: what is in it.

    Returns:
      Its variables and fields, by name, variables replaced.
    """
    values = {}
    for line in text.split("\n"):
        for i in range(len(line)):
            if line[i] in "=:":
                value = line[i + 1:].strip()
                for name, known in values.items():
                    value = value.replace("${%s}" % name, known)
                values[line[:i].strip()] = value
                break
    return values

def sonames(ctx, paths):
    """Reads SONAMEs.

    Args:
      ctx: of the repository.
      paths: of shared libraries.

    Returns:
      Each one's SONAME, by path; those without one are left out.
    """
    tool = ctx.which("readelf")
    if not tool:
        return {}
    found = {}
    for path in paths:
        # One call each: the output for many is hard to tell apart.
        out = ctx.execute([tool, "-d", str(path)]).stdout
        for line in out.split("\n"):
            if "(SONAME)" in line and "[" in line:
                found[str(path)] = line.split("[")[1].split("]")[0]
    return found

def library_folder(ctx, root, libraries):
    """Looks for static libraries.

    Args:
      ctx: of the repository.
      root: of an unpacked folder, or empty for the system.
      libraries: file names.

    Returns:
      The folder that has all of them, or None.
    """
    for lib in ["lib", "lib64"]:
        folder = ctx.path(root + "/usr/" + lib)
        if not folder.exists:
            continue
        for place in [folder] + [p for p in folder.readdir() if p.basename.endswith("-linux-gnu")]:
            if all([place.get_child(name).exists for name in libraries]):
                return place
    return None

def write_installed(ctx, name, **values):
    """Writes installed.bzl, which says what was found on this machine.

    Args:
      ctx: of the repository.
      name: of the struct in it: INSTALLED_TBB.
      **values: its fields. All have `available` and `reason`: one sentence, where it is not.
    """
    lines = ["    %s = %r," % (field, value) for field, value in values.items()]
    ctx.file("installed.bzl", "\n".join(
        ["\"\"\"Generated: what was found on this machine.\"\"\"", "", name + " = struct("] +
        lines + [
            ")",
            "",
            "# What is of this machine is of no use to a build for another one.",
            "NATIVE = [%r]" % parkway_label("//bazel/platforms:native"),
            "",
        ],
    ), executable = False)

def write_missing(ctx, name, reason, **values):
    """Writes a repository of which nothing was found.

    Args:
      ctx: of the repository.
      name: as of write_installed().
      reason: one sentence.
      **values: the other fields.
    """
    ctx.file("BUILD.bazel", "", executable = False)
    write_installed(ctx, name, available = False, reason = reason, **values)
