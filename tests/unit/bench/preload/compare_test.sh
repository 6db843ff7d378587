#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# The comparison runs a program in turns and says what it has to; what can't be compared ends it
# with one message. $1: compare.py, $2: the library, $3: a program on the installed Abseil.
set -u
scratch=${TEST_TMPDIR:-$(mktemp -d)}
failures=0

fail() {
  echo "FAIL: $*" >&2
  failures=$((failures + 1))
}

compare=$1
library=$2
program=$PWD/$3

"$compare" "$library" --repetitions=2 --markdown="$scratch/out.md" -- "$program" >"$scratch/out" ||
  fail "status $?"
for want in '^| time | .* s | .* s | .* |$' '^| CPU | ' '^| voluntary switches | ' \
  'stats of .*: PARKWAY=on' ' Mutex::Lock()$'; do
  grep -q "$want" "$scratch/out" || fail "no $want in: $(cat "$scratch/out")"
done
cmp "$scratch/out" "$scratch/out.md" || fail "the table in a file"

"$compare" "$library" --repetitions=1 --output="$scratch/file" -- \
  sh -c "$program >$scratch/file" >"$scratch/out" || fail "--output: status $?"

# wrong WANTED ARGUMENT...
wrong() {
  local wanted=$1
  shift
  "$compare" "$library" "$@" >"$scratch/out" 2>"$scratch/err" && fail "taken: $*"
  [[ ! -s $scratch/out ]] || fail "$*: printed something"
  grep -q -e "$wanted" "$scratch/err" || fail "$*: says $(cat "$scratch/err")"
}
wrong "no-such-program" -- no-such-program
wrong "true runs with its own locks" -- true
wrong "ended with status 3" -- sh -c 'exit 3'
wrong "ended with signal 9" -- sh -c 'kill -9 $$'
wrong "the outputs differ" -- sh -c "$program; echo \$\$"
wrong "output $scratch/none" --output="$scratch/none" -- "$program"
wrong "--repetitions" --repetitions=0 -- "$program"
PARKWAY=off wrong "ended with status 3" -- sh -c 'exit 3'

exit $((failures > 0))
