#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The preload library's ($1) machinery, over the fake host: who answers in which mode, what is said on
# standard error, and that it stands aside where it should.
set -euo pipefail
. tests/suites/expect.sh

here=$PWD/tests/preload/absl
preload=$PWD/$1

# Every version of the host under its SONAME in a folder of its own.
for version in known changed other; do
  mkdir "$scratch/$version"
  cp "$here/libfake_$version.so" "$scratch/$version/libabsl_synchronization.so.1"
done
mv "$scratch/other/libabsl_synchronization.so.1" "$scratch/other/libabsl_synchronization.so.2"
cp "$here"/libfake_*user*.so "$here"/libno_host_user.so "$scratch"

# run VERSION PROGRAM [VARIABLE=VALUE...]: output in $out, standard error in $err.
run() {
  succeeds "$*" timeout 50 env "${@:3}" LD_PRELOAD="$preload" LD_LIBRARY_PATH="$scratch/$1:$scratch" \
    "$here/$2" "${late[@]}"
  out=$(cat "$scratch/out")
}

# Lines of a run in which LOCKS (own or host) and WAIT answer.
answers() {
  printf '%s\n' "$1 Mixed" "Mixed 1496" "$1 Sum" "Sum 10.5" "$1 Lock" "$1 Lock" "$1 Unlock" \
    "$1 ReaderLock" "$1 Eval" "$2"
}
mutex=$(answers own "host Wait 7")
stock=$(answers host "host Wait 7")
semaphore=$(answers host "own Wait 28")
aside="parkway: libparkway_absl.so steps aside:"
late=()

run known program
expect "default" "$out" "$mutex"
expect "default says nothing" "$err" ""
run known program PARKWAY=on PARKWAY_ABSL=locks
expect "on" "$out" "$mutex"
run known program PARKWAY=off
expect "off" "$out" "$stock"
expect "off says nothing" "$err" ""
run known program PARKWAY_ABSL=sem
expect "sem" "$out" "$semaphore"
expect "sem says nothing" "$err" ""
run known program PARKWAY=off PARKWAY_ABSL=sem
expect "off comes before sem" "$out" "$stock"

# A program may define what the host's libraries do: that one then is the host's, and ours.
run known program_with_helper PARKWAY_ABSL=sem
expect "the program's helper" "$out" "$(answers host "own Wait 127")"

run known program PARKWAY=maybe
expect "unknown PARKWAY" "$out" "$stock"
expect "unknown PARKWAY" "$err" "$aside PARKWAY=maybe: allowed values are on, off, require, watch"
run known program PARKWAY_ABSL=maybe
expect "unknown PARKWAY_ABSL" "$out" "$stock"
expect "unknown PARKWAY_ABSL" "$err" "$aside PARKWAY_ABSL=maybe: allowed values are locks, sem"

run changed program
expect "other symbols" "$out" "$stock"
expect "other symbols" "$err" "$aside libabsl_synchronization.so.1 defines other \
symbols than libabsl_synchronization.so.1 (fake1) did"
run changed program PARKWAY_ABSL=sem
expect "other symbols, sem" "$out" "$stock"
run changed program PARKWAY=off
expect "other symbols, off" "$err" ""
run other program_other
expect "other version" "$out" "$stock"
expect "other version" "$err" "$aside this process has libabsl_synchronization.so.2, not \
libabsl_synchronization.so.1 (fake1)"

late=("$scratch/libfake_user.so")
run known late_program
expect "late" "$out" "$mutex"
expect "late says nothing" "$err" ""
run known late_program PARKWAY=off
expect "late, off" "$out" "$stock"
run changed late_program
expect "late, other symbols" "$out" "$stock"
# The variable that our semaphore uses was not there at start.
run known late_program PARKWAY_ABSL=sem
expect "late, sem" "$out" "$stock"
expect "late, sem" "$err" "$aside Abseil's _ZN4absl5fake115helper_variableE was not there when the \
process started"

# The first calls are in a thread that a constructor waits for, under the loader's lock.
late=("$scratch/libfake_thread_user.so")
run known late_program
expect "loader's lock" "$out" $'own Lock\nown Unlock\nused'
run known late_program PARKWAY=off
expect "loader's lock, off" "$out" $'host Lock\nhost Unlock\nused'
late=("$scratch/libno_host_user.so")
run known late_program
expect "no host, loader's lock" "$out" used

# What the slots point into stays, although it is given back.
late=("$scratch/libfake_user.so" libabsl_synchronization.so.1)
stays="the host is still there"
run known closing_program
expect "closing" "$out" "$mutex"$'\n'"$stays"$'\n'"$mutex"$'\n'"$stays"
goes="the host is gone"
run known closing_program PARKWAY=off
expect "closing, off" "$out" "$stock"$'\n'"$goes"$'\n'"$stock"$'\n'"$goes"
late=()

stats() { sed -E 's/ \([0-9]+\)//; s/^parkway: +/parkway: /; s/ +/ /g' "$scratch/err"; }
run known program PARKWAY_STATS=1
expect "stats" "$out" "$mutex"
expect "stats" "$(stats)" "parkway: stats of program: PARKWAY=on PARKWAY_ABSL=locks, \
libabsl_synchronization.so.1
parkway: calls contended function
parkway: 1 AbslInternalPerThreadSemWait
parkway: 1 Condition::Eval() const
parkway: 1 Mixed(int, int, int, int, int, int, int, double, double, double, double, double, \
double, double, double, double)
parkway: 2 1 Mutex::Lock()
parkway: 1 0 Mutex::ReaderLock()
parkway: 1 Mutex::Unlock()
parkway: 1 Sum(int, ...)"
run known program PARKWAY_STATS=1 PARKWAY=off
expect "stats, off" "$out" "$stock"
expect "stats, off" "$(stats | sed -n '1p;6p')" "parkway: stats of program: PARKWAY=off, \
libabsl_synchronization.so.1
parkway: 2 1 Mutex::Lock()"

# Stock, watched: the second Lock() finds the mutex held.
run known program PARKWAY=watch PARKWAY_PROFILE="$scratch/watch.json" PARKWAY_PROFILE_ONE_IN=1
expect "watch" "$out" "$stock"
expect "watch says nothing" "$err" ""
has watch.json '"locks":"stock"' '"kind":"rw_mutex, writer"' '"count":1,'
expect "watch: one wait" "$(grep -c '"kind"' "$scratch/watch.json")" 1
run known program PARKWAY=watch PARKWAY_PROFILE="$scratch/watch.json" PARKWAY_STATS=1 PARKWAY_ABSL=nonsense
expect "watch, stats" "$out" "$stock"
expect "watch, stats" "$(stats | sed -n '1p;6p')" "parkway: stats of program: PARKWAY=watch PARKWAY_ABSL=locks, \
libabsl_synchronization.so.1
parkway: 2 1 Mutex::Lock()"
run known program PARKWAY=watch
expect "watch without a profile" "$out" "$stock"
expect "watch without a profile" "$err" "$aside PARKWAY=watch: it needs PARKWAY_PROFILE=FILE, for what it sees"
rm "$scratch/watch.json"
run changed program PARKWAY=watch PARKWAY_PROFILE="$scratch/watch.json"
expect "watch, other symbols" "$out" "$stock"
has err "$aside libabsl_synchronization.so.1 defines other symbols than"
[ ! -e "$scratch/watch.json" ] || fail "a profile of nothing"
late=("$scratch/libfake_user.so")
run known late_program PARKWAY=watch PARKWAY_PROFILE="$scratch/watch.json" PARKWAY_PROFILE_ONE_IN=1
expect "watch, late" "$out" "$stock"
has watch.json '"kind":"rw_mutex, writer"'
late=("$scratch/libfake_thread_user.so")
run known late_program PARKWAY=watch PARKWAY_PROFILE="$scratch/watch.json"
expect "watch, loader's lock" "$out" $'host Lock\nhost Unlock\nused'
late=()

# A CI that wants to know.
run known program PARKWAY=require
expect "require" "$out" "$mutex"
expect "require says nothing" "$err" ""
requires="libparkway_absl.so: PARKWAY=require, but no Abseil of this process was taken over"
ends 86 "$requires" env PARKWAY=require LD_PRELOAD="$preload" true
ends 86 "$requires" env PARKWAY=require LD_PRELOAD="$preload" LD_LIBRARY_PATH="$scratch/changed:$scratch" \
  "$here/program"
expect "require, changed: what was printed is not lost" "$(cat "$scratch/out")" "$stock"

# A process without a host is left alone.
succeeds "no host" env LD_PRELOAD="$preload" true
expect "no host" "$err" ""
succeeds "no host, stats" env LD_PRELOAD="$preload" PARKWAY_STATS=1 true
expect "no host, stats" "$(stats)" "parkway: stats of true: no shared Abseil in this process, or \
none that was used"

finish
