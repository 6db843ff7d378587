#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# ab's rows of oneTBB's suspended tasks and of slow files; and where there is no program for them, one
# line instead.
set -u
. tests/suites/expect.sh

ab=$1

succeeds "one thread" "$ab" --filter='SuspendedTasks/(self|1000)/' --threads=1 --repetitions=2 \
  --json "$scratch/out.json" --markdown "$scratch/out.md"
has out.json '"name": "SuspendedTasks/'{self,1000}/{stock,parkway}'/threads:1"'
[[ $(grep -c -E '^\| (self|1000) \| 1 \| ' "$scratch/out.md") == 2 ]] || fail "not 2 rows: $(cat "$scratch/out.md")"
[[ $(grep -c -E '^(self|1000) +1 ' "$scratch/out") == 2 ]] || fail "not 2 rows: $(cat "$scratch/out")"

# Once only: a run that hangs (oneTBB 2021.8's do now and then) takes a minute before it is made again.
succeeds "two threads" "$ab" --filter=SuspendedTasks --threads=2 --repetitions=1 --json "$scratch/out.json"
has out.json '"name": "SuspendedTasks/'{self,handed_over}/{stock,parkway}'/threads:2"'
# The others are of one thread.
[[ $(grep -c 'SuspendedTasks/.*threads:' "$scratch/out.json") == 8 ]] || fail "not 4 cells: $(cat "$scratch/out.json")"

succeeds "many" "$ab" --filter='SuspendedTasks/100000/parkway' --repetitions=1 --threads=1
grep -q -E '^100000 +1 +- +[0-9]' "$scratch/out" || fail "no row of 100000: $(cat "$scratch/out")"

# With a library that is not in use, or not there, the rest goes on.
PARKWAY=off succeeds "off" "$ab" --filter='SuspendedTasks|MutexUncontended/FutexMutex' --repetitions=1 \
  --threads=1 --markdown "$scratch/out.md"
for file in out out.md; do
  [[ $(grep -c '^ *Not measured: libparkway_tbb.so is not in use: ' "$scratch/$file") == 1 ]] ||
    fail "does not say why: $(cat "$scratch/$file")"
  has $file FutexMutex
done

# Slow files: rows, or why there are none.
succeeds "slow files" "$ab" --filter='BlockingCallSlowFile' --repetitions=1 --threads=2 --json "$scratch/out.json"
if grep -q '^ *Not measured: ' "$scratch/out"; then
  grep '^ *Not measured: ' "$scratch/out"
else
  [[ $(grep -c '"name": "BlockingCallSlowFile/' "$scratch/out.json") == 3 ]] ||
    fail "not 3 rows: $(cat "$scratch/out.json")"
fi

mkdir -p "$scratch/alone"
cp -L "$ab" "$scratch/alone/ab"
(
  cd "$scratch/alone" || exit
  unset RUNFILES_DIR TEST_SRCDIR
  ./ab --filter='SuspendedTasks/self|BlockingCallSlowFile' --repetitions=1 >"$scratch/out" 2>"$scratch/err"
) || fail "alone: status $?, $(cat "$scratch/err")"
has out "^ *Not measured: there is no program "{'on a shared oneTBB','that serves slow files'}

finish
