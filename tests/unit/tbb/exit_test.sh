#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# A process with calls out ends at once and with its own status, however it ends.
set -u
. tests/suites/expect.sh

program=$1

# A process that waits for its calls would wait for ever.
readonly limit=60

# exits WAY OUTPUT [ARGUMENT]: it ends with status 0 and prints that.
exits() {
  local output status
  output=$(timeout "$limit" "$program" "$1" "${@:3}" 2>&1)
  status=$?
  [[ $status == 0 && $output == "$2" ]] || fail "$1 ${*:3}: status $status, output: $output"
}

exits return ""
exits exit ""
exits quick_exit ""
# A static destructor makes calls as well.
exits late "late calls: 2"
# Calls that come back in the middle of all that.
for ((i = 0; i < 20 && failures == 0; ++i)); do
  exits returning ""
done

# Tasks that are late, and the thread that sees to them: after longer each time.
for ((i = 0; i < 20 && failures == 0; ++i)); do
  exits busy "" $((i * 20000))
done

for arguments in wrong busy "return 1"; do
  # shellcheck disable=SC2086  # words
  ends 2 "" timeout "$limit" "$program" $arguments
done

finish
