#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# A program on the installed Abseil under a preload library ($1), in every mode.
set -euo pipefail
. tests/suites/expect.sh

preload=$PWD/$1
program=$PWD/tests/preload/absl/uses_absl

wanted="early: locked
locks: 20000
conditions: 7 steps
condvar: 800 turns
notification: 4
counter: 1, barrier: 1
hooks: profiler 1, tracer 1, cv 1, invariants 1"

# run WHAT [VARIABLE=VALUE...]: the program must print what it always prints; standard error in
# $err.
run() {
  prints "$1" "$wanted" env "${@:2}" "$program"
}

# calls FUNCTION: what the statistics say of those whose name begins so; 0 if they name none.
calls() {
  awk -v name="$1" '{ line = $0; sub(/^parkway: +[0-9]+ +([0-9]+ +)?/, "", line) }
    index(line, name) == 1 { n += $2 } END { print n + 0 }' "$scratch/err"
}
# atleast WHAT COUNT FUNCTION...: of one that releases name differently, all names.
atleast() {
  local n=0 what=$1 count=$2 name
  shift 2
  for name; do n=$((n + $(calls "$name"))); done
  [ "$n" -ge "$count" ] || fail "$what: $n calls of $*, not $count:"$'\n'"$err"
}

run "without preload"
expect "without preload" "$err" ""

export LD_PRELOAD=$preload
run "on"
expect "on says nothing" "$err" ""
run "off" PARKWAY=off
expect "off says nothing" "$err" ""
run "sem" PARKWAY_ABSL=sem
expect "sem says nothing" "$err" ""
run "bound at once" LD_BIND_NOW=1

run "stats" PARKWAY_STATS=1
atleast "stats" 20800 "Mutex::Lock()" "Mutex::lock()"
atleast "stats" 20000 "Mutex::ReaderLock()" "Mutex::lock_shared()"
atleast "stats" 20000 "Mutex::TryLock()" "Mutex::try_lock()"
atleast "stats" 800 "CondVar::SignalAll("
atleast "stats" 1 "CondVar::Wait"
atleast "stats" 4 "Notification::WaitForNotification()"
grep -q "PARKWAY=on PARKWAY_ABSL=locks, libabsl_synchronization" "$scratch/err" || fail "head: $err"
# Our Mutex has its own way to sleep.
expect "stats: no sleep in Abseil" "$(calls AbslInternalPerThreadSemWait)" 0
run "stats, off" PARKWAY_STATS=1 PARKWAY=off
atleast "stats, off" 20800 "Mutex::Lock()" "Mutex::lock()"
atleast "stats, off" 1 "AbslInternalPerThreadSemWait"
run "stats, sem" PARKWAY_STATS=1 PARKWAY_ABSL=sem
atleast "stats, sem" 20800 "Mutex::Lock()" "Mutex::lock()"
atleast "stats, sem" 100 "AbslInternalPerThreadSemWait"
atleast "stats, sem" 100 "AbslInternalPerThreadSemPost"

# A library of the same name with other symbols, which is left alone, and one of another name, which
# is not: the names in the files are changed in place. Preloaded, because the program's own search
# path comes first.
host=$(env -u LD_PRELOAD ldd "$program" | awk '/libabsl_synchronization/ { print $3 }')
soname=${host##*/}
mkdir "$scratch/changed" "$scratch/other"
LC_ALL=C sed 's/CondVar14EnableDebugLog/CondVar14EnableDebugLox/' "$host" >"$scratch/changed/$soname"
other=${soname%?}x
LC_ALL=C sed "s/$soname/$other/" "$host" >"$scratch/other/$other"
aside="parkway: libparkway_absl.so steps aside:"
run "other symbols" LD_PRELOAD="$preload $scratch/changed/$soname"
case $err in
  "$aside $soname defines other symbols than $soname "*) ;;
  *) fail "other symbols: $err" ;;
esac
run "other name" PARKWAY_STATS=1 LD_PRELOAD="$preload $scratch/other/$other"
grep -q "PARKWAY=on PARKWAY_ABSL=locks, $other\$" "$scratch/err" || fail "other name: $err"
atleast "other name" 20800 "Mutex::Lock()" "Mutex::lock()"

finish
