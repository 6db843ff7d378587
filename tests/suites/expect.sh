# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# What scripts of tests have in common. To source, in the folder where Bazel starts a test:
#   . tests/suites/expect.sh
# $scratch is a folder of the test's own; out and err in it are of the last command that was run.
scratch=$(mktemp -d "${TEST_TMPDIR:-/tmp}/expect.XXXXXX") || exit
failures=0

# fail WORDS...: the test goes on; finish makes it fail.
fail() {
  echo "FAILED: $*" >&2
  failures=$((failures + 1))
}

# finish: the end of every test.
finish() {
  [ "$failures" = 0 ] || exit 1
  echo "all as expected"
  exit 0
}

# expect WHAT ACTUAL WANTED
expect() {
  [ "$2" = "$3" ] || fail "$1:"$'\n'"$2"$'\n'"-- instead of"$'\n'"$3"
}

# succeeds WHAT COMMAND...: must end with 0. Standard error in $err as well.
succeeds() {
  "${@:2}" >"$scratch/out" 2>"$scratch/err" || fail "$1: exit status $?, $(cat "$scratch/err")"
  # shellcheck disable=SC2034  # for who sources this
  err=$(cat "$scratch/err")
}

# prints WHAT WANTED COMMAND...: must end with 0 and print WANTED.
prints() {
  succeeds "$1" "${@:3}"
  diff <(echo "$2") "$scratch/out" || fail "$1: other output than wanted (<)"
}

# ends STATUS WANTED COMMAND...: with STATUS, a pattern, and a message in which is WANTED, a regular
# expression.
ends() {
  local status=0
  "${@:3}" >"$scratch/out" 2>"$scratch/err" || status=$?
  # shellcheck disable=SC2053  # a pattern
  [[ $status == $1 ]] || fail "${*:3}: status $status, not $1"
  grep -q -e "$2" "$scratch/err" || fail "${*:3}: says $(cat "$scratch/err")"
}

# refuses STATUS WANTED COMMAND...: the same, and prints nothing else.
refuses() {
  ends "$@"
  [ ! -s "$scratch/out" ] || fail "${*:3}: printed something"
}

# has FILE PATTERN...: all of these are in $scratch/FILE.
has() {
  local pattern
  for pattern in "${@:2}"; do
    grep -q -e "$pattern" "$scratch/$1" || fail "no $pattern in $1: $(cat "$scratch/$1")"
  done
}

# unknown_host: whether a preload library stood aside from an installed oneTBB that is newer than what
# it knows.
unknown_host() {
  grep "steps aside: .* has interface version " "$scratch/err"
}
