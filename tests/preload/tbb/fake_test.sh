#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Which hosts the preload library ($1) takes over, over libraries that only have a host's name, and
# what it says where it does not.
set -euo pipefail
. tests/suites/expect.sh

preload=$PWD/$1
here=$PWD/tests/preload/tbb

for host in known last_all first_waits newest oldest older newer silent hanging crashing strange small other; do
  mkdir "$scratch/$host"
  cp "$here/libfake_$host.so" "$scratch/$host/libtbb.so.12"
done
mv "$scratch/other/libtbb.so.12" "$scratch/other/libtbb.so.2"
cp "$here"/libfake_*user*.so "$here"/libno_host_user.so "$scratch"

# run HOST PROGRAM [VARIABLE=VALUE...]: output in $out, standard error in $err.
run() {
  succeeds "$*" timeout 50 env "${@:3}" LD_PRELOAD="$preload" LD_LIBRARY_PATH="$scratch/$1:$scratch" \
    "$here/$2" "${late[@]}"
  out=$(cat "$scratch/out")
}

ours=$'plugin: parkway\nused'
theirs=$'host notify_by_address_one\nplugin: none\nused'
only_waits=$'plugin: none\nused'
only_workers=$'host notify_by_address_one\nplugin: parkway\nused'
aside="parkway: libparkway_tbb.so steps aside:"
# leaves LAYER INTERFACE WHY: the line for a layer that stays the host's.
leaves() { echo "parkway: libparkway_tbb.so leaves $1 to libtbb.so.12 (interface $2): $3"; }
unseen="13000, which was tried out"
allowed="allowed are all, or one or more of waits, workers, yields, stacks, conditions, with commas between"
late=()
declare -A interface=([known]=12080 [newest]=12200 [newer]="12201, which was tried out"
  [crashing]="13000, which was tried out")

for program in program late_program; do
  # The same libraries, linked or brought by dlopen.
  if [ $program = late_program ]; then late=("$scratch/libfake_user.so"); fi
  for host in known last_all oldest; do
    run $host $program
    expect "$program, $host" "$out" "$ours"
    expect "$program, $host says nothing" "$err" ""
  done
  # 2021.13 and later.
  for host in first_waits newest; do
    run $host $program
    expect "$program, $host" "$out" "$only_waits"
    expect "$program, $host says nothing" "$err" ""
    run $host $program PARKWAY_TBB=all
    expect "$program, $host, all" "$out" "$ours"
  done
  run known $program PARKWAY=on PARKWAY_TBB=waits,workers
  expect "$program, on" "$out" "$ours"
  run known $program PARKWAY_TBB=stacks,yields,workers,waits
  expect "$program, any order" "$out" "$ours"
  run known $program PARKWAY_TBB=waits
  expect "$program, waits" "$out" "$only_waits"
  run known $program PARKWAY_TBB=workers
  expect "$program, workers" "$out" "$only_workers"
  run known $program PARKWAY_TBB=stacks
  expect "$program, stacks" "$out" "$theirs"
  expect "$program, stacks, says nothing" "$err" ""
  run known $program PARKWAY=off
  expect "$program, off" "$out" "$theirs"
  expect "$program, off says nothing" "$err" ""
  run known $program PARKWAY=off PARKWAY_TBB=nonsense
  expect "$program, off comes first" "$err" ""

  run known $program PARKWAY=maybe
  expect "$program, PARKWAY=maybe" "$out" "$theirs"
  expect "$program, PARKWAY=maybe" "$err" "$aside PARKWAY=maybe: allowed values are on, off, require, watch"
  for value in nonsense waits, ,waits waits,,workers "waits workers" all,waits; do
    run known $program PARKWAY_TBB="$value"
    expect "$program, PARKWAY_TBB=$value" "$out" "$theirs"
    expect "$program, PARKWAY_TBB=$value" "$err" "$aside PARKWAY_TBB=$value: $allowed"
  done
  for value in x 1x -1 1.5 " 1" 99999999999999999999; do
    run known $program PARKWAY_STACK_MIB="$value"
    expect "$program, PARKWAY_STACK_MIB=$value" "$out" "$theirs"
    expect "$program, PARKWAY_STACK_MIB=$value" "$err" \
      "$aside PARKWAY_STACK_MIB=$value: allowed are whole numbers of MiB"
  done
  run known $program PARKWAY_STACK_MIB=0
  expect "$program, PARKWAY_STACK_MIB=0" "$out" "$ours"
  expect "$program, PARKWAY_STACK_MIB=0 says nothing" "$err" ""

  run known $program PARKWAY_TBB=waits,yields
  expect "$program, yields alone" "$err" "$aside PARKWAY_TBB=waits,yields: yields needs workers as well"
  expect "$program, yields alone" "$out" "$theirs"

  # Numbers that nobody has seen: what works in a trial is taken over.
  for host in older newer; do
    run $host $program
    expect "$program, $host" "$out" "$only_waits"
    expect "$program, $host says nothing" "$err" ""
    run $host $program PARKWAY_TBB=all
    expect "$program, $host, all" "$out" "$ours"
    expect "$program, $host, all, says nothing" "$err" ""
    run $host $program PARKWAY=off
    expect "$program, $host, off" "$out" "$theirs"
    expect "$program, $host, off" "$err" ""
  done
  run newer $program PARKWAY_STATS=1 PARKWAY_TBB=all
  case $err in
    *"waits,workers,yields,stacks,conditions, libtbb.so.12 (interface 12201, which was tried out)"*) ;;
    *) fail "$program, newer, stats: $err" ;;
  esac
  run silent $program PARKWAY_TBB=waits,workers,stacks
  expect "$program, silent" "$out" "$theirs"
  expect "$program, silent" "$err" "$(
    leaves waits "$unseen" "a trial failed"
    leaves workers "$unseen" "a trial failed"
    leaves stacks "$unseen" "a trial failed"
  )"
  run crashing $program
  expect "$program, crashing" "$out" "$only_waits"
  expect "$program, crashing" "$err" "$(leaves stacks "$unseen" "in a trial it crashed")"
  # A layer that lacks something is left alone, the others are not.
  run small $program
  expect "$program, small" "$out" "$theirs"
  expect "$program, small" "$err" "$(
    leaves waits 12080 \
      "it does not define _ZN3tbb6detail2r115wait_on_addressEPvRNS0_2d113delegate_baseEm"
    leaves workers 12080 \
      "it does not define _ZN3tbb6detail2r18finalizeERNS0_2d121task_scheduler_handleEl"
    leaves stacks 12080 \
      "it does not define _ZN3tbb6detail2r17suspendEPFvPvPNS1_18suspend_point_typeEES2_"
  )"
  run strange $program
  expect "$program, strange" "$out" "$only_workers"
  expect "$program, strange" "$err" \
    "$(leaves waits 12080 "nobody knows its _ZN3tbb6detail2r121notify_by_address_twoEPv")"

  # Stock, watched: nothing is tried out, nothing is ours.
  for host in known newest newer crashing; do
    run $host $program PARKWAY=watch PARKWAY_PROFILE="$scratch/watch.json"
    expect "$program, $host, watch" "$out" "$theirs"
    sees_no_workers="parkway: libparkway_tbb.so does not see workers of libtbb.so.12 (interface ${interface[$host]}): \
it does not call syscall()"
    expect "$program, $host, watch" "$err" "$sees_no_workers"
    has watch.json '"locks":"stock"' '"waits":\[\]'
  done
  run known $program PARKWAY=watch
  expect "$program, watch without a profile" "$out" "$theirs"
  expect "$program, watch without a profile" "$err" \
    "$aside PARKWAY=watch: it needs PARKWAY_PROFILE=FILE, for what it sees"
  run small $program PARKWAY=watch PARKWAY_PROFILE="$scratch/small.json"
  expect "$program, small, watch" "$out" "$theirs"
  has err 'does not see waits of libtbb.so.12 (interface 12080): it does not define _ZN3tbb6detail2r115wait_on'
  [ ! -e "$scratch/small.json" ] || fail "$program: a profile of nothing"

  # A CI that wants to know.
  run known $program PARKWAY=require
  expect "$program, require" "$out" "$ours"
  expect "$program, require says nothing" "$err" ""
done
late=()
requires="libparkway_tbb.so: PARKWAY=require, but no oneTBB of this process was taken over"
ends 86 "$requires" env PARKWAY=require LD_PRELOAD="$preload" true
ends 86 "$requires" env PARKWAY=require LD_PRELOAD="$preload" LD_LIBRARY_PATH="$scratch/other:$scratch" \
  "$here/program_other"
expect "require, other: what was printed is not lost" "$(cat "$scratch/out")" "$theirs"
ends 86 "$requires" env PARKWAY=require PARKWAY_TBB=nonsense LD_PRELOAD="$preload" \
  LD_LIBRARY_PATH="$scratch/known:$scratch" "$here/program"

# This one waits for the end of its trial.
run hanging program
expect "hanging" "$out" "$only_waits"
expect "hanging" "$err" "$(leaves stacks "$unseen" "in a trial it hung")"
# Threads that wait already find their notifies.
late=("$scratch/libfake_user.so")
run known late_conditions
expect "late_conditions" "$out" "$ours"$'\nwoken: 4, 4'
run known late_conditions PARKWAY_TBB=all
expect "late_conditions, all" "$out" "$ours"$'\nwoken: 4, 4'
run known late_conditions PARKWAY_STATS=1
case $err in
  *"PARKWAY=on PARKWAY_TBB=waits,workers,yields,stacks, "*"condition variable"*) fail "late_conditions: $err" ;;
  *"PARKWAY=on PARKWAY_TBB=waits,workers,yields,stacks, "*) ;;
  *) fail "late_conditions: $err" ;;
esac
run known late_conditions PARKWAY_STATS=1 PARKWAY_TBB=all
case $err in
  *" 4  waits on a condition variable"*) ;;
  *) fail "late_conditions, all: $err" ;;
esac

# The first calls are in a thread that a constructor waits for, under the loader's lock.
late=("$scratch/libno_host_user.so")
run known late_program
expect "no host, loader's lock" "$out" used
late=("$scratch/libfake_thread_user.so")
run known late_program
expect "loader's lock" "$out" "$ours"
run known late_program PARKWAY_TBB=all
expect "loader's lock, all" "$out" "$ours"
run known late_program PARKWAY=off
expect "loader's lock, off" "$out" "$theirs"

# What the slots point into stays, although it is given back.
late=("$scratch/libfake_user.so" libtbb.so.12)
stays="the host is still there"
run known closing_program
expect "closing" "$out" "$ours"$'\n'"$stays"$'\n'"$ours"$'\n'"$stays"
expect "closing says nothing" "$err" ""
goes="the host is gone"
run known closing_program PARKWAY=off
expect "closing, off" "$out" "$theirs"$'\n'"$goes"$'\n'"$theirs"$'\n'"$goes"
late=()
run other program_other
expect "other" "$out" "$theirs"
expect "other" "$err" "$aside this process has libtbb.so.2, not libtbb.so.12"

# A process without a host is left alone.
succeeds "no host" env LD_PRELOAD="$preload" true
expect "no host" "$err" ""
succeeds "no host, stats" env LD_PRELOAD="$preload" PARKWAY_STATS=1 true
expect "no host, stats" "$(sed -E 's/ \([0-9]+\)//' "$scratch/err")" \
  "parkway: stats of true: no libtbb in this process, or none that was used"

finish
