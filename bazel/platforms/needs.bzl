# SPDX-License-Identifier: Apache-2.0
"""What targets may need of the system that they are built for: lists for target_compatible_with."""

# fork(), signals, /proc. Not by the label that the next ones have: Bazel 4 refuses lists in which one stands twice.
NOT_WINDOWS = select({
    "//bazel:windows": ["@platforms//os:linux"],
    "//conditions:default": [],
})

# The stand-ins of other systems: they wait and wake by Linux' own calls.
LINUX = ["@platforms//os:linux"]

# A switch of stacks: tests whose tasks have some.
SWITCHES_STACKS = select({
    "//bazel:switches_stacks": [],
    "//conditions:default": ["@platforms//:incompatible"],
})

# Pointers of 64 bits.
BITS64 = select({
    "@platforms//cpu:armv7": ["@platforms//:incompatible"],
    "@platforms//cpu:x86_32": ["@platforms//:incompatible"],
    "//conditions:default": [],
})

# glibc's own names, as __libc_malloc.
GLIBC = ["@platforms//os:linux"] + select({
    "//bazel/platforms:is_musl": ["@platforms//:incompatible"],
    "//conditions:default": [],
})

# Libraries that a program opens, as Linux has them. Over musl our programs are static.
SHARED_LIBRARIES = GLIBC
