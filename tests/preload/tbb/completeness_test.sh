#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The preload library ($1) defines what it takes over of the host ($2), under the names that the
# host has, and whole sets only; and nothing else but the plugin's entries and what it takes over of
# libc.
set -euo pipefail

preload=$1 host=$2
work=$(mktemp -d "${TEST_TMPDIR:-/tmp}/completeness.XXXXXX")
status=0

functions() { nm -D --defined-only "$1" | awk '$2 ~ /[A-Z]/ { sub(/@.*/, "", $3); print $3 }' | sort -u; }
functions "$preload" >"$work/preload"
functions "$host" >"$work/host"

comm -23 "$work/preload" "$work/host" >"$work/ours"
cat >"$work/wanted" <<'NAMES'
__RML_close_factory
__RML_open_factory
__TBB_call_with_my_server_info
__TBB_make_rml_server
getcontext
makecontext
mmap
mmap64
mprotect
munmap
pthread_cancel
pthread_cond_broadcast
pthread_cond_clockwait
pthread_cond_signal
pthread_cond_timedwait
pthread_cond_wait
sched_yield
swapcontext
NAMES
if ! diff "$work/wanted" "$work/ours"; then
  echo "FAILED: other functions of the library's own than these (<)"
  status=1
fi

# Half of a set would wait on one side and notify on the other.
comm -12 "$work/preload" "$work/host" >"$work/both"
for set in ".*wait_on_address" ".*notify_by_address" ".*bounded_queue_" "[67]\(suspend\|resume\)E"; do
  if ! diff <(grep "r1$set" "$work/host") <(grep "r1$set" "$work/both"); then
    echo "FAILED: the host's functions named r1$set (<) are not ours"
    status=1
  fi
done
if [ "$(wc -l <"$work/both")" != 12 ]; then
  echo "FAILED: not twelve functions in common: $(cat "$work/both")"
  status=1
fi

# What the host asks of a plugin, by name.
for name in __RML_close_factory __RML_open_factory __TBB_call_with_my_server_info __TBB_make_rml_server; do
  grep -q -a "$name" "$host" || { echo "FAILED: the host does not ask for $name"; status=1; }
done
# What the host calls by name, for coroutines; else ours is never asked.
for name in getcontext makecontext mmap mprotect munmap swapcontext; do
  nm -D --undefined-only "$host" | grep -q " $name\(@.*\)\?$" || { echo "FAILED: the host does not call $name"; status=1; }
done
exit $status
