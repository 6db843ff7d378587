#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# What comes past the preload library ($1), or at an odd moment, to a wait of a program ($2) on a condition
# variable; $3 signals past the library.
set -euo pipefail
. tests/suites/expect.sh

preload=$PWD/$1
program=$PWD/$2
library=$PWD/$3

past="deepbind: 0 signals, 0 broadcasts lost
handle: 0 signals, 0 broadcasts lost
next: 0 signals, 0 broadcasts lost
dlmopen: 0 signals, 0 broadcasts lost"
here="$past
unlock fails: 20 refused, 0 lost
cancelled: 0 lost
cancelled in vain: 20"

# said WHAT: how often, by the statistics.
said() { awk -v what="$1" '{ n = $2; sub(/^parkway: +[0-9]+ +/, "") } $0 == what { print n }' "$scratch/err"; }

prints "stock" "$past" timeout 280 "$program" "$library" libc
prints "default" "$past" timeout 280 env LD_PRELOAD="$preload" "$program" "$library" libc
if unknown_host; then finish; fi
for layers in all conditions; do
  prints "$layers" "$here" timeout 280 env LD_PRELOAD="$preload" PARKWAY_TBB=$layers PARKWAY_STATS=1 \
    "$program" "$library" here
  # Each round ends with such a wait; in the rounds with the program's own signal this has chosen the waiter.
  [ "$(said "that yielded first")" -ge 220 ] || fail "$layers: $(cat "$scratch/err")"
  [ "$(said "and were notified meanwhile")" -ge 40 ] || fail "$layers: $(cat "$scratch/err")"
done
finish
