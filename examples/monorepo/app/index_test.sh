#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# What the program prints does not depend on the order in which it read the texts.
set -eu
got=$("$(dirname "$0")/index" 'one two' 'two three' 'three two three')
want=$(printf 'one 1\nthree 2,3\ntwo 1,2,3')
if [ "$got" != "$want" ]; then
  echo "$got" >&2
  exit 1
fi
