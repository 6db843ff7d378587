#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The preload library ($1) defines what it takes over of the host ($2), under the names that the
# host has, and whole sets only; and nothing else but the plugin's entries and what it takes over of
# libc.
set -euo pipefail
. tests/suites/expect.sh

preload=$1 host=$2

functions() { nm -D --defined-only "$1" | awk '$2 ~ /[A-Z]/ { sub(/@.*/, "", $3); print $3 }' | sort -u; }
functions "$preload" >"$scratch/preload"
functions "$host" >"$scratch/host"

comm -23 "$scratch/preload" "$scratch/host" >"$scratch/ours"
cat >"$scratch/wanted" <<'NAMES'
__RML_close_factory
__RML_open_factory
__TBB_call_with_my_server_info
__TBB_make_rml_server
dlclose
getcontext
makecontext
mmap
mmap64
mprotect
munmap
pthread_cond_broadcast
pthread_cond_signal
pthread_cond_wait
sched_yield
swapcontext
NAMES
diff "$scratch/wanted" "$scratch/ours" || fail "other functions of the library's own than these (<)"

# These wait for the loader's lock, which a dlopen() holds while a constructor may wait for a thread of ours. (The
# plugin has a weak dlsym(), for the time when it is loaded.)
if nm -D --undefined-only "$preload" | grep -E " U (dlsym|dlvsym|dladdr1?|__cxa_thread_atexit(_impl)?)(@|$)"; then
  fail "the library calls these (above)"
fi

# Half of a set would wait on one side and notify on the other.
comm -12 "$scratch/preload" "$scratch/host" >"$scratch/both"
for set in ".*wait_on_address" ".*notify_by_address" ".*bounded_queue_" "[67]\(suspend\|resume\)E"; do
  diff <(grep "r1$set" "$scratch/host") <(grep "r1$set" "$scratch/both") ||
    fail "the host's functions named r1$set (<) are not ours"
done
[ "$(wc -l <"$scratch/both")" = 12 ] || fail "not twelve functions in common: $(cat "$scratch/both")"

# What the host asks of a plugin, by name.
for name in __RML_close_factory __RML_open_factory __TBB_call_with_my_server_info __TBB_make_rml_server; do
  grep -q -a "$name" "$host" || fail "the host does not ask for $name"
done
# What the host calls by name, for coroutines; else ours is never asked.
for name in getcontext makecontext mmap mprotect munmap swapcontext; do
  nm -D --undefined-only "$host" | grep -q " $name\(@.*\)\?$" || fail "the host does not call $name"
done
finish
