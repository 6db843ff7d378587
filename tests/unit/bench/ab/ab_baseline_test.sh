#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# ab ends with what the run means, and compares with the JSON of an earlier one. $1: ab
set -u
. tests/suites/expect.sh

ab=$1
measure=("$ab" --filter=^MutexUncontended --repetitions=2)

succeeds "a first run" "${measure[@]}" --threads=1,2 --json "$scratch/old.json" --markdown "$scratch/old.md"
grep -q '^14 cells in 1 groups, about ' "$scratch/err" || fail "does not say what comes: $err"
# The short version is the last thing that is printed, and the first section of the page.
sed -n '/^In short$/,$p' "$scratch/out" >"$scratch/short"
has short '^  Lost: ' '^  Gains: ' '^  Doubt: with 2 runs of each cell'
grep -q -v '^In short$\|^  ' "$scratch/short" && fail "there is more: $(cat "$scratch/short")"
expect "the first section" "$(grep -m 1 '^#' "$scratch/old.md")" "## In short"
has old.md '^- Lost: ' '^### MutexUncontended$'

# One cell is called otherwise in the baseline: there it is missing, here it is new.
sed 's|MutexUncontended/absl::Mutex/threads:2|MutexUncontended/old::Mutex/threads:2|' "$scratch/old.json" \
  >"$scratch/renamed.json"
has old.json '"other load": "'
succeeds "against it" "${measure[@]}" --threads=1,2 --baseline "$scratch/renamed.json" --markdown "$scratch/new.md"
has out '^Against the baseline$' 'New, not in the baseline: MutexUncontended/absl::Mutex with 2 threads\.$' \
  'Missing, in the baseline only: MutexUncontended/old::Mutex with 2 threads\.$' \
  '^  Against the baseline of 20[-0-9]*: of 4 cells .*; 1 new, 1 missing\.$'
has new.md '^### Against the baseline$' '^- Against the baseline of '

# What is not to be measured isn't missing.
succeeds "one thread" "${measure[@]}" --threads=1 --baseline "$scratch/old.json"
has out '; 0 new, 0 missing\.$'

# Nothing of this takes the time of a measurement.
refuses 2 "cannot read $scratch/none.json" "${measure[@]}" --baseline "$scratch/none.json"
refuses 2 "cannot read $scratch" "${measure[@]}" --baseline "$scratch"
refuses 2 "old.md is not JSON" "${measure[@]}" --baseline "$scratch/old.md"
echo '{"benchmarks": [{"name": "BM_Mutex/8", "run_type": "iteration"}]}' >"$scratch/other.json"
refuses 2 "JSON without a cell of ab" "${measure[@]}" --baseline "$scratch/other.json"
refuses 2 "has none of the [0-9]* cells" "$ab" --filter=NoteWake --baseline "$scratch/old.json"
refuses 2 "needs a value" "$ab" --baseline

finish
