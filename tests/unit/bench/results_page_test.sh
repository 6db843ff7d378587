#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# A results page begins with what parkway lost, the largest loss first, and has all of the tables.
# $1: results_page.py
set -u
. tests/suites/expect.sh

page=$1
cat >"$scratch/ab.md" <<'TABLES'
- cpu: one of the test's
- command: ./bazelw run //bench:ab

### Programs: stock (s) against parkway (p)

Outputs are identical.

| program | threads | time ratio | parkway |
|---|---:|---:|---|
| hasher | 1 | 1.12 | LOSES in every run |
| hasher | 2 | 1.05 | LOSES, within the spread |
| index | 1 | 0.95 | faster in every run |

### MutexUncontended

| threads | lock | ns/op | parkway |
|---:|---|---:|---|
| 1 | FutexMutex | 7.35 | LOSES to tbb::spin_mutex (1.01, within the spread) |
| 1 | SemaMutex | 12.9 | LOSES to tbb::spin_mutex (1.75) |
| 1 | std::mutex | 14.8 |  |
TABLES

succeeds "a page" "$page" --title "Locks" "$scratch/ab.md"
sed -n '/^| benchmark/,/^$/p' "$scratch/out" >"$scratch/lost"
diff "$scratch/lost" - <<'LOST' || fail "what was lost"
| benchmark | whose | threads | against | ratio |
|---|---|---|---|---|
| MutexUncontended | SemaMutex | 1 | tbb::spin_mutex | 1.75 |
| hasher | program | 1, 2 | stock | 1.12, ~1.05 |
| MutexUncontended | FutexMutex | 1 | tbb::spin_mutex | ~1.01 |

LOST
expect "the headings" "$(grep '^#' "$scratch/out")" "# Locks
## Lost
## Programs: stock (s) against parkway (p)
## MutexUncontended"
has out "^- cpu: one of the test's$" '^| 1 | std::mutex | 14.8 |  |$'

echo "nothing" >"$scratch/empty.md"
refuses '[!0]*' "no table in it" "$page" "$scratch/empty.md"
refuses '[!0]*' "none.md: No such file" "$page" "$scratch/none.md"

finish
