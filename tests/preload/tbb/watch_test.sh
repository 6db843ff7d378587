#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# A program ($2) on its own oneTBB, watched by the preload library ($1): it does what it always does, and
# the profile has its waits.
set -euo pipefail
. tests/suites/expect.sh

preload=$PWD/$1
program=$PWD/$2

succeeds "stock" timeout 100 "$program"
wanted=$(cat "$scratch/out")

# run FILE [VARIABLE=VALUE...]: standard error in $err.
run() {
  prints "$1" "$wanted" env LD_PRELOAD="$preload" PARKWAY=watch PARKWAY_PROFILE="$scratch/$1" \
    PARKWAY_PROFILE_ONE_IN=1 "${@:2}" timeout 100 "$program"
}

for name in locks.json locks.txt locks.trace.json locks.prof; do
  run "$name"
  expect "$name" "$err" ""
done
python3 tests/preload/watched.py "$scratch/locks.json" address queue worker || fail "locks.json"
has locks.txt "^Waits for the program's own locks: [0-9.]* s "
has locks.trace.json '"otherData":{"locks":"stock"}}$'
has locks.prof '^--- contention:$' '^--- Memory map: ---$' '^locks=stock$'
if command -v google-pprof >/dev/null; then
  succeeds "google-pprof" google-pprof --text "$program" "$scratch/locks.prof"
  has out 'Total: '
fi

# Nothing of it is parkway's: no line but that of the copy and the heads.
run stats.json PARKWAY_STATS=1
expect "statistics" "$(sed -E 's/ \([0-9]+\)//; s/interface [0-9]+/interface/' <<<"$err")" \
  "parkway: stats of ${program##*/}: PARKWAY=watch PARKWAY_TBB=waits,workers, libtbb.so.12 (interface)
parkway:        count  what"
# What it is asked for besides has no say.
run layers.json PARKWAY_TBB=nonsense LD_BIND_NOW=1
expect "layers" "$err" ""
run sampled.json PARKWAY_PROFILE_ONE_IN=100
has sampled.json '"sample":100'
finish
