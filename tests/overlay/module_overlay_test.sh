#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# bazel/module_overlay.patch is bazel/module_overlay.sh as a new file, and that ends with a message where
# it does not know what it sees. Arguments: the script, the patch.
set -euo pipefail
script=$(realpath "$1") patch=$(realpath "$2")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

want=$work/want.patch
{
  printf -- '--- /dev/null\n+++ module_overlay.sh\n@@ -0,0 +1,%d @@\n' "$(wc -l <"$script")"
  sed 's/^/+/' "$script"
} >"$want"
if ! cmp "$want" "$patch"; then
  echo "bazel/module_overlay.patch is not of bazel/module_overlay.sh; it should be:"
  cat "$want"
  exit 1
fi

# refused MESSAGE: called in the folder it ends so.
refused() {
  local said
  if said=$(cd "$work/tree" && sh "$script" 2>&1); then
    echo "not refused: $1"
    exit 1
  fi
  case $said in
    *"$1"*) ;;
    *) echo "says '$said' and not '$1'" && exit 1 ;;
  esac
}

mkdir "$work/tree"
refused "no MODULE.bazel here"
touch "$work/tree/MODULE.bazel"
refused "neither Abseil's sources nor oneTBB's"

locks=$work/tree/absl/synchronization
mkdir -p "$locks"
for name in barrier blocking_counter mutex notification; do touch "$locks/$name.h" "$locks/$name.cc"; done
echo 'cc_library(name = "synchronization")' >"$locks/BUILD.bazel"
refused "does not have barrier.h just once"

rm -rf "$work/tree/absl" && mkdir -p "$work/tree/src/tbb" && touch "$work/tree/src/tbb/co_context.h"
echo 'cc_library(name = "other")' >"$work/tree/BUILD.bazel"
refused "BUILD.bazel has another layout"
[ ! -s "$work/tree/MODULE.bazel" ] || { echo "MODULE.bazel was changed all the same" && exit 1; }
