#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The benchmark of the types: its table, its files, and its refusals.
set -euo pipefail

readonly program=$1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

fail() {
  echo "FAILED: $*" >&2
  exit 1
}

# refuses EXPECTED ARG...: exit 2 and a line with EXPECTED.
refuses() {
  local expected=$1 status=0
  shift
  "$program" "$@" >"$work/out" 2>"$work/err" || status=$?
  [ $status = 2 ] || fail "$* ended with $status"
  grep -qF -- "$expected" "$work/err" || fail "$*: $(cat "$work/err")"
}

refuses "--filter matches none of" --filter=NoSuchThing
refuses "--filter:" "--filter=("
refuses "--repetitions must be above 0" --repetitions=0
refuses "unknown argument what" what
refuses "--markdown: cannot write $work/no/such" --markdown="$work/no/such"

"$program" --repetitions=1 --markdown="$work/table.md" --json="$work/samples.json" >"$work/out" 2>"$work/err" ||
  fail "$(cat "$work/err")"
# Every type, and a verdict for each goal.
for type in mutex spin_mutex queuing_mutex rw_mutex spin_rw_mutex queuing_rw_mutex; do
  grep -q "^| Uncontended | $type | 1 |.*\(reached\|MISSED\) (<= 1.00)" "$work/table.md" ||
    fail "no row for $type: $(cat "$work/table.md")"
done
grep -q "^| LongSections | queuing_mutex | 8 |.*switches \(reached\|MISSED\) (<= 0.10)" "$work/table.md" ||
  fail "no switches: $(cat "$work/table.md")"
grep -q '"Readers90/parkway::tbb::rw_mutex/threads:4"' "$work/samples.json" || fail "no samples"
