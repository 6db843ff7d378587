#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The benchmark of the types: its table, its files, and its refusals.
set -euo pipefail

. tests/suites/expect.sh

readonly program=$1

# wrong EXPECTED ARG...: exit 2 and a line with EXPECTED.
wrong() {
  ends 2 "$1" "$program" "${@:2}"
}

wrong "--filter matches none of" --filter=NoSuchThing
wrong "--filter:" "--filter=("
wrong "--repetitions must be above 0" --repetitions=0
wrong "unknown argument what" what
wrong "--markdown: cannot write $scratch/no/such" --markdown="$scratch/no/such"

succeeds "once" "$program" --repetitions=1 --markdown="$scratch/table.md" --json="$scratch/samples.json"
# Every type, and a verdict for each goal.
for type in mutex spin_mutex queuing_mutex rw_mutex spin_rw_mutex queuing_rw_mutex; do
  has table.md "^| Uncontended | $type | 1 |.*\(reached\|MISSED\) (<= 1.00)"
done
has table.md "^| LongSections | queuing_mutex | 8 |.*switches \(reached\|MISSED\) (<= 0.10)"
has samples.json '"Readers90/parkway::tbb::rw_mutex/threads:4"'
finish
