#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# The comparison runs a suite and says what it has to; what fails or hangs ends it, and so do wrong
# arguments, with one line. $1: compare.py, the others its pairs.
set -u
scratch=${TEST_TMPDIR:-$(mktemp -d)}
failures=0

fail() {
  echo "FAIL: $*" >&2
  failures=$((failures + 1))
}

compare=$1
shift

"$compare" "$@" --repetitions=2 --filter='^conformance_mutex$' --markdown="$scratch/out.md" \
  >"$scratch/out" || fail "status $?"
grep -q '^| conformance_mutex | 4 | [1-9].* | .* s | .* s | ' "$scratch/out" || fail "says $(cat "$scratch/out")"
[[ $(grep -c '^| conf' "$scratch/out") = 1 ]] || fail "more than the filter asks for"
cmp "$scratch/out" "$scratch/out.md" || fail "the table in a file"

# ends WANTED ARGUMENT...: no success, one message.
ends() {
  local wanted=$1
  shift
  "$compare" "$@" >"$scratch/out" 2>"$scratch/err" && fail "taken: $*"
  [[ ! -s $scratch/out ]] || fail "$*: printed something"
  grep -q -e "$wanted" "$scratch/err" || fail "$*: says $(cat "$scratch/err")"
}
ends "false failed" "--pair=/bin/true,/bin/false" --repetitions=1
ends "sleep did not end" "--pair=/bin/sleep,/bin/true" --repetitions=1 --timeout=0.1 -- 60
ends "do not run the same" --repetitions=1 "--pair=/bin/true,/bin/echo" -- "test cases: 1"
ends "--filter" "$@" --filter='('
ends "--filter" "$@" --filter=no_such_suite
ends "--repetitions" "$@" --repetitions=0

exit $((failures > 0))
