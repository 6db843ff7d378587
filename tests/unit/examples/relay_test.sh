#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# examples/scheduler/relay: every hand-over took place.
set -euo pipefail
want="100 runners, 1000 laps, 100000 hand-overs on 2 threads"
got=$("$1")
if [ "$got" != "$want" ]; then
  echo "relay printed: $got"
  echo "expected:      $want"
  exit 1
fi
