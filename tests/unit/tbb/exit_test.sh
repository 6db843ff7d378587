#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# A process with calls out ends at once and with its own status, however it ends.
set -u

program=$1
failures=0

# A process that waits for its calls would wait for ever.
readonly limit=60

# ends WAY OUTPUT [ARGUMENT]: it ends with status 0 and prints that.
ends() {
  local output status
  output=$(timeout "$limit" "$program" "$1" "${@:3}" 2>&1)
  status=$?
  if [[ $status != 0 || $output != "$2" ]]; then
    echo "FAIL: $1 ${*:3}: status $status, output: $output" >&2
    failures=$((failures + 1))
  fi
}

ends return ""
ends exit ""
ends quick_exit ""
# A static destructor makes calls as well.
ends late "late calls: 2"
# Calls that come back in the middle of all that.
for ((i = 0; i < 20 && failures == 0; ++i)); do
  ends returning ""
done

# Tasks that are late, and the thread that sees to them: after longer each time.
for ((i = 0; i < 20 && failures == 0; ++i)); do
  ends busy "" $((i * 20000))
done

for arguments in wrong busy "return 1"; do
  # shellcheck disable=SC2086  # words
  timeout "$limit" "$program" $arguments 2>/dev/null
  [[ $? == 2 ]] || {
    echo "FAIL: wrong arguments, $arguments, do not end with status 2" >&2
    failures=$((failures + 1))
  }
done

[[ $failures == 0 ]] && echo PASS
exit $((failures != 0))
