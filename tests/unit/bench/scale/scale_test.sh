#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# scale with wrong arguments: status 2 and one line that says why; with good ones, the same files each time.
set -u
. tests/suites/expect.sh

scale=$1

# expect_wrong WORD ARGS...: must end with 2, print no table and say WORD.
expect_wrong() {
  refuses 2 "$1" "$scale" "${@:2}"
}

expect_wrong "not an option" --colour=red
expect_wrong "list of numbers" --cpus=0
expect_wrong "needs a value" --seed
expect_wrong "regular expression" "--filter=("
expect_wrong "matches no cell" --filter=NoSuchScene
expect_wrong "cannot write" --filter=StackDepot --json "$scratch/missing/out.json"

succeeds "--help" "$scale" --help
has out --threads
succeeds "--list" "$scale" --list --filter '^ReadersWriters90/'
has out '^ReadersWriters90/RwMutex$'
has out "^ReadersWriters90/glibc's rwlock$"

few=(--cpus 2,12 --threads .5,2 --sockets 2 --cluster 3 --duration-ms 1 --filter 'MutexContention/|StackDepot')
for name in once again; do
  succeeds "a good run" "$scale" "${few[@]}" --json "$scratch/$name.json" --markdown "$scratch/$name.md" \
    --html "$scratch/$name.html"
done
has out '^In short$'
has once.json '"lock": "FutexMutex"'
has once.json '"cpus": 12, "sockets": 2, "cpus_per_cluster": 3, "threads": 24'
has once.md '^### MutexContention, 2 threads to a CPU$'
has once.md '^### What is not simulated$'
has once.html 'What is not simulated'

# Not where the memory is, nor what the environment holds, is in the figures.
figures() {
  grep '"scene"' "$1"
}
succeeds "a larger environment" env "FILLER=$(printf '%05000d' 0)" "$scale" "${few[@]}" --json "$scratch/larger.json"
if command -v setarch >/dev/null && setarch -R true 2>/dev/null; then
  succeeds "a fixed layout" setarch -R "$scale" "${few[@]}" --json "$scratch/fixed.json"
else
  cp "$scratch/once.json" "$scratch/fixed.json"
fi
for name in again larger fixed; do
  cmp -s <(figures "$scratch/once.json") <(figures "$scratch/$name.json") ||
    fail "$name.json has other figures than once.json"
done
succeeds "another seed" "$scale" "${few[@]}" --seed 2 --json "$scratch/seed.json"
cmp -s <(figures "$scratch/once.json") <(figures "$scratch/seed.json") &&
  fail "another seed gives the same figures"

finish
