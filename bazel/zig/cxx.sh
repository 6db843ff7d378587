#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# zig c++ as the compiler and linker of Bazel's actions. repository.bzl puts a copy beside Zig and writes @ROOT@.
set -euo pipefail

readonly root=@ROOT@
# Zig compiles libc++ and the start files of a target when it first links for it, which takes a minute or two, and
# keeps them. Sandboxes let actions write to /tmp and to nothing else that outlives them.
shared=/tmp/parkway-zig-$(id -u)
mkdir -p -m 700 "$shared"
if [ -L "$shared" ] || ! [ -O "$shared" ]; then
  echo "$shared, the folder for what Zig compiles, is not this user's" >&2
  exit 2
fi
# What it keeps of the sources that it is given is of no use: Bazel remembers these.
scratch=$(mktemp -d "$shared/action.XXXXXX")
trap 'rm -rf "$scratch"' EXIT
export ZIG_LIB_DIR=$root/lib ZIG_GLOBAL_CACHE_DIR=$shared/cache ZIG_LOCAL_CACHE_DIR=$scratch/cache

for argument; do
  case $argument in
    -c | -E | -S)
      "$root/zig/bin/zig" c++ "$@"
      exit
      ;;
  esac
done
# The warnings of libc++ about itself, thousands of lines, come with the first link. Those of a link that succeeds
# are dropped.
if ! "$root/zig/bin/zig" c++ "$@" 2>"$scratch/errors"; then
  cat "$scratch/errors" >&2
  exit 1
fi
