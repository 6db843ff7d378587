#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# ab with wrong arguments: status 2 and one line that says why; with good ones, a result.
set -u
. tests/suites/expect.sh

ab=$1

# expect_wrong WORD ARGS...: ab must end with 2, print no table and say WORD.
expect_wrong() {
  refuses 2 "$1" "$ab" "${@:2}"
}

mkdir -p "$scratch/empty" "$scratch/binary" "$scratch/text"
printf '\0\1\2' >"$scratch/binary/file"
printf 'some words, some more words\nand 12 numbers\n' >"$scratch/text/file.txt"

expect_wrong "not an option" --colour=red
expect_wrong "not an option" positional
expect_wrong "list of numbers" --threads=0
expect_wrong "list of numbers" --threads=1,x
expect_wrong "number from 1" --repetitions=0
expect_wrong "needs a value" --repetitions
expect_wrong "regular expression" "--filter=("
expect_wrong "matches none" --filter=NoSuchBenchmark
expect_wrong "does not exist" --input "$scratch/missing"
expect_wrong "not a directory" --input "$scratch/text/file.txt"
expect_wrong "no readable text" --input "$scratch/empty"
expect_wrong "no readable text" --input "$scratch/binary"
expect_wrong "cannot write" --filter=MutexUncontended --json "$scratch/missing/out.json"
expect_wrong "cannot write" --filter=MutexUncontended --markdown "$scratch/missing/out.md"

succeeds "--help" "$ab" --help
has out --filter

# Without stock log_pipeline, which ab_programs_test runs: see BUILD.bazel.
succeeds "a good run" "$ab" --filter='MutexUncontended|StackGrowth|inverted_index|log_pipeline/parkway' --threads=2 --repetitions=2 --input "$scratch/text" \
  --json "$scratch/out.json" --markdown "$scratch/out.md"
for name in MutexUncontended/FutexMutex/threads:2 MutexUncontended/std::mutex/threads:2 \
  StackGrowth/{freelist,central_list,malloc,tbb::scalable_malloc,mmap}/threads:2 \
  program/inverted_index/stock/threads:2 program/log_pipeline/parkway/threads:2; do
  has out.json "\"name\": \"$name\""
done
for counter in core_probe_ns cpu_per_op_ns longest_wait_us fairness voluntary_switches; do
  has out.json "\"$counter\": "
done
has out '^shared cores .* windows' inverted_index
has out.md '^| 2 | FutexMutex'

finish
