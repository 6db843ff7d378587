#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# A program ($2) that the system refuses threads at first, under the preload library ($1).
set -euo pipefail
. tests/suites/expect.sh

prints "refused" $'refused: yes, workers: no\nlater: a worker came' \
  env PARKWAY_TBB=all LD_PRELOAD="$PWD/$1" timeout 50 "$PWD/$2"
if unknown_host; then exit 0; fi
expect "refused" "$(sort -u "$scratch/err")" \
  "parkway: libparkway_tbb.so: no worker thread: Resource temporarily unavailable"
finish
