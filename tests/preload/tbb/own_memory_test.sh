#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# A program ($2) that calls for itself what the preload library ($1) takes over of libc, in every mode.
set -euo pipefail
. tests/suites/expect.sh

preload=$PWD/$1
program=$PWD/$2

part="mapped: ---p ---p ---p ---p ---p ---p
protected: ---p rw-p rw-p rw-p rw-p ---p
a page less: ---p rw-p none rw-p rw-p ---p
unmapped: none none none none none none
refused: 1 1 -1 1 -1 1
main: sum 55, blocked 0
other: blocked 1
getcontext: 3 times"

# run WHAT WHOSE [VARIABLE=VALUE...]: WHOSE the signal mask is, the task's or the thread's.
run() {
  prints "$1" "$part"$'\n'"$part"$'\nblocks: yes\nsignal mask of the '"$2" env "${@:3}" timeout 60 "$program"
}

run "without preload" task A=1
run "off" task LD_PRELOAD="$preload" PARKWAY=off
if unknown_host; then finish; fi
run "on" thread LD_PRELOAD="$preload"
if unknown_host; then exit 0; fi
run "bound at once" thread LD_PRELOAD="$preload" LD_BIND_NOW=1
run "stacks" thread LD_PRELOAD="$preload" PARKWAY_TBB=stacks
run "waits" task LD_PRELOAD="$preload" PARKWAY_TBB=waits
run "all" thread LD_PRELOAD="$preload" PARKWAY_TBB=all

finish
