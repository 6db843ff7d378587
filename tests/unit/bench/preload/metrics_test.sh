#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# metrics.py runs programs in turns and prints their figures; what can't be compared ends it with one
# message. $1: metrics.py, $2: --library=FILE, $3: tbb_conditions, $4: tbb_light, $5: tbb_pingpong,
# $6: tbb_resumable, $7: tbb_suspended.
set -u
. tests/suites/expect.sh

metrics=$1
library=$2
conditions=$PWD/$3
light=$PWD/$4
pingpong=$PWD/$5
resumable=$PWD/$6
suspended=$PWD/$7

LD_PRELOAD=$PWD/${library#--library=} "$light" 1 0 >"$scratch/out" 2>"$scratch/err"
if unknown_host; then exit 0; fi

PARKWAY_TBB=all succeeds "all" "$metrics" "$library" --repetitions=2 --markdown="$scratch/out.md" -- "$light" 20 1000 -- \
  "$pingpong" 1000 -- "$conditions" 1 2 -- "$resumable" 1 1 -- "$suspended" 100 -- \
  sh -c "'$suspended' 10; echo wild: crashed"
has out '`tbb_light[a-z_]* 20 1000`, PARKWAY=on PARKWAY_TBB=waits,workers,yields,stacks,conditions, libtbb.so.12 ' \
  '^| CPU per loop | [0-9.]* us | [0-9.]* us | ' '^| parallel_for, p50 | ' '^| parallel_for, p99 | ' \
  '`tbb_pingpong[a-z_]* 1000`' '^| round trip | ' '^| CPU per round trip | ' \
  '^| item through a queue, CPU | [0-9.]* us | ' '^| a rare item, p99 | ' \
  '^| suspend and resume itself | [0-9.]* ns | [0-9.]* ns | [0-9.]* | ' \
  '^| 1000 suspended at once, per task | [0-9.]* us | ' '^| resident | [0-9.]* MiB | ' '^| page tables | ' \
  '^| wild | crashed | crashed |  |  |$'
diff -q <(grep . "$scratch/out") <(grep . "$scratch/out.md") || fail "the tables in a file"

# wrong WANTED ARGUMENT...
wrong() {
  ends '[!0]*' "$1" "$metrics" "$library" "${@:2}"
}
wrong "no program"
wrong "no program" --
wrong "no-such-program" -- no-such-program
wrong "true prints no figures" -- true
wrong "sh was not taken over" -- sh -c 'echo figure: 1 us'
wrong "ended with status 3" -- sh -c 'exit 3'
wrong "usage: tbb_light" -- "$light" 0 0
wrong "usage: tbb_light" -- "$light" 10
wrong "usage: tbb_conditions" -- "$conditions" 1
wrong "usage: tbb_conditions" -- "$conditions" 1 0
wrong "usage: tbb_pingpong" -- "$pingpong"
wrong "usage: tbb_resumable" -- "$resumable" 0 1
wrong "usage: tbb_suspended" -- "$suspended" none
wrong "--repetitions" --repetitions=0 -- "$light" 20 1000
PARKWAY=off wrong "was not taken over" -- "$light" 20 1000

finish
