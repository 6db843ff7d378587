#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# ab's rows of Boost.Fiber.
set -u
. tests/suites/expect.sh

ab=$1

succeeds "ab" "$ab" --filter='FiberSkynet/10+/' --threads=1,2 --repetitions=2 --json "$scratch/out.json"
for leaves in 10 100 1000 10000; do
  for stacks in freelist 'freelist, all kept' pooled_fixedsize_stack protected_fixedsize_stack fixedsize_stack; do
    has out.json "\"name\": \"FiberSkynet/$leaves/$stacks/threads:2\""
  done
done
[[ $(grep -c 'freelist / this' "$scratch/out") == 4 ]] || fail "not 4 tables: $(cat "$scratch/out")"

finish
