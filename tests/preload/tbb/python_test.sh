#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Python under the preload library ($1), with plug-ins as its packages bring them: two over an oneTBB
# each, under a name that the packager has made ($2, $3; the plug-ins are $4 and $5), and one with
# oneTBB within it ($6).
set -euo pipefail
. tests/suites/expect.sh

if ! command -v python3 >/dev/null; then
  echo "skipped: there is no python3 here"
  exit 0
fi
# Not a script that finds one.
python=$(python3 -c 'import sys; print(sys.executable)')
preload=$PWD/$1
for file in "${@:2}"; do cp -L "$file" "$scratch"; done
first=$scratch/${4##*/} second=$scratch/${5##*/} within=$scratch/${6##*/}
export LD_LIBRARY_PATH=$scratch

# works WANTED PLUGIN...: every plug-in's results, 0 if all is well; in $environment.
works() {
  prints "$*" "$1" timeout 200 env "${environment[@]}" "$python" tests/preload/tbb/plugins.py "${@:2}"
}
# copies NAME...: the statistics name these, and no others.
copies() {
  local name
  expect "copies" "$(grep -c 'stats of' <<<"$err")" "$#"
  for name in "$@"; do
    grep -q "PARKWAY=on PARKWAY_TBB=waits.*, $name" <<<"$err" || fail "no $name: $err"
  done
}
name() { echo "${1##*/} (interface "; }
is_within="${6##*/} (has oneTBB within it, interface "
one="[(0, {0})]" two="[(0, {0}), (1, {0})]" three="[(0, {0}), (1, {0}), (2, {0})]"

environment=()
works "$three" "$first" "$second" "$within"
for layers in "" all waits stacks; do
  environment=("LD_PRELOAD=$preload" "PARKWAY_TBB=$layers")
  works "$three" "$first" "$second" "$within"
  expect "$layers says nothing" "$err" ""
done
environment=("LD_PRELOAD=$preload" PARKWAY=off)
works "$three" "$first" "$second" "$within"
environment=("LD_PRELOAD=$preload" PARKWAY=watch PARKWAY_PROFILE="$scratch/watch.json" PARKWAY_PROFILE_ONE_IN=1)
works "$three" "$first" "$second" "$within"
has err "does not see workers of $is_within.*): there is other code in its library"
expect "watch says no more" "$(wc -l <<<"$err")" 1
has watch.json '"locks":"stock"' '"kind":"worker"'
environment=("LD_PRELOAD=$preload" PARKWAY_STATS=1 PARKWAY=require)
works "$one" "$first"
copies "$(name "$2")"
works "$two" "$first" "$second"
copies "$(name "$2")" "$(name "$3")"
works "$one" "$within"
copies "$is_within"
works "$three" "$within" "$second" "$first"
copies "$is_within" "$(name "$2")" "$(name "$3")"

finish
