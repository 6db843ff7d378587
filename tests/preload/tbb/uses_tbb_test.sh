#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# A program on a shared oneTBB ($2) under the preload library ($1), in every mode.
set -euo pipefail
. tests/suites/expect.sh

preload=$PWD/$1
program=$PWD/$2
host="libtbb.so.12 (interface "

wanted="mutexes: 200
slept: yes
queues: 1000
aborts: 4, then 1
bursts: 796000
arenas: 10
exceptions: 20
resumable: 8
suspended: 300 of 300, in order: yes
finalize: no threads left
fork: 7
bursts: 796000"

# run WHAT [VARIABLE=VALUE...]: the program must print what it always prints; standard error in
# $err.
run() {
  prints "$1" "$wanted" env "${@:2}" timeout 100 "$program"
}

# said WHAT: the number that the statistics have for it, 0 if none.
said() { awk -v what="$1" '{ n = $2; sub(/^parkway: +[0-9]+ +/, "") } $0 == what { print n; found = 1; exit }
  END { if (!found) print 0 }' "$scratch/err"; }
# atleast MODE COUNT WHAT
atleast() {
  local n
  n=$(said "$3")
  [ "$n" -ge "$2" ] || fail "$1: $n $3, not $2:"$'\n'"$err"
}
# none MODE WHAT
none() { expect "$1: $2" "$(said "$2")" 0; }

run "without preload"
expect "without preload" "$err" ""

export LD_PRELOAD=$preload
run "on"
if unknown_host; then finish; fi
expect "on says nothing" "$err" ""
run "all" PARKWAY_TBB=all
expect "all says nothing" "$err" ""
run "off" PARKWAY=off
expect "off says nothing" "$err" ""
run "bound at once" LD_BIND_NOW=1
run "waits" PARKWAY_TBB=waits
expect "waits says nothing" "$err" ""

run "stacks" PARKWAY_TBB=stacks
expect "stacks says nothing" "$err" ""

run "stats" PARKWAY_STATS=1 PARKWAY_TBB=all
case $err in
  *"PARKWAY=on PARKWAY_TBB=waits,workers,yields,stacks,conditions, $host"*) ;;
  *) fail "head: $err" ;;
esac
atleast "stats" 1 "waits on an address"
atleast "stats" 200 "notifies by address"
atleast "stats" 1 "waits on a bounded queue"
atleast "stats" 4000 "notifies of a bounded queue"
atleast "stats" 2 "aborts of a bounded queue"
# The first of three finalize() ended the one that all before it used.
expect "stats: servers" "$(said "servers made")" 4
atleast "stats" 3 "worker threads started"
atleast "stats" 20 "times more workers were wanted"
parks=$(($(said "worker parks") + $(said "yields parked in until more workers are wanted")))
[ "$parks" -ge 20 ] || fail "stats: $parks parks, not 20:"$'\n'"$err"
atleast "stats" 10 "worker wakes"
atleast "stats" 100 "yields skipped by a worker without work"

# All are back when the last thread has gone. 300 tasks were suspended at once, some of them on the
# threads' own stacks.
atleast "stats" 290 "coroutine stacks served"
expect "stats: stacks" "$(said "that came back")" "$(said "coroutine stacks served")"
none "stats" "coroutine stacks left to the system"
atleast "stats" 600 "context switches without a system call"

# What is kept of the 300 stacks of 4 MiB, besides 16 at most that each of some threads has in lists.
kept() { said "bytes of free stacks at exit that kept some memory"; }
[ "$(kept)" -gt $((250 << 22)) ] || fail "stats: only $(kept) bytes kept"
run "stats, stack limit" PARKWAY_STATS=1 PARKWAY_STACK_MIB=1
[ "$(kept)" -le $((150 << 22)) ] || fail "stats, stack limit: $(kept) bytes kept"
run "stats, waits" PARKWAY_STATS=1 PARKWAY_TBB=waits
atleast "stats, waits" 200 "notifies by address"
none "stats, waits" "servers made"
none "stats, waits" "coroutine stacks served"
none "stats, waits" "context switches without a system call"
run "stats, workers" PARKWAY_STATS=1 PARKWAY_TBB=workers
atleast "stats, workers" 20 "worker parks"
none "stats, workers" "notifies by address"
none "stats, workers" "notifies of a bounded queue"
none "stats, workers" "yields skipped by a worker without work"
run "stats, stacks" PARKWAY_STATS=1 PARKWAY_TBB=stacks
atleast "stats, stacks" 290 "coroutine stacks served"
atleast "stats, stacks" 600 "context switches without a system call"
none "stats, stacks" "servers made"
none "stats, stacks" "notifies by address"
run "stats, off" PARKWAY_STATS=1 PARKWAY=off
case $err in
  *"PARKWAY=off, $host"*) ;;
  *) fail "stats, off: $err" ;;
esac
none "stats, off" "notifies by address"
none "stats, off" "servers made"
none "stats, off" "coroutine stacks served"
none "stats, off" "context switches without a system call"

finish
