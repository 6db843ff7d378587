#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# The comparison runs a cell of either benchmark and says what it has to; wrong arguments end it
# with one line.
set -u
. tests/suites/expect.sh

compare=$1
shift

succeeds "twice" "$compare" "$@" --repetitions=2 --min-time=0.01 --json="$scratch/out.json" \
  --filter='^BM_Mutex/real_time/threads:1$|^BM_BlockingCounter_Wait/threads:2$'
has out '^| BM_Mutex/real_time/threads:1 |' '^| BM_Mutex | 1 | .* | worst <= 0.85 |' \
  '^| BM_BlockingCounter_Wait | 1 |'
python3 - "$scratch/out.json" <<'PY' || fail "the JSON"
import json, sys
cells = json.load(open(sys.argv[1]))
assert len(cells) == 2, cells
for cell in cells:
    assert len(cell["stock"]) == len(cell["parkway"]) == 2, cell
    assert all(real > 0 for side in ("stock", "parkway") for real, cpu in cell[side]), cell
PY

# A benchmark that never ends.
cat >"$scratch/never" <<'SH'
#!/bin/sh
[ "$1" = --benchmark_list_tests ] && exec echo BM_Never
exec sleep 1000
SH
chmod +x "$scratch/never"
"$compare" --pair="$scratch/never,$scratch/never" --timeout=0.1 --filter=BM_Never >"$scratch/out" &&
  fail "a run that does not end is no failure"
has out 'stock.*did not end'

for wrong in '--filter=(' '--filter=NoSuchBenchmark' --repetitions=0; do
  refuses '[!0]*' "${wrong%%=*}" "$compare" "$@" "$wrong"
done

finish
