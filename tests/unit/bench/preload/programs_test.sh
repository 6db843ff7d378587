#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# The page of finished programs: what is installed is measured, what is not is left out with a
# sentence, and a result that differs ends it. $1: programs.py, $2: --library=FILE, $3: a program on
# the installed Abseil, which plays gav1_decode here.
set -u
. tests/suites/expect.sh

programs=$1
library=--absl=${2#*=}
program=$PWD/$3
python=$(command -v python3)

mkdir "$scratch/bin" "$scratch/work"
# plays NAME LINE...: a program of that name, as a script.
plays() {
  printf '#!/bin/bash\n' >"$scratch/bin/$1"
  printf '%s\n' "${@:2}" >>"$scratch/bin/$1"
  chmod +x "$scratch/bin/$1"
}
plays aomenc 'exit 0'
plays gav1_decode "exec $program"

run() {
  PATH=$scratch/bin "$python" "$programs" "$library" --folder "$scratch/work" --repetitions 1 "$@"
}

succeeds "one of two" run --only gav1 --only embree --markdown "$scratch/page.md"
has err '^programs: embree: this build has no preload library for oneTBB$' '^gav1: '
has out '^| gav1 | Abseil | .* s |' '^embree was left out: ' 'stats of .*: PARKWAY=on' 'package `libgav1-bin`'
cmp "$scratch/out" "$scratch/page.md" || fail "the page in a file"

# wrong WANTED ARGUMENT...
wrong() {
  refuses '[!0]*' "$1" run "${@:2}"
}
plays gav1_decode "$program; echo \$\$"
wrong "gav1: the results differ" --only gav1
plays aomenc 'exit 1'
wrong "gav1: this failed: aomenc" --only gav1
rm "$scratch/bin/aomenc"
wrong "gav1: aomenc is not installed (Debian: libgav1-bin)" --only gav1
wrong "no program could be run" --only gav1
wrong "invalid choice: 'none'" --only none
wrong "above 0" --repetitions 0

finish
