#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# A program ($2) that waits on condition variables under the preload library ($1), in every mode.
# $3 makes the libc's condition variables look like nothing that the library knows.
set -euo pipefail
. tests/suites/expect.sh

preload=$PWD/$1
program=$PWD/$2
odd=$PWD/$3

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

# counts WHAT LEAST [VARIABLE=VALUE...]: so many waits, and as many that were notified, are the library's; none
# if LEAST is 0.
counts() {
  local what=$1 least=$2 kind n
  prints "$what" "$wanted" env "${@:3}" PARKWAY_STATS=1 timeout 100 "$program"
  for kind in "waits on a condition variable" "that were notified"; do
    n=$(awk -v what="$kind" '{ n = $2; sub(/^parkway: +[0-9]+ +/, "") } $0 == what { print n }' "$scratch/err")
    n=${n:-0}
    if [ "$least" = 0 ] && [ "$n" != 0 ] || [ "$n" -lt "$least" ]; then
      fail "$what: $n $kind, $least expected: $(cat "$scratch/err")"
    fi
  done
}

run "without preload" "" A=1
run "off" "" LD_PRELOAD="$preload" PARKWAY=off
succeeds "on" env LD_PRELOAD="$preload" "$program" none
if unknown_host; then finish; fi
run "on" "" LD_PRELOAD="$preload"
run "bound at once" "" LD_PRELOAD="$preload" LD_BIND_NOW=1
counts "conditions" 1000 LD_PRELOAD="$preload" PARKWAY_TBB=conditions
counts "default" 1000 LD_PRELOAD="$preload"
counts "waits" 0 LD_PRELOAD="$preload" PARKWAY_TBB=waits
without="parkway: libparkway_tbb.so: this libc's condition variables are not like glibc's from 2.25 on; without the layer conditions"
run "another libc" "$without"$'\n' LD_PRELOAD="$preload:$odd"
# Who does not ask for the layer hears nothing of it.
succeeds "another libc, waits" env LD_PRELOAD="$preload:$odd" PARKWAY_TBB=waits "$program" none
expect "another libc, waits" "$err" ""

finish
