#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# What cannot be measured ends parkway-ab with a sentence and its exit code. $1: launch.py, $2: a preload
# library that serves nothing.
set -u
. tests/suites/expect.sh

tool=$PWD/$1
library=$PWD/$2
unset LD_PRELOAD PARKWAY PARKWAY_TBB PARKWAY_ABSL PARKWAY_PROFILE
export FAKE_STATS='parkway: stats of mill (1): PARKWAY=on PARKWAY_TBB=waits,stacks, libtbb.so.12 (interface 12080)'

cd "$scratch" || exit
plays() {
  # shellcheck disable=SC2016
  printf '%s\n' '#!/bin/bash' 'case $LD_PRELOAD in *fake*) preloaded=1 ;; *) preloaded= ;; esac' "$@" >mill
  chmod +x mill
}
ab() {
  "$tool" --tbb "$library" --absl "$library" --precision 99% --time-limit 1h --quiet --no-layers "$@"
}

# 2: wrong use, or what cannot be measured.
ends 2 '^parkway-ab: none-of-this-name: no program of this name is on PATH$' ab -- none-of-this-name
ends 2 '^parkway-ab: ./mill: there is no such program$' ab -- ./mill
plays 'sleep 0.01'
chmod -x mill
ends 2 '^parkway-ab: ./mill is not executable' ab -- ./mill
ends 2 'no program: ' ab
ends 2 'unknown; the program stands behind --' ab ./mill
plays 'sleep 0.01; exit 3'
ends 2 './mill ended with status 3 as it is, with its own locks; --ignore-failure' ab -- ./mill
succeeds "a failure" ab --ignore-failure -- ./mill
plays 'echo last words >&2' 'kill -SEGV $$'
ends 2 './mill crashed with SIGSEGV as it is, with its own locks$' ab --ignore-failure -- ./mill
has err '^    last words$'
plays 'exec yes'
ends 2 './mill wrote more than 1.00 MiB to its standard output; see --max-output' ab --max-output 1M -- ./mill
plays 'exec sleep 1000'
ends 2 './mill had not ended after 1 s; see --run-limit' ab --run-limit 1 -- ./mill
plays 'echo "mill: standard input is not a terminal" >&2' 'exit 1'
ends 2 './mill ended with status 1 and seems to need a terminal' ab -- ./mill
plays 'echo $$; sleep 0.01'
ends 2 'two runs of stock differ: the output is another one; give --check' ab -- ./mill
succeeds "no output" ab --check true -- ./mill
plays 'sleep 0.01'
ends 2 'the program has not written such a file' ab --output nothing -- ./mill
PARKWAY=off ends 2 'PARKWAY=off is in the environment' ab -- ./mill
LD_PRELOAD=/none/libparkway_tbb.so ends 2 'LD_PRELOAD has a library of parkway' ab -- ./mill

# A signal ends the run and its program.
plays 'echo $$ >there; exec sleep 1000'
"$tool" --tbb "$library" --quiet -- ./mill >"$scratch/out" 2>"$scratch/err" &
until [ -s there ]; do sleep 0.02; done
kill -TERM $!
wait $!
expect "interrupted" $? 130
has err '^parkway-ab: interrupted before there was a result$'
kill -0 "$(cat there)" 2>/dev/null && fail "the program goes on"

# 3: they differ, and which one is said.
plays 'echo "result: ${preloaded:-0}"; sleep 0.01'
ends 3 '^parkway-ab: stock and parkway differ: the output is another one$' ab -- ./mill
has err '^    stock (10 bytes):$' '^      result: 0$' '^    parkway (10 bytes):$' '^      result: 1$'
folder=$(sed -n 's/^    all of both: //p' "$scratch/err")
expect "both outputs, kept" "$(cat "$folder/first" "$folder/other")" $'result: 0\nresult: 1'
rm -r "$folder"
ends 3 'the check prints something else' ab --check 'cut -c 9' -- ./mill
rm -r "$(sed -n 's/^    all of both: //p' "$scratch/err")"
plays '[ -z "$preloaded" ] || kill -ABRT $$' 'sleep 0.01'
ends 3 'stock ended with status 0, parkway crashed with SIGABRT$' ab -- ./mill
rm -r "$(sed -n 's/^    all of both: //p' "$scratch/err")"
plays '[ -z "$preloaded" ] || exec sleep 1000' 'sleep 0.01'
ends 3 'stock ended with status 0, parkway had not ended after 2 s$' ab --run-limit 2 -- ./mill
rm -r "$(sed -n 's/^    all of both: //p' "$scratch/err")"
plays 'sleep 0.01' 'exit ${preloaded:-0}'
ends 3 'stock ended with status 0, parkway ended with status 1$' ab -- ./mill
rm -r "$(sed -n 's/^    all of both: //p' "$scratch/err")"

# 4: nothing to take over.
plays 'sleep 0.01'
FAKE_STATS='' ends 4 'nothing to take over: neither oneTBB nor a shared Abseil' ab -- ./mill
FAKE_STATS='parkway: libparkway_tbb.so steps aside: this process has A, not libtbb.so.12' \
  ends 4 'nothing to take over: the libraries have stepped aside; see above' ab -- ./mill
has out 'note  *parkway: libparkway_tbb.so steps aside'
cp "$(command -v sleep)" nap
chmod u+s nap
ends 4 'runs with other rights than yours (setuid)' ab -- ./nap 0.01

finish
