#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Go's pprof, and gperftools', read what pprof_waits ($1), which is compiled with -g, has written.
set -euo pipefail
. tests/suites/expect.sh

program=$PWD/$1
succeeds "the program" "$program" "$scratch/waits" "$scratch/releases"
seen=

# A newer go builds its pprof first.
export HOME=$scratch GOCACHE=$scratch/cache GOPATH=$scratch/go GOTOOLCHAIN=local
if command -v go >/dev/null && go tool -n pprof >/dev/null 2>&1; then
  seen=yes
  # go_pprof WHAT OPTION... FILE
  go_pprof() {
    succeeds "go: $1" timeout 120 go tool pprof "${@:2:$#-2}" "$program" "$scratch/${*: -1}"
  }
  go_pprof "times" -top waits
  has out '^Type: delay$' '^Duration: .*, Total samples = [0-9.]*[mu]*s ' ' 100%  consume$'
  go_pprof "counts" -top -sample_index=contentions waits
  has out '^Type: contentions$' '^Showing nodes accounting for 20, 100% of 20 total$' ' 20 *100%  consume$'
  go_pprof "stacks" -traces -lines waits
  has out '/semaphore[.]h:[1-9]'
  go_pprof "who let go" -top -sample_index=contentions releases
  has out '^Type: contentions$' ' 20 *100%  produce$'
  if grep -q ' consume' "$scratch/out"; then fail "a waiter has let go: $(cat "$scratch/out")"; fi
  go_pprof "all" -raw waits
  has out '^PeriodType: contentions count$' '^Period: 1$' '^contentions/count delay/nanoseconds$' "^1: 0x.* $program "
fi

if command -v google-pprof >/dev/null; then
  seen=yes
  succeeds "google-pprof: times" google-pprof --text "$program" "$scratch/waits"
  has out '^Total: [0-9.]* seconds$' ' 100.0% consume$'
  succeeds "google-pprof: counts" google-pprof --text --contentions "$program" "$scratch/waits"
  has out '^Total: 20 samples$' ' 20 100.0% consume$'
  succeeds "google-pprof: who let go" google-pprof --text "$program" "$scratch/releases"
  if grep -q 'operator++' "$scratch/out"; then fail "not the call, but what comes after it: $(cat "$scratch/out")"; fi
fi
[ -n "$seen" ] || echo "skipped: there is neither go with a pprof nor google-pprof here"
finish
