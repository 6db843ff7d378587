#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Everything that the host library ($1) defines is defined by the preload library ($2), or is named
# in a list ($3) with the reason why not, and then no other library ($4...) uses it.
set -euo pipefail
. tests/suites/expect.sh

host=$1 preload=$2 exceptions=$3
shift 3

# Small letters are local: a thread-local variable that the loader has to place.
defined() {
  nm -D --defined-only "$1" | awk '$2 ~ /[A-Z]/ { sub(/@.*/, "", $3); print $3 }' | sort -u
}
defined "$host" >"$scratch/host"
defined "$preload" >"$scratch/preload"
[ -s "$scratch/host" ] || fail "no symbols in $host"

sed -e 's/ *#.*//' -e '/^$/d' "$exceptions" >"$scratch/patterns"
comm -23 "$scratch/host" "$scratch/preload" >"$scratch/missing"
# Names as in the list: without absl:: and the inline namespace.
c++filt <"$scratch/missing" | sed -E 's/absl::(debian[0-9]+::|lts_[0-9]+::)?//g' >"$scratch/readable"
if grep -v -x -E -f "$scratch/patterns" "$scratch/readable"; then
  fail "these (above) are the host's alone and not in $exceptions"
fi

# Ours alone would be called by nobody and hide a mistake in a name. Of the libc's there is one.
comm -13 "$scratch/host" "$scratch/preload" | grep -v -x dlclose >"$scratch/more" || true
if [ -s "$scratch/more" ]; then
  c++filt <"$scratch/more"
  fail "these are not in the host"
fi

# These wait for the loader's lock, which a dlopen() holds while a constructor may wait for a thread of ours. (The
# plugin has a weak dlsym(), for the time when it is loaded.)
if nm -D --undefined-only "$preload" | grep -E " U (dlsym|dlvsym|dladdr1?|__cxa_thread_atexit(_impl)?)(@|$)"; then
  fail "the library calls these (above)"
fi

# An exception is safe as long as only the host's own code calls it. Copies of inline functions
# (weak) are nobody's.
nm -D --defined-only "$host" | awk '$2 ~ /[TDBR]/ { sub(/@.*/, "", $3); print $3 }' | sort -u |
  comm -12 - "$scratch/missing" | grep -v synchronization_internal | grep -v kTrue >"$scratch/private" || true
for library; do
  [ "${library##*/}" != "${host##*/}" ] || continue
  used=$(nm -D -u "$library" | awk '{ print $NF }' | sort -u | comm -12 - "$scratch/private")
  [ -z "$used" ] || fail "$library uses what is the host's alone: $used"
done

echo "$(wc -l <"$scratch/preload") functions of $(wc -l <"$scratch/host") symbols are ours," \
  "$(wc -l <"$scratch/missing") are excepted"
finish
