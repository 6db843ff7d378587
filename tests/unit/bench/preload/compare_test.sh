#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# The comparison runs a program in turns and says what it has to; what can't be compared ends it
# with one message. $1: compare.py, $2: the library, $3: a program on the installed Abseil.
set -u
. tests/suites/expect.sh

compare=$1
library=$2
program=$PWD/$3

succeeds "twice" "$compare" "$library" --repetitions=2 --markdown="$scratch/out.md" -- "$program"
has out '^| time | .* s | .* s | .* |$' '^| CPU | ' '^| voluntary switches | ' 'stats of .*: PARKWAY=on' \
  ' Mutex::Lock()$'
cmp "$scratch/out" "$scratch/out.md" || fail "the table in a file"

succeeds "--output" "$compare" "$library" --repetitions=1 --output="$scratch/file" -- \
  sh -c "$program >$scratch/file"

# wrong WANTED ARGUMENT...
wrong() {
  refuses '[!0]*' "$1" "$compare" "$library" "${@:2}"
}
wrong "no-such-program" -- no-such-program
wrong "true runs with its own locks" -- true
wrong "ended with status 3" -- sh -c 'exit 3'
wrong "ended with signal 9" -- sh -c 'kill -9 $$'
wrong "the outputs differ" -- sh -c "$program; echo \$\$"
wrong "output $scratch/none" --output="$scratch/none" -- "$program"
wrong "--repetitions" --repetitions=0 -- "$program"
PARKWAY=off wrong "ended with status 3" -- sh -c 'exit 3'

finish
