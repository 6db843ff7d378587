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
