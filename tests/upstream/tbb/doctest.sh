#!/usr/bin/env bash
# Runs a program of doctest's as Bazel wants it: the shard that it asks for, and every test case in
# test.xml. Argument: the program.
set -euo pipefail

readonly program=$1
arguments=()
if [ -n "${TEST_SHARD_STATUS_FILE:-}" ]; then
  touch "$TEST_SHARD_STATUS_FILE"
  cases=$("$program" --count --no-version | sed -n 's/.*: *\([0-9][0-9]*\)$/\1/p')
  # Runs of neighbours; doctest counts from 1.
  first=$((cases * TEST_SHARD_INDEX / TEST_TOTAL_SHARDS + 1))
  last=$((cases * (TEST_SHARD_INDEX + 1) / TEST_TOTAL_SHARDS))
  [ "$last" -ge "$first" ] || {
    echo "doctest.sh: $cases test cases are too few for $TEST_TOTAL_SHARDS shards" >&2
    exit 2
  }
  arguments+=("--first=$first" "--last=$last")
fi
if [ -n "${XML_OUTPUT_FILE:-}" ]; then
  arguments+=(--reporters=junit "--out=$XML_OUTPUT_FILE")
fi
status=0
"$program" ${arguments[@]+"${arguments[@]}"} || status=$?
# What failed is nowhere else.
[ $status = 0 ] || [ -z "${XML_OUTPUT_FILE:-}" ] || cat "$XML_OUTPUT_FILE"
exit $status
