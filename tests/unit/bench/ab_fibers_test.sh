#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# ab's rows of Boost.Fiber.
set -u

ab=$1
scratch=${TEST_TMPDIR:-$(mktemp -d)}
failures=0

fail() {
  echo "FAIL: $*" >&2
  failures=$((failures + 1))
}

"$ab" --filter='FiberSkynet/10+/' --threads=1,2 --repetitions=2 --json "$scratch/out.json" >"$scratch/out" 2>"$scratch/err" ||
  fail "status $?, $(cat "$scratch/err")"
for leaves in 10 100 1000 10000; do
  for stacks in freelist 'freelist, all kept' pooled_fixedsize_stack protected_fixedsize_stack fixedsize_stack; do
    grep -q "\"name\": \"FiberSkynet/$leaves/$stacks/threads:2\"" "$scratch/out.json" ||
      fail "no FiberSkynet/$leaves/$stacks in the JSON"
  done
done
[[ $(grep -c 'freelist / this' "$scratch/out") == 4 ]] || fail "not 4 tables: $(cat "$scratch/out")"

[[ $failures == 0 ]] && echo PASS
exit $((failures != 0))
