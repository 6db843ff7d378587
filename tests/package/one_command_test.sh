#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The commands of docs/guide/without_bazel.md that compile the sources, and a program over them.
set -euo pipefail
. tests/suites/expect.sh

# The guide's own lines.
sed -n '/^## From the sources/,/^## /s/^    //p' docs/guide/without_bazel.md >"$scratch/commands"
has commands "^g++ " "^ar "
if [ "$(uname -sm)" != "Linux x86_64" ]; then
  echo "skipped: the commands are for Linux on x86-64"
  exit 0
fi
cp -RL plugin examples "$scratch"
cd "$scratch"
succeeds "the commands" bash -euc "$(cat commands)"
prints "the program" "counted to 4000" ./counter
finish
