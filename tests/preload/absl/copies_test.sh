#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Several copies of the fake host in one process, under names of their own or within plug-ins: each gets
# its own calls, ours are over those that the preload library ($1) was built for, and none ends the
# program.
set -euo pipefail
. tests/suites/expect.sh

preload=$PWD/$1
here=$PWD/tests/preload/absl
cp "$here"/libcopy_user_*.so "$here"/libwithin_*.so "$scratch"
# What packagers make of the name.
for copy in a b changed; do
  cp "$here/libcopy_$copy.so" "$scratch/libabsl_synchronization-$copy.so.1"
done
a=+$scratch/libcopy_user_a.so b=+$scratch/libcopy_user_b.so changed=+$scratch/libcopy_user_changed.so
within=+$scratch/libwithin_plugin.so

# loaded "VARIABLE=VALUE..." STEP...: the program's output in $out, standard error in $err.
loaded() {
  local environment
  read -ra environment <<<"$1"
  succeeds "$*" timeout 50 env "${environment[@]}" LD_PRELOAD="$preload" LD_LIBRARY_PATH="$scratch" \
    "$here/several_copies" "${@:2}"
  out=$(cat "$scratch/out")
}
# opens WHO, uses WHO: what a user prints when it is loaded, and when it is used.
opens() { printf '%s\n' "$1 Mixed" "Mixed 1496"; }
uses() {
  printf '%s\n' "$1 Sum" "Sum 10.5" "$1 Lock" "$1 Lock" "$1 Unlock" "$1 ReaderLock" "$1 Eval" \
    "${2:-$1} Wait 7"
}
differs() {
  echo "parkway: libparkway_absl.so steps aside: $1 defines other symbols than \
libabsl_synchronization.so.1 (fake1) did"
}

loaded PARKWAY=off "$a" "$b" =0 =1 =0
expect "off" "$out" "$(opens a; opens b; uses a; uses b; uses a)"
expect "off says nothing" "$err" ""
# The first one is watched, the other one left alone.
loaded "PARKWAY=watch PARKWAY_PROFILE=$scratch/watch.json PARKWAY_PROFILE_ONE_IN=1" "$a" "$b" =0 =1 =0
expect "watch" "$out" "$(opens a; opens b; uses a; uses b; uses a)"
expect "watch" "$err" "parkway: libparkway_absl.so does not watch libabsl_synchronization-b.so.1: it watches another \
copy of Abseil"
# One wait at each of two uses of a.
has watch.json '"kind":"rw_mutex, writer".*"count":2,'
# By what they define, not by their names.
loaded "" "$a" "$b" =0 =1
expect "two" "$out" "$(opens own; opens own; uses own a; uses own b)"
expect "two say nothing" "$err" ""
loaded PARKWAY_STATS=1 "$a" "$changed" =0 =1
expect "a and another one" "$out" "$(opens own; opens changed; uses own a; uses changed)"
for line in "PARKWAY_ABSL=locks, libabsl_synchronization-a.so.1" "PARKWAY=off, libabsl_synchronization-changed.so.1" \
  "2            1  Mutex::Lock()" "$(differs libabsl_synchronization-changed.so.1)"; do
  case $err in
    *"$line"*) ;;
    *) fail "statistics: $err, without $line" ;;
  esac
done
loaded "" "$changed" "$a" =1 =0 =1
expect "another one and a" "$out" "$(opens changed; opens own; uses own a; uses changed; uses own a)"

# A copy within a plug-in, which goes and comes back. Nobody knows that one: it is its own.
loaded "" "$within" =0 -0 "$a" =1 "$within" =2
expect "within" "$out" \
  "$(opens plugin; uses plugin; opens own; uses own a; opens plugin; uses plugin)"
expect "within" "$err" "$(differs libwithin_plugin.so; differs libwithin_plugin.so)"
# One that hides its functions never asks anybody.
loaded "" "$a" "+$scratch/libwithin_hidden.so" =0 =1
expect "hidden" "$out" "$(opens own; opens hidden; uses own a; uses hidden)"
expect "hidden says nothing" "$err" ""
# A call that was made a jump, while there is one copy.
loaded "" "$a" =0 "~0"
expect "jump" "$out" "$(opens own; uses own a; echo "own Unlock")"

# More than there is room for.
steps=() wanted=
for i in $(seq 40); do
  cp "$scratch/libwithin_plugin.so" "$scratch/libwithin_$i.so"
  steps+=("+$scratch/libwithin_$i.so" "=$((i - 1))")
  wanted+=$(opens plugin; uses plugin)$'\n'
done
loaded PARKWAY=off "${steps[@]}"
expect "forty at once" "$out" "${wanted%$'\n'}"

# What the process starts with answers everybody, as it does without the library.
mv "$scratch/libabsl_synchronization-a.so.1" "$scratch/first.so"
cp "$scratch/first.so" "$scratch/libabsl_synchronization-a.so.1"
started() {
  prints "$1" "$2" timeout 50 env "$3" LD_PRELOAD="$4" LD_LIBRARY_PATH="$scratch" \
    "$here/several_copies" "$b" "$changed" =0 =1
}
started "started, stock" "$(opens a; opens a; uses a; uses a)" PARKWAY=on "$scratch/first.so"
started "started, off" "$(opens a; opens a; uses a; uses a)" PARKWAY=off "$preload:$scratch/first.so"
started "started" "$(opens own; opens own; uses own a; uses own a)" PARKWAY=on "$preload:$scratch/first.so"

finish
