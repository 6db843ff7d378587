#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# The programs print the same with either kind of locks and any number of threads; and when a
# program does not, ab says so and ends with status 1.
set -u
. tests/suites/expect.sh

ab=$1

succeeds "ab" "$ab" --filter=program/ --threads=1,2,3,16 --repetitions=1
[[ $(grep -c -E '^(directory_hasher|directory_hasher_slow|inverted_index|log_pipeline) ' "$scratch/out") == 16 ]] ||
  fail "not 16 rows: $(cat "$scratch/out")"

# fake NAME LOCKS COMMAND: a program that leaves a report and then runs COMMAND.
fake() {
  {
    echo '#!/bin/bash'
    echo "echo '{\"locks\":\"$2\",\"wall_seconds\":0.5,\"cpu_seconds\":0.5,\"voluntary_switches\":1,\"longest_wait_microseconds\":1}' >\"\$2\""
    echo "$3"
  } >"$scratch/fake/$1_$2"
  chmod +x "$scratch/fake/$1_$2"
}

# expect_failure WORD: ab with the fake programs must end with 1 and say WORD.
expect_failure() {
  ends 1 "$1" "$ab" --filter=program/log_pipeline --threads=2 --repetitions=1 --programs "$scratch/fake"
}

mkdir -p "$scratch/fake"
fake log_pipeline stock 'echo 1'
fake log_pipeline parkway 'echo 2'
expect_failure "OUTPUTS DIFFER"
fake log_pipeline parkway 'echo 1; exit 3'
expect_failure "ended with status 3"
fake log_pipeline parkway 'kill -SEGV $$'
expect_failure "ended by signal 11"
fake log_pipeline parkway ':'
expect_failure "printed nothing"
rm "$scratch/fake/log_pipeline_parkway"
expect_failure "ended with status 127"

finish
