#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# ThreadSanitizer and programs that use the locks wrongly: it must have one report for each fault,
# of the right kind, and none where there is no fault. Argument: the program, built with it.
. tests/suites/expect.sh
program=$1
export TSAN_OPTIONS="exitcode=66:second_deadlock_stack=1"

# GCC 12's runtime does not know the addresses that newer kernels give out at random.
fixed=()
if setarch "$(uname -m)" -R true 2>/dev/null; then fixed=(setarch "$(uname -m)" -R); fi

cases=0
if "${fixed[@]}" "$program" 2>&1 | grep 'unexpected memory mapping'; then
  echo "skipped: this ThreadSanitizer does not run on this kernel"
  exit 0
fi
succeeds "the list of cases" "${fixed[@]}" "$program"
cp "$scratch/out" "$scratch/list"
while IFS='|' read -r lock fault report; do
  cases=$((cases + 1))
  if [ -z "$report" ]; then
    succeeds "$lock, $fault" timeout 100 "${fixed[@]}" "$program" "$lock" "$fault" </dev/null
    continue
  fi
  # The checks of parkway itself may end the program after the report.
  timeout 100 "${fixed[@]}" "$program" "$lock" "$fault" >"$scratch/said" 2>&1 </dev/null &&
    fail "$lock, $fault: no report"
  kinds=$(sed -n 's/^WARNING: ThreadSanitizer: \(.*\) (pid=.*/\1/p' "$scratch/said")
  case $kinds in
    *$'\n'*) fail "$lock, $fault: more than one report: $kinds" ;;
    "$report"*) ;;
    *) fail "$lock, $fault: instead of one $report: $(head -40 "$scratch/said")" ;;
  esac
done <"$scratch/list"
[ "$cases" -gt 20 ] || fail "$cases cases only"
finish
