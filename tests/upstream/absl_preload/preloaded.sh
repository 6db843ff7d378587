#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Runs a test program of upstream's ($2) under a preload library ($1; "none" for Abseil as it is
# installed). Variables such as PARKWAY_ABSL come from the test's env.
set -euo pipefail

preload=$1 program=$PWD/$2
shift 2
if [ "$preload" = none ]; then exec "$program" "$@"; fi
preload=$PWD/$preload

# A library that stepped aside would pass everything. Its statistics tell; they are asked for in a
# run that only lists the tests, because counting costs time.
said=$(env -u XML_OUTPUT_FILE -u TEST_TOTAL_SHARDS LD_PRELOAD="$preload" PARKWAY_STATS=1 \
  "$program" --gtest_list_tests 2>&1 >/dev/null)
case $said in
  *" PARKWAY=on PARKWAY_ABSL=${PARKWAY_ABSL:-locks}, libabsl_synchronization"*) ;;
  *)
    echo "FAILED: $preload is not in use: $said" >&2
    exit 1
    ;;
esac
exec env LD_PRELOAD="$preload" "$program" "$@"
