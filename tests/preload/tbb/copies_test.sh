#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Several copies of oneTBB in one process, under names of their own or within plug-ins: each gets its
# own calls, and none ends the program. These copies have oneTBB's names and nothing behind them.
# Argument: the preload library.
set -euo pipefail
. tests/suites/expect.sh

preload=$PWD/$1
here=$PWD/tests/preload/tbb
cp "$here"/libcopy_user_*.so "$here"/libwithin_*.so "$scratch"
# What packagers make of the name.
cp "$here/libcopy_a.so" "$scratch/libtbb-aaaa.so.12.8"
cp "$here/libcopy_b.so" "$scratch/libtbb-bbbb.so.12.19"
cp "$here/libcopy_global.so" "$scratch/libtbb.so.12"
a=+$scratch/libcopy_user_a.so b=+$scratch/libcopy_user_b.so

# loaded "VARIABLE=VALUE..." STEP...: the program's output in $out, standard error in $err.
loaded() {
  local environment
  read -ra environment <<<"$1"
  succeeds "$*" timeout 50 env "${environment[@]}" LD_PRELOAD="$preload" LD_LIBRARY_PATH="$scratch" \
    "$here/several_copies" "${@:2}"
  out=$(cat "$scratch/out")
}
# what COPY PLUGIN: what a user prints.
what() { echo "${1:+$1 notify_by_address_one$'\n'}plugin: $2"$'\n'"used"; }

# Layers that are off: the copy's own functions, and no others.
for off in PARKWAY=off PARKWAY_TBB=stacks; do
  loaded $off "$a" "$b" =0 =1 =0
  expect "$off" "$out" "$(what a none; what b none; what a none)"
  expect "$off says nothing" "$err" ""
done
loaded PARKWAY_TBB=workers "$b" "$a" =0 =1
expect "workers" "$out" "$(what b parkway; what a parkway)"
# Watched: each copy answers its own calls.
loaded "PARKWAY=watch PARKWAY_STATS=1 PARKWAY_PROFILE=$scratch/watch.json" "$a" "$b" =0 =1 =0
expect "watch" "$out" "$(what a none; what b none; what a none)"
for line in "PARKWAY=watch PARKWAY_TBB=waits, libtbb-aaaa.so.12.8" "PARKWAY=watch PARKWAY_TBB=waits, libtbb-bbbb"; do
  case $err in
    *"$line"*) ;;
    *) fail "watch, statistics: $err, without $line" ;;
  esac
done
# Each with its own defaults: a is of 2021.8, b of 2023.1.
loaded "" "$a" "$b" =0 =1
expect "defaults" "$out" "$(what "" parkway; what "" none)"
expect "defaults say nothing" "$err" ""
loaded PARKWAY_STATS=1 "$a" "$b" =0 =1
for line in "PARKWAY_TBB=waits,workers,yields,stacks, libtbb-aaaa.so.12.8 (interface 12080)" \
  "PARKWAY_TBB=waits,stacks, libtbb-bbbb.so.12.19 (interface 12190)"; do
  case $err in
    *"$line"*) ;;
    *) fail "statistics: $err, without $line" ;;
  esac
done
# A call that was made a jump seems to come from the program, which has no copy. It is known all the
# same whose it is, but for the first ones of libraries that came together: then all are told.
told() { echo "$1 notify_by_address_one"; }
loaded PARKWAY_TBB=stacks "$a" "~0" "$b" "~1" "=1" "~0"
expect "jumps" "$out" "$(told a; told b; what b none; told a)"
loaded PARKWAY_TBB=stacks "$a" "$b" "~1" "~0"
expect "jumps first" "$out" "$(told a; told b; told a)"
loaded "PARKWAY=watch PARKWAY_PROFILE=$scratch/watch.json" "$a" "$b" "~1" "~0"
expect "jumps first, watch" "$out" "$(told a; told b; told a)"

# One that does not look into the library is left alone, also where it is not bound yet.
loaded "" "$a" "^$scratch/libcopy_user_b.so" =0 =1 =0 "~1"
expect "deepbind" "$out" "$(what "" parkway; what b none; what "" parkway; told b)"

# A library of a few functions came first: the other one has all of its own.
loaded PARKWAY_TBB=stacks "+$scratch/libwithin_small.so" "$a" =0 =1
expect "a small one first" "$out" "$(what small none; what a none)"
loaded "" "+$scratch/libwithin_small.so" "$a" =0 =1
expect "a small one first, defaults" "$out" "$(what small none; what "" parkway)"

# A copy within a plug-in, which goes and comes back, and another one at its address perhaps.
within=+$scratch/libwithin_plugin.so
loaded PARKWAY_TBB=stacks "$within" =0 -0 "+$scratch/libwithin_small.so" =1 -1 "$within" =2 "$b" =3
expect "unloading" "$out" "$(what plugin none; what small none; what plugin none; what b none)"
loaded PARKWAY_STATS=1 "$within" =0
expect "within" "$out" "$(what "" parkway)"
case $err in
  *"PARKWAY_TBB=waits,workers, libwithin_plugin.so (has oneTBB within it, interface 12080)"*) ;;
  *) fail "within: $err" ;;
esac
# One that hides its functions: it asks for a plugin all the same, and is not known.
loaded "" "$a" "+$scratch/libwithin_hidden.so" =0 =1
expect "hidden" "$out" "$(what "" parkway; what hidden none)"
expect "hidden says nothing" "$err" ""

# More than there is room for, each opened, used and closed.
steps=() wanted=
for i in $(seq 40); do
  cp "$scratch/libwithin_plugin.so" "$scratch/libwithin_$i.so"
  steps+=("+$scratch/libwithin_$i.so" "=$((i - 1))")
  wanted+=$(what plugin none)$'\n'
done
loaded PARKWAY_TBB=stacks "${steps[@]}"
expect "forty at once" "$out" "${wanted%$'\n'}"

# What the process starts with answers everybody, as it does without the library.
global() {
  succeeds "$*" timeout 50 env "$1" LD_PRELOAD="$preload:$scratch/libtbb.so.12" LD_LIBRARY_PATH="$scratch" \
    "$here/several_copies" "${@:2}"
  out=$(cat "$scratch/out")
}
prints "global, stock" "$(what global none; what global none)" env LD_PRELOAD="$scratch/libtbb.so.12" \
  LD_LIBRARY_PATH="$scratch" "$here/several_copies" "$a" "$b" =0 =1
global PARKWAY_TBB=stacks "$a" "$b" =0 =1
expect "global" "$out" "$(what global none; what global none)"

# A host that is preloaded before the library keeps all of its calls.
succeeds "before" env LD_PRELOAD="$scratch/libtbb.so.12:$preload" LD_LIBRARY_PATH="$scratch" \
  "$here/several_copies" "$a" =0
expect "before" "$(cat "$scratch/out")" "$(what global none)"
expect "before" "$err" \
  "parkway: libparkway_tbb.so steps aside: libtbb.so.12 (interface 12080) comes before it"

finish
