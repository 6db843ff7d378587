#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# A program ($2) that waits on condition variables under the preload library ($1), in every mode.
set -euo pipefail
. tests/suites/expect.sh

preload=$PWD/$1
program=$PWD/$2

wanted="fork: 7
shared: 2000 turns
tasks: 2000
signals: 6, one each: yes
queue: 400020000
times: 24 in time, 12 refused, 12 notified
mixed: 120
neighbours: 1000
cancels: 60, 60 with the mutex; disabled: waited on
cancelled or signalled: 0 lost
mutexes: EPERM, ETIMEDOUT, EOWNERDEAD
destroys: 600"

# run WHAT SAYS [VARIABLE=VALUE...]: SAYS on standard error.
run() {
  prints "$1" "$wanted" env "${@:3}" timeout 100 "$program"
  diff <(printf '%s' "$2") "$scratch/err" || fail "$1: other words than wanted (<)"
}

# counts WHAT LEAST [VARIABLE=VALUE...]: so many waits without a time pass through the layer; none if LEAST is 0.
counts() {
  local what=$1 least=$2 n
  prints "$what" "$wanted" env "${@:3}" PARKWAY_STATS=1 timeout 100 "$program"
  n=$(awk '/ waits on a condition variable$/ { print $2 }' "$scratch/err")
  n=${n:-0}
  if [ "$least" = 0 ] && [ "$n" != 0 ] || [ "$n" -lt "$least" ]; then
    fail "$what: $n waits, $least expected: $(cat "$scratch/err")"
  fi
}

run "without preload" "" A=1
run "off" "" LD_PRELOAD="$preload" PARKWAY=off
succeeds "on" env LD_PRELOAD="$preload" "$program" none
if unknown_host; then finish; fi
run "on" "" LD_PRELOAD="$preload"
run "all" "" LD_PRELOAD="$preload" PARKWAY_TBB=all
run "bound at once" "" LD_PRELOAD="$preload" PARKWAY_TBB=all LD_BIND_NOW=1
# 600 are of destroys() alone.
counts "conditions" 600 LD_PRELOAD="$preload" PARKWAY_TBB=conditions
counts "default" 0 LD_PRELOAD="$preload"
counts "waits" 0 LD_PRELOAD="$preload" PARKWAY_TBB=waits

finish
