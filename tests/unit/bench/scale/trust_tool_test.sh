#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# trust with wrong arguments: status 2 and one line that says why; with good ones, the same page each time.
# $1: trust
set -u
. tests/suites/expect.sh

trust=$1

# expect_wrong WORD ARGS...: must end with 2, print no table and say WORD.
expect_wrong() {
  refuses 2 "$1" "$trust" "${@:2}"
}

expect_wrong "not an option" --colour=red
expect_wrong "needs a value" --filter
expect_wrong "regular expression" "--filter=("
expect_wrong "names no time" --cost no_such_cost=1
expect_wrong "NAME=NS" --cost update=fast
expect_wrong "cannot be read" --measured "$scratch/missing.md"
expect_wrong "cannot write" --markdown "$scratch/missing/page.md"
expect_wrong "no measured cell" --filter NoSuchScene

succeeds "--help" "$trust" --help
has out --cost

cat >"$scratch/measured.md" <<'EOF'
### MutexContention

| threads | lock | ns/op | min..max |
|---:|---|---:|---:|
| 1 | tbb::spin_mutex | 9.81 | 9.78..10.9 |
| 2 | tbb::spin_mutex | 21.1 | 20.2..21.3 |
| 2 | nobody's | 1 | 1..1 |
EOF
for name in once again; do
  succeeds "a good run" "$trust" --no-curves --measured "$scratch/measured.md" --markdown "$scratch/$name.md"
  grep -v -e '^- command: ' -e '^- date: ' "$scratch/$name.md" >"$scratch/$name.page"
done
has once.md '^| MutexContention | 1 | tbb::spin_mutex | 9.81 | 9.78..10.9 | [0-9.]* | [01].[0-9]* | yes |$'
has once.md "nobody's in MutexContention"
cmp -s "$scratch/once.page" "$scratch/again.page" || fail "the same arguments give two pages"

# What a cost does.
succeeds "another cost" "$trust" --no-curves --measured "$scratch/measured.md" --filter threads:1 --cost update=50 \
  --markdown "$scratch/slow.md"
has slow.md '| MISS |$'

finish
