#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Everything that the host library ($1) defines is defined by the preload library ($2), or is named
# in a list ($3) with the reason why not, and then no other library ($4...) uses it.
set -euo pipefail

host=$1 preload=$2 exceptions=$3
shift 3
work=$(mktemp -d "${TEST_TMPDIR:-/tmp}/completeness.XXXXXX")

# Small letters are local: a thread-local variable that the loader has to place.
defined() {
  nm -D --defined-only "$1" | awk '$2 ~ /[A-Z]/ { sub(/@.*/, "", $3); print $3 }' | sort -u
}
defined "$host" >"$work/host"
defined "$preload" >"$work/preload"
[ -s "$work/host" ] || { echo "FAILED: no symbols in $host"; exit 1; }

sed -e 's/ *#.*//' -e '/^$/d' "$exceptions" >"$work/patterns"
comm -23 "$work/host" "$work/preload" >"$work/missing"
# Names as in the list: without absl:: and the inline namespace.
c++filt <"$work/missing" | sed -E 's/absl::(debian[0-9]+::|lts_[0-9]+::)?//g' >"$work/readable"
status=0
if grep -v -x -E -f "$work/patterns" "$work/readable"; then
  echo "FAILED: these (above) are the host's alone and not in $exceptions"
  status=1
fi

# Ours alone would be called by nobody and hide a mistake in a name.
comm -13 "$work/host" "$work/preload" >"$work/more"
if [ -s "$work/more" ]; then
  c++filt <"$work/more"
  echo "FAILED: these are not in the host"
  status=1
fi

# An exception is safe as long as only the host's own code calls it. Copies of inline functions
# (weak) are nobody's.
nm -D --defined-only "$host" | awk '$2 ~ /[TDBR]/ { sub(/@.*/, "", $3); print $3 }' | sort -u |
  comm -12 - "$work/missing" | grep -v synchronization_internal | grep -v kTrue >"$work/private" || true
for library; do
  [ "${library##*/}" != "${host##*/}" ] || continue
  used=$(nm -D -u "$library" | awk '{ print $NF }' | sort -u | comm -12 - "$work/private")
  if [ -n "$used" ]; then
    echo "FAILED: $library uses what is the host's alone: $used"
    status=1
  fi
done

echo "$(wc -l <"$work/preload") functions of $(wc -l <"$work/host") symbols are ours," \
  "$(wc -l <"$work/missing") are excepted"
exit $status
