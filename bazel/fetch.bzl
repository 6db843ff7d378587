# SPDX-License-Identifier: Apache-2.0
"""What the repository rules share: archives, and what the environment asks for."""

load(":overlay_tree.bzl", "label_beside")
load(":versions.bzl", "HOSTS")

# What the functions below look at.
ENVIRON = ["PARKWAY_ABSL_DIR", "PARKWAY_ARCHIVES", "PARKWAY_DEPS", "PARKWAY_HOSTS", "PARKWAY_TBB_DIR"]

def major():
    """The major version of Bazel; the empty version is Debian's Bazel 4."""
    major = native.bazel_version.split(".")[0] if hasattr(native, "bazel_version") else ""
    return int(major) if major.isdigit() else 4

def is_bazel7():
    """Whether this is Bazel 7 or later."""
    return major() >= 7

def selected_hosts(ctx):
    """The set of versions.bzl: what PARKWAY_HOSTS says, or the repository's default_hosts.

    Args:
      ctx: the repository rule's context.

    Returns:
      a key of HOSTS.
    """
    hosts = ctx.os.environ.get("PARKWAY_HOSTS", "") or ctx.attr.default_hosts
    if hosts not in HOSTS:
        fail("PARKWAY_HOSTS=%s: allowed values are %s" % (hosts, ", ".join(sorted(HOSTS))))
    return hosts

def from_system(ctx):
    """Whether PARKWAY_DEPS asks for the installed libraries.

    Args:
      ctx: the repository rule's context.

    Returns:
      a bool.
    """
    deps = ctx.os.environ.get("PARKWAY_DEPS", "") or "source"
    if deps not in ["source", "system"]:
        fail("PARKWAY_DEPS=%s: allowed values are source, system" % deps)
    return deps == "system"

def local_archive(ctx, entry):
    """The tarball that bazelw brought, Debian's or npm's.

    Args:
      ctx: the repository rule's context.
      entry: of versions.bzl.

    Returns:
      its path, or an empty string.
    """
    archives = ctx.os.environ.get("PARKWAY_ARCHIVES", "")
    if "debian" in entry:
        name = entry["debian"].split("/")[-1]
    elif "npm" in entry:
        # As `npm pack` names it.
        name = "%s-%s.tgz" % (entry["npm"].replace("@", "").replace("/", "-"), entry["version"])
    else:
        return ""
    local = archives + "/" + name
    return local if archives and ctx.path(local).exists else ""

def fetch_archive(ctx, entry, output = ""):
    """Extracts the tarball that bazelw brought, and upstream's archive else.

    Args:
      ctx: the repository rule's context.
      entry: of versions.bzl.
      output: a folder below the repository's root.
    """
    local = local_archive(ctx, entry)
    debians = local and "debian" in entry
    ctx.download_and_extract(
        url = ["file://" + local if local else entry["url"]],
        output = output,
        sha256 = entry["debian_sha256" if debians else "sha256"],
        stripPrefix = entry["debian_prefix" if debians else "strip_prefix"],
    )

# Host -> (variable, the file that tells its version, the texts in front of its numbers).
_FOLDERS = {
    "com_google_absl": ("PARKWAY_ABSL_DIR", "absl/base/config.h", ["ABSL_LTS_RELEASE_VERSION "]),
    "oneTBB": (
        "PARKWAY_TBB_DIR",
        "include/oneapi/tbb/version.h",
        ["TBB_VERSION_MAJOR ", "TBB_VERSION_MINOR "],
    ),
}

def folder_of(ctx, dep):
    """The folder with a host's sources that the environment names, or None.

    Args:
      ctx: the repository rule's context.
      dep: the key in versions.bzl.

    Returns:
      a path.
    """
    variable, version, _ = _FOLDERS.get(dep, ("", "", []))
    folder = ctx.os.environ.get(variable, "") if variable else ""
    if not folder:
        return None
    if not folder.startswith("/") or not ctx.path(folder + "/" + version).exists:
        fail("%s=%s: not an absolute path of a folder with %s" % (variable, folder, version))
    return ctx.path(folder)

def version_in(ctx, dep, root):
    """What a host's own sources say of their version.

    Args:
      ctx: the repository rule's context.
      dep: the key in versions.bzl.
      root: the label of the BUILD file in the repository's root.

    Returns:
      the version. Abseil's head has none: 99999999.
    """
    _, path, names = _FOLDERS[dep]
    package = "absl/base" if path.startswith("absl/base/") else ""
    text = ctx.read(label_beside(root, "//%s:%s" % (package, path[len(package):].lstrip("/"))))
    numbers = []
    for name in names:
        at = text.find("#define " + name)
        digits = text[at + len("#define " + name):].split("\n")[0].strip() if at >= 0 else ""
        numbers.append(digits if digits.isdigit() else "99999999")
    return ".".join(numbers)
