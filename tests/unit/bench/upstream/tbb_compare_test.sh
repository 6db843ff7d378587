#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# The comparison runs a suite and says what it has to; what fails or hangs ends it, and so do wrong
# arguments, with one line. $1: compare.py, the others its pairs.
set -u
. tests/suites/expect.sh

compare=$1
shift

succeeds "twice" "$compare" "$@" --repetitions=2 --filter='^conformance_mutex$' --markdown="$scratch/out.md"
has out '^| conformance_mutex | 4 | [1-9].* | .* s | .* s | '
[[ $(grep -c '^| conf' "$scratch/out") = 1 ]] || fail "more than the filter asks for"
cmp "$scratch/out" "$scratch/out.md" || fail "the table in a file"

# wrong WANTED ARGUMENT...: no success, one message.
wrong() {
  refuses '[!0]*' "$1" "$compare" "${@:2}"
}
wrong "false failed" "--pair=/bin/true,/bin/false" --repetitions=1
wrong "sleep did not end" "--pair=/bin/sleep,/bin/true" --repetitions=1 --timeout=0.1 -- 60
wrong "do not run the same" --repetitions=1 "--pair=/bin/true,/bin/echo" -- "test cases: 1"
wrong "--filter" "$@" --filter='('
wrong "--filter" "$@" --filter=no_such_suite
wrong "--repetitions" "$@" --repetitions=0

finish
