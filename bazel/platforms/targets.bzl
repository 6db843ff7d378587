# SPDX-License-Identifier: Apache-2.0
"""The systems that one Linux machine builds for: the platforms, and what Zig calls them.

The configs of bazel/platforms/cross.bazelrc have the same names; tests/house/cross.py compares.
"""

# The name of the config and of the platform -> its constraints in @platforms, the C library (a
# constraint of this package; "" where the system has one), and Zig's name.
#
# Gnu is glibc 2.31 or later: Debian 11, Ubuntu 20.04. Gnu217 is for sysroots as old as CentOS 7.
TARGETS = {
    "freebsd": struct(os = "freebsd", cpu = "x86_64", libc = "", zig = "x86_64-freebsd"),
    "freebsd_arm64": struct(os = "freebsd", cpu = "aarch64", libc = "", zig = "aarch64-freebsd"),
    "linux_arm64": struct(os = "linux", cpu = "aarch64", libc = "gnu", zig = "aarch64-linux-gnu.2.31"),
    "linux_arm64_musl": struct(os = "linux", cpu = "aarch64", libc = "musl", zig = "aarch64-linux-musl"),
    "linux_armv7": struct(os = "linux", cpu = "armv7", libc = "gnu", zig = "arm-linux-gnueabihf.2.31"),
    "linux_armv7_musl": struct(os = "linux", cpu = "armv7", libc = "musl", zig = "arm-linux-musleabihf"),
    "linux_gnu217": struct(os = "linux", cpu = "x86_64", libc = "gnu217", zig = "x86_64-linux-gnu.2.17"),
    "linux_i686": struct(os = "linux", cpu = "x86_32", libc = "gnu", zig = "x86-linux-gnu.2.31"),
    "linux_i686_musl": struct(os = "linux", cpu = "x86_32", libc = "musl", zig = "x86-linux-musl"),
    "linux_musl": struct(os = "linux", cpu = "x86_64", libc = "musl", zig = "x86_64-linux-musl"),
    "linux_riscv64": struct(os = "linux", cpu = "riscv64", libc = "gnu", zig = "riscv64-linux-gnu.2.31"),
    "linux_riscv64_musl": struct(os = "linux", cpu = "riscv64", libc = "musl", zig = "riscv64-linux-musl"),
    "linux_x86_64": struct(os = "linux", cpu = "x86_64", libc = "gnu", zig = "x86_64-linux-gnu.2.31"),
    "macos_arm64": struct(os = "macos", cpu = "aarch64", libc = "", zig = "aarch64-macos"),
    "macos_x86_64": struct(os = "macos", cpu = "x86_64", libc = "", zig = "x86_64-macos"),
    "netbsd": struct(os = "netbsd", cpu = "x86_64", libc = "", zig = "x86_64-netbsd"),
    "openbsd": struct(os = "openbsd", cpu = "x86_64", libc = "", zig = "x86_64-openbsd"),
    "windows": struct(os = "windows", cpu = "x86_64", libc = "", zig = "x86_64-windows-gnu"),
    "windows_arm64": struct(os = "windows", cpu = "aarch64", libc = "", zig = "aarch64-windows-gnu"),
}

def constraints_of(target):
    """The constraint values of a platform of ours, which its toolchain asks for as well.

    Args:
      target: of TARGETS.

    Returns:
      labels, as this repository's BUILD files have them.
    """
    return [
        "@platforms//os:" + target.os,
        "@platforms//cpu:" + target.cpu,
        "//bazel/platforms:cross",
    ] + (["//bazel/platforms:" + target.libc] if target.libc else [])
