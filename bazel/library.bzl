# SPDX-License-Identifier: Apache-2.0
"""How the libraries of plugin/ and adapters/ are declared."""

load("@rules_cc//cc:defs.bzl", "cc_library")

def parkway_library(name, **kwargs):
    """A cc_library whose headers are included by their path below plugin/ or adapters/.

    Args:
      name: of the library.
      **kwargs: for cc_library.
    """
    cc_library(
        name = name,
        strip_include_prefix = "/" + native.package_name().split("/")[0],
        **kwargs
    )

def sources_of_folder(name):
    """All sources of a package as files: people without Bazel compile them by one command.

    Args:
      name: of the filegroup.
    """
    native.filegroup(
        name = name,
        srcs = native.glob(["**/*.cc", "**/*.S", "**/*.inc"], allow_empty = True),
        visibility = ["//tests:__subpackages__"],
    )

def headers_of_folder(name):
    """All headers of a package as files, for tests/house and the models.

    Args:
      name: of the filegroup.
    """
    native.filegroup(
        name = name,
        srcs = native.glob(["**/*.h"]),
        visibility = [
            "//bazel/package:__pkg__",
            "//plugin:__pkg__",
            "//tests:__subpackages__",
        ],
    )

def headers_of_layers(layers):
    """The headers that a target of //plugin hands on.

    With the feature layering_check a source may include what its direct dependencies have in `hdrs`.

    Args:
      layers: of //plugin.

    Returns:
      labels for `hdrs`.
    """
    return ["//plugin/parkway/%s:headers" % layer for layer in layers]

# The layers of //plugin. Each may use those before it; tests/house checks the #include lines.
_LAYERS = ["os", "base", "profile", "wait", "lock", "stack", "task"]

def below(name):
    """Who may depend on a layer of //plugin: the layers below it, and what stands outside.

    Args:
      name: of the layer.

    Returns:
      a list for `visibility`.
    """
    return ["//plugin:__pkg__"] + [
        "//%s:__subpackages__" % outside
        for outside in ["adapters", "bench", "examples", "tests"]
    ] + ["//plugin/parkway/%s:__subpackages__" % layer for layer in _LAYERS[_LAYERS.index(name) + 1:]]

def layer(name, uses, srcs = None, hdrs = None, deps = [], **kwargs):
    """The one library of a layer of //plugin, and its headers as files.

    Args:
      name: of the layer and of its folder.
      uses: layers before it.
      srcs: by default every .cc file of the folder.
      hdrs: by default every .h file of the folder.
      deps: what is no layer.
      **kwargs: for cc_library.
    """
    for used in uses:
        if _LAYERS.index(used) >= _LAYERS.index(name):
            fail("the layer %s may not use the layer %s" % (name, used))
    parkway_library(
        name = name,
        srcs = native.glob(["*.cc"]) if srcs == None else srcs,
        hdrs = native.glob(["*.h"]) if hdrs == None else hdrs,
        # A waiter's poll is a loop of a few instructions. SemaMutex's took twice as long in a tiny
        # section (27 in place of 13 ns) where it happened to lie across two lines of code.
        copts = ["-falign-functions=64"] + select({
            # With it clang cannot tell how long a function is, which Windows' tables of arm64 have to say.
            "//bazel:windows": [],
            "//conditions:default": ["-falign-loops=64"],
        }),
        visibility = below(name),
        deps = deps + ["//plugin/parkway/" + used for used in uses],
        **kwargs
    )
    headers_of_folder(name = "headers")
    sources_of_folder(name = "sources")
