#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# A program ($2) that calls for itself what the preload library ($1) takes over of libc, in every mode.
set -euo pipefail

preload=$PWD/$1
program=$PWD/$2
dir=$(mktemp -d "${TEST_TMPDIR:-/tmp}/own_memory.XXXXXX")
failures=0

fail() {
  echo "FAILED: $*" >&2
  failures=$((failures + 1))
}

part="mapped: ---p ---p ---p ---p ---p ---p
protected: ---p rw-p rw-p rw-p rw-p ---p
a page less: ---p rw-p none rw-p rw-p ---p
unmapped: none none none none none none
refused: 1 1 -1 1 -1 1
main: sum 55, blocked 0
other: blocked 1
getcontext: 3 times"

# run WHAT WHOSE [VARIABLE=VALUE...]: WHOSE the signal mask is, the task's or the thread's.
run() {
  local what=$1 wanted
  wanted=$(printf '%s\n' "$part" "$part" "blocks: yes" "signal mask of the $2")
  shift 2
  env "$@" timeout 60 "$program" >"$dir/out" 2>"$dir/err" || fail "$what: exit status $?"
  diff <(echo "$wanted") "$dir/out" || fail "$what: other output than wanted (<)"
}

run "without preload" task A=1
run "off" task LD_PRELOAD="$preload" PARKWAY=off
if grep -q "steps aside: .* has interface version " "$dir/err"; then exit $((failures > 0)); fi
run "on" thread LD_PRELOAD="$preload"
if grep -q "steps aside: .* has interface version " "$dir/err"; then
  echo "not taken over: an installed oneTBB that is newer than what this library knows"
  exit 0
fi
run "bound at once" thread LD_PRELOAD="$preload" LD_BIND_NOW=1
run "stacks" thread LD_PRELOAD="$preload" PARKWAY_TBB=stacks
run "waits" task LD_PRELOAD="$preload" PARKWAY_TBB=waits
run "all" thread LD_PRELOAD="$preload" PARKWAY_TBB=all

if [ "$failures" != 0 ]; then exit 1; fi
echo "all as expected"
