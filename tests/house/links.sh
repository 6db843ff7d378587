#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Who links locks links no stack, no task and no file call. Each argument: a file that lists what a
# target depends on (genquery), and it may not depend on a package that matches the first argument.
set -euo pipefail
pattern=$1
shift
status=0
for list; do
  # Else the list is of something else, and the test can't fail.
  if ! grep -Eq '^(@@?)?//plugin/parkway/wait:wait$' "$list"; then
    echo "$list does not name the wait layer:"
    cat "$list"
    status=1
  fi
  if grep -E "$pattern" "$list"; then
    echo "$list: depends on the targets above"
    status=1
  fi
done
exit $status
