#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# 100 000 tasks suspended at the same time, by a program ($2) under the preload library ($1): more
# than oneTBB can do without it.
set -euo pipefail

tasks=100000
# Before Linux 6.13 a guard page takes two of the process's mappings, of which there are 65 530.
if [ "$(printf '%s\n' 6.13 "$(uname -r)" | sort -V | head -1)" != 6.13 ]; then tasks=20000; fi
# Some 10 KiB each, and as much again to be on the safe side.
if [ "$(awk '/^MemAvailable:/ { print $2 }' /proc/meminfo)" -lt $((tasks * 20)) ]; then tasks=10000; fi

run() { # VARIABLE=VALUE...
  env LD_PRELOAD="$PWD/$preload" "$@" timeout 240 "$PWD/$program" $tasks 2>&1
}
preload=$1 program=$2
out=$(run PARKWAY_TBB=stacks)
if grep "steps aside: .* has interface version " <<<"$out"; then
  exit 0 # an installed oneTBB that is newer than what this library knows
fi
echo "$tasks tasks: $out"
grep -q '^per task: [0-9.]* us$' <<<"$out" || { echo "FAILED: it did not come to the end"; exit 1; }

# With too little address space for them it says so, and what it was that it did not get.
out=$(ulimit -v 4000000 && run PARKWAY_TBB=stacks || true)
echo "$out"
grep -q "^parkway: libparkway_tbb.so: no stack of [0-9]* bytes for a coroutine, with [0-9]* bytes of stacks in use: \
Cannot allocate memory$" <<<"$out" || { echo "FAILED: did not say that there is no stack"; exit 1; }
grep -q '^per task: crashed$' <<<"$out" || { echo "FAILED: not reported as crashed"; exit 1; }
