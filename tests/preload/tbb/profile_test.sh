#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# PARKWAY_PROFILE with a program ($2) under the preload library ($1).
set -euo pipefail
. tests/suites/expect.sh

preload=$PWD/$1
program=$PWD/$2

# run WHAT [VARIABLE=VALUE...]: standard error in $err.
run() {
  succeeds "$1" env LD_PRELOAD="$preload" PARKWAY_PROFILE_ONE_IN=1 "${@:2}" timeout 60 "$program"
}

run "without a profile"
if unknown_host; then finish; fi
expect "without a profile" "$err" ""

for name in locks.json locks.txt locks.trace.json locks.prof locks.releases; do
  run "$name" PARKWAY_PROFILE="$scratch/$name"
  expect "$name" "$err" ""
done
has locks.json '^{"parkway_profile":1,' '"sample":1,' '"kind":"address"' '"path":"'
has locks.txt '^Waits for locks: [0-9.]* s ' '    waits:' '    lets go:' 'libparkway_tbb.so+0x'
has locks.trace.json '^{"displayTimeUnit":"ns","traceEvents":\[' '"ph":"X"'
has locks.prof '^--- contention:$' '^[0-9]* [0-9]* @ 0x' '^--- Memory map: ---$'
has locks.releases '^--- contention:$' '^[0-9]* [0-9]* @ 0x'
if command -v python3 >/dev/null; then
  for name in locks.json locks.trace.json; do
    python3 -m json.tool "$scratch/$name" >/dev/null || fail "$name is no JSON"
  done
fi
if command -v google-pprof >/dev/null; then
  succeeds "google-pprof" google-pprof --text "$program" "$scratch/locks.prof"
  has out 'Total: '
fi

# Names.
run "%h" PARKWAY_PROFILE="$scratch/of-%h-%%.txt"
[ -s "$scratch/of-tbb-%.txt" ] || fail "%h and %% are not filled in: $(ls "$scratch")"
mkdir "$scratch/each"
run "%p" PARKWAY_PROFILE="$scratch/each/%p.txt"
[ "$(find "$scratch/each" -name '[1-9]*.txt' | wc -l)" = 1 ] || fail "not one file: $(ls "$scratch/each")"

# What it refuses, and says so; the program goes on.
echo before >"$scratch/target"
ln -s "$scratch/target" "$scratch/link"
run "a link" PARKWAY_PROFILE="$scratch/link"
has err "the profile $scratch/link can't be written: it is a symbolic link"
expect "a link's target" "$(cat "$scratch/target")" before
mkfifo "$scratch/pipe"
run "a pipe" PARKWAY_PROFILE="$scratch/pipe"
has err "the profile $scratch/pipe can't be written"
run "no folder" PARKWAY_PROFILE=/no/such/folder/x
has err "the profile /no/such/folder/x can't be written: No such file"
run "a letter" PARKWAY_PROFILE="$scratch/%x"
has err 'after a % there may be p, h or another %'
run "no number" PARKWAY_PROFILE="$scratch/n" PARKWAY_PROFILE_ONE_IN=often
has err 'PARKWAY_PROFILE_ONE_IN=often: a whole number above 0 is wanted'
[ ! -e "$scratch/n" ] || fail "a profile was written without a number"

# Off: this process has no parkway, and writes nothing.
run "off" PARKWAY=off PARKWAY_PROFILE="$scratch/off.txt"
[ ! -e "$scratch/off.txt" ] || fail "a profile was written with PARKWAY=off"
finish
