# SPDX-License-Identifier: Apache-2.0
"""What the rules of overlay.bzl share: another repository's tree under a new name."""

# Not for the new repository: it is no module or workspace, and Bazel's own links lead elsewhere.
LEFT_OUT = ["MODULE.bazel", "REPO.bazel", "WORKSPACE", "WORKSPACE.bazel", "WORKSPACE.bzlmod"]

def parkway_label(label):
    """A label of parkway as another repository's BUILD file has to write it.

    Args:
      label: as parkway's own BUILD files have it.

    Returns:
      the label with the name of parkway's repository.
    """
    text = str(Label(label))

    # Before Bazel 6 the main repository's labels have no repository.
    return "@" + text if text.startswith("//") else text

def label_beside(label, path):
    """A label in the repository of another one; Label.relative() is on its way out.

    Args:
      label: a Label.
      path: "//package:name".

    Returns:
      a Label.
    """
    text = str(label)
    repository = text[:text.index("//")]
    return Label((repository or "@") + path)

def link_tree(ctx, source, target, without):
    """Links everything in the folder `source` into the folder `target` of the repository.

    Args:
      ctx: the repository rule's context.
      source: the path of a folder.
      target: a folder's name with a slash at the end, or nothing for the root.
      without: names that are left out.
    """
    for entry in source.readdir():
        name = entry.basename
        if name not in without and not name.startswith(".") and not name.startswith("bazel-"):
            ctx.symlink(entry, target + name)

# A folder of sources has fewer folders than that in it.
_MOST_FOLDERS = 1000

def link_packages(ctx, base, source, target, without, names):
    """As link_tree, with the BUILD files in all folders below it changed: edit_names().

    A folder without one that changes is linked as a whole.

    Args:
      ctx: the repository rule's context.
      base: the label of the BUILD file in the root of the repository that `source` is in.
      source: the path of a folder.
      target: a folder's name with a slash at the end, or nothing for the root. The same in both.
      without: names that are left out of the folder itself.
      names: for edit_names().
    """

    # Parents come before their children: which folders there are.
    folders = [("", source)]
    files = []
    for i in range(_MOST_FOLDERS):
        if i == len(folders):
            break
        name, folder = folders[i]
        for entry in folder.readdir():
            below = name + entry.basename
            if entry.basename.startswith(".") or entry.basename.startswith("bazel-"):
                continue
            if name == "" and entry.basename in without:
                continue

            # A path has no other way to say what it is, in Bazel 4.
            if entry.basename.count(".") == 0 and _is_folder(ctx, entry):
                folders.append((below + "/", entry))
            else:
                files.append((below, entry))

    changed = {}
    for below, entry in files:
        if entry.basename in ["BUILD", "BUILD.bazel"]:
            text = ctx.read(entry)
            new = edit_names(text, names)
            if new != text:
                changed[below] = new

                # A change of the file makes this repository anew.
                package = (target + below).rpartition("/")[0]
                ctx.path(label_beside(base, "//%s:%s" % (package, entry.basename)))

    # Those that hold something that changes, and the folder itself.
    opened = {"": None}
    for below in changed:
        parts = below.split("/")[:-1]
        for i in range(len(parts)):
            opened["/".join(parts[:i + 1]) + "/"] = None

    for below, folder in folders:
        if below not in opened and _parent(below) in opened:
            ctx.symlink(folder, target + below[:-1])
    for below, entry in files:
        if below in changed:
            ctx.file(target + below, changed[below], executable = False)
        elif _parent(below) in opened:
            ctx.symlink(entry, target + below)

def _parent(below):
    return below.rstrip("/").rpartition("/")[0] + ("/" if "/" in below.rstrip("/") else "")

def _is_folder(ctx, path):
    return ctx.execute(["test", "-d", str(path)]).return_code == 0

# Repositories that are named for their visibility's sake alone, and whose names nobody else has.
_NOBODY = ["@do_not_use_for_gloop_visibility_only//"]

def edit_names(text, names):
    """A BUILD file in the words of another repository: what it names is to be seen from there.

    What only says under which licence the files are goes as well: it needs a repository of its own.

    Args:
      text: of the BUILD file.
      names: a repository's name -> the name that it has there.

    Returns:
      the text.
    """
    for old, new in names.items():
        text = text.replace("\"@%s//" % old, "\"@%s//" % new)
    lines = []
    skipping = False
    for line in text.split("\n"):
        if line == "license(":
            skipping = True
        if skipping:
            skipping = line != ")"
            continue
        if line.startswith("load(\"@rules_license//") or "default_applicable_licenses" in line:
            continue
        if [name for name in _NOBODY if name in line]:
            continue
        lines.append(line)

    # Nothing may be left in it, and it may not be empty.
    return "\n".join(lines).replace("package(\n)\n", "")

def edit_target(text, where, name, edit):
    """The text of a BUILD file in which one target is changed.

    The text is edited, not written anew, because dependencies, options and further targets differ
    from version to version.

    Args:
      text: of the BUILD file.
      where: what to call that file in messages.
      name: the target's. Its attributes are lines with four spaces, its end is a line with `)`.
      edit: function(lines of the target from its name on, where) -> the same, changed.

    Returns:
      the text with the changed target.
    """
    start = text.find("    name = \"%s\",\n" % name)
    end = text.find("\n)\n", start)
    if start < 0 or end < 0:
        fail("%s has no target named %s" % (where, name))
    return text[:start] + edit(text[start:end], where) + text[end:]
