#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Runs a test program of oneTBB's ($3) under a preload library ($1), by way of a script for doctest's
# programs ($2).
set -euo pipefail

preload=$PWD/$1 doctest=$PWD/$2 program=$PWD/$3

# A library that stepped aside would pass everything. Its statistics tell, at the end of every run.
said=$(mktemp "${TEST_TMPDIR:-/tmp}/said.XXXXXX")
cat >"$said.sh" <<'SH'
#!/usr/bin/env bash
exec env LD_PRELOAD="$PARKWAY_TEST_PRELOAD" PARKWAY_TBB=all PARKWAY_STATS=1 "$PARKWAY_TEST_PROGRAM" "$@"
SH
chmod +x "$said.sh"
status=0
PARKWAY_TEST_PRELOAD=$preload PARKWAY_TEST_PROGRAM=$program "$doctest" "$said.sh" 2>"$said" || status=$?
cat "$said" >&2
grep -q " PARKWAY=on PARKWAY_TBB=waits,workers,yields,stacks,conditions, libtbb.so.12 " "$said" || {
  echo "FAILED: $preload was not in use" >&2
  exit 1
}
exit $status
