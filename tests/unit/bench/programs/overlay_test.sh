#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# A program prints the same with stock Abseil and with the overlaid one, and says which it had.
set -eu
stock=$1 overlay=$2 locks=$3
scratch=${TEST_TMPDIR:-$(mktemp -d)}
mkdir -p "$scratch/input"
for n in 1 2 3 4 5 6 7 8; do
  cat bench/programs/*.cc >"$scratch/input/$n.txt"
done
for threads in 1 4; do
  "$stock" --input="$scratch/input" --threads=$threads --report="$scratch/stock" >"$scratch/want"
  "$overlay" --input="$scratch/input" --threads=$threads --report="$scratch/overlay" >"$scratch/got"
  cmp "$scratch/want" "$scratch/got"
  grep -q "\"locks\":\"$locks\"" "$scratch/overlay"
done
