#!/usr/bin/env bash
# A program ($2) that the system refuses threads at first, under the preload library ($1).
set -euo pipefail

out=$(PARKWAY_TBB=all LD_PRELOAD=$PWD/$1 timeout 50 "$PWD/$2" 2>"$TEST_TMPDIR/err") || { echo "FAILED: $?"; exit 1; }
wanted="refused: yes, workers: no
later: a worker came"
[ "$out" = "$wanted" ] || { echo "FAILED: $out"; exit 1; }
said=$(sort -u "$TEST_TMPDIR/err")
[ "$said" = "parkway: libparkway_tbb.so: no worker thread: Resource temporarily unavailable" ] || {
  echo "FAILED: says $said"
  exit 1
}
