#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# What the program prints does not depend on the threads.
set -eu
for threads in 1 8; do
  got=$("$(dirname "$0")/wordcount" --threads=$threads 'one two' 'two three' 'two three')
  want=$(printf '3 two\n2 three\n1 one')
  if [ "$got" != "$want" ]; then
    echo "with $threads threads: $got" >&2
    exit 1
  fi
done
