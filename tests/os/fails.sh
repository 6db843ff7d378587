#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Runs a program of tests that has to fail: by an expectation, or by ending itself.
set -uo pipefail

log=$TEST_TMPDIR/log
# The program's failures are what is wanted here: no report of them for Bazel, which .ci/run counts.
unset XML_OUTPUT_FILE
PARKWAY_TEST_LIMIT=5 "$@" >"$log" 2>&1
status=$?
cat "$log"
case $status in
  1) grep -q '\[  FAILED  \]' "$log" ;;
  134) grep -q '^parkway: \|^watchdog: ' "$log" ;;
  *) false ;;
esac || {
  echo "fails.sh: exit status $status, and the program had to find something" >&2
  exit 1
}
