#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# A program ($2) that the system refuses threads at first, under the preload library ($1).
set -euo pipefail

status=0
out=$(PARKWAY_TBB=all LD_PRELOAD=$PWD/$1 timeout 50 "$PWD/$2" 2>"$TEST_TMPDIR/err") || status=$?
if grep "steps aside: .* has interface version " "$TEST_TMPDIR/err"; then
  exit 0 # an installed oneTBB that is newer than what this library knows
fi
[ $status = 0 ] || { echo "FAILED: $status"; exit 1; }
wanted="refused: yes, workers: no
later: a worker came"
[ "$out" = "$wanted" ] || { echo "FAILED: $out"; exit 1; }
said=$(sort -u "$TEST_TMPDIR/err")
[ "$said" = "parkway: libparkway_tbb.so: no worker thread: Resource temporarily unavailable" ] || {
  echo "FAILED: says $said"
  exit 1
}
