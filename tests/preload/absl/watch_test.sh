#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# A program on the installed Abseil, watched by a preload library ($1): it does what it always does, also
# what Abseil logs and how it looks for deadlocks, and the profile has its waits.
set -euo pipefail
. tests/suites/expect.sh

preload=$PWD/$1
program=$PWD/tests/preload/absl/uses_absl
logs=$PWD/tests/preload/absl/logs_absl

succeeds "stock" "$program"
wanted=$(cat "$scratch/out")

# run FILE [VARIABLE=VALUE...]: standard error in $err.
run() {
  prints "$1" "$wanted" env LD_PRELOAD="$preload" PARKWAY=watch PARKWAY_PROFILE="$scratch/$1" \
    PARKWAY_PROFILE_ONE_IN=1 "${@:2}" timeout 100 "$program"
}

run locks.json
expect "it says nothing" "$err" ""
python3 tests/preload/watched.py "$scratch/locks.json" "rw_mutex, writer" condition "condition variable" ||
  fail "locks.json"
run bound.json LD_BIND_NOW=1
expect "bound at once" "$err" ""
run stats.json PARKWAY_STATS=1
has err 'PARKWAY=watch PARKWAY_ABSL=locks, libabsl_synchronization' ' AbslInternalPerThreadSemWait$'
python3 tests/preload/watched.py "$scratch/stats.json" "rw_mutex, writer" condition "condition variable" ||
  fail "stats.json"

# The lines of a log without the addresses in them, and stacks.
lines() { sed -E 's/0x[0-9a-f]+/ADDRESS/g; s/(@|stack:).*//; /^[^[]/d' "$scratch/err"; }
succeeds "logs, stock" "$logs"
of_stock=$(lines)
has err 'Lock returning' 'TryLock failed' 'Wait on'
succeeds "logs" env LD_PRELOAD="$preload" PARKWAY=watch PARKWAY_PROFILE="$scratch/logs.json" "$logs"
expect "logs" "$(lines)" "$of_stock"
finish
