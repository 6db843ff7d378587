#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# A program on oneTBB with the preload library itself. $1: the library, $2: tbb_light, $3: launch.py.
set -u
. tests/suites/expect.sh

library=$PWD/$1
program=$PWD/$2
tool=$PWD/$3
unset LD_PRELOAD PARKWAY PARKWAY_TBB PARKWAY_PROFILE

LD_PRELOAD=$library "$program" 1 0 >"$scratch/out" 2>"$scratch/err"
if unknown_host; then exit 0; fi

# Its output is figures, which are never the same.
succeeds "measured" "$tool" --tbb "$library" --check true --anyway --precision 99% --time-limit 1h --quiet \
  --json "$scratch/all.json" -- "$program" 20 1000
has out '^oneTBB  *libtbb' '^Abseil  *not linked$' '^taken  *libtbb.*: layers .*waits' '^time      ' \
  '^Each layer alone against stock'
python3 - "$scratch/all.json" <<'PY' || fail "what is in the JSON file"
import json, sys
all_of_it = json.load(open(sys.argv[1]))
assert [copy["host"] for copy in all_of_it["program"]["copies"]] == ["tbb"]
assert all("failed" not in side for side in all_of_it["layers"]["sides"])
assert all_of_it["ceiling"]["of"] == "stock" and all_of_it["ceiling"]["stock_unseen"] == []
# Which waits of so few are noted is chance; tests/preload/tbb/watch_test.sh has them all.
assert all_of_it["stock_waits"] is not None
PY

finish
