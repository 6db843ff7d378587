#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# ab --groups lists every group with its cells, its time and what it measures, and measures nothing.
# $1: ab
set -u
. tests/suites/expect.sh

ab=$1

succeeds "--groups" "$ab" --groups
has out 'About [0-9]* min in all, with 5 runs of each cell'
for group in program/log_pipeline MutexContention NoteWakeSleeper StackGrowth SuspendedTasks/self WakeToRun \
  BlockingCallColdFile; do
  has out "^$group  *[0-9]*  *[0-9]* \(s\|min\)  [a-z0-9]"
done
# Each row says what its group measures.
sed '1,/^group /d' "$scratch/out" | grep -v '^[^ ]*  *[0-9]*  *[0-9]* [a-z]*  [^ ].*' >"$scratch/bare" &&
  fail "groups without a word: $(cat "$scratch/bare")"
[ ! -s "$scratch/err" ] || fail "says more: $(cat "$scratch/err")"

# The other options choose among the cells.
succeeds "fewer" "$ab" --groups --filter='^MutexHandoff/' --threads=2 --repetitions=1
expect "one group" "$(sed '1,/^group /d' "$scratch/out" | cut -d' ' -f1)" MutexHandoff
has out 'with 1 run of each cell' '^MutexHandoff  *7 '

refuses 2 "matches none" "$ab" --groups --filter=NoSuchGroup
refuses 2 "takes no value" "$ab" --groups=all

finish
