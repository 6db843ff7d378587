#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# A program whose suspensions are over before they begin ($2) under the preload library ($1).
set -euo pipefail
. tests/suites/expect.sh

preload=$PWD/$1
program=$PWD/$2

wanted="many: 100000
as yields: yes
single yields after which another task had run: 20
thrown: 1000
resumed by threads: 200
nested: 400, 400
together: 160"

# run WHAT [VARIABLE=VALUE...]: standard error in $err, and in $over how many were over.
run() {
  prints "$1" "$wanted" env "${@:2}" timeout 60 "$program"
  over=$(sed -n 's/^parkway: *\([0-9]*\) *suspensions that were over before they began$/\1/p' "$scratch/err")
}

run "without preload"
expect "without preload" "$err" ""
export LD_PRELOAD=$preload
run "on"
if unknown_host; then finish; fi
expect "on" "$err" ""
for layers in stacks all; do
  run "$layers" PARKWAY_TBB=$layers PARKWAY_STATS=1
  # Every fifth of many() at the very least, on the busiest machine.
  [ "${over:-0}" -ge 20000 ] || fail "$layers: only ${over:-0} were over before they began: $err"
done
run "waits" PARKWAY_TBB=waits PARKWAY_STATS=1
[ -z "$over" ] || fail "waits: $over were over before they began"
run "off" PARKWAY=off PARKWAY_STATS=1
[ -z "$over" ] || fail "off: $over were over before they began"
finish
