#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# parkway-ab from end to end, on scripts, with a preload library that serves nothing and says that it
# does. $1: launch.py, $2: that library.
set -u
. tests/suites/expect.sh

tool=$PWD/$1
library=$PWD/$2
waits=$PWD/tests/unit/bench/parkway_ab
unset LD_PRELOAD PARKWAY PARKWAY_TBB PARKWAY_ABSL PARKWAY_PROFILE
export FAKE_STATS='parkway: stats of mill (1): PARKWAY=on PARKWAY_TBB=waits,stacks, libtbb.so.12 (interface 12080)'

cd "$scratch" || exit
# plays LINE...: the program, which is preloaded where $preloaded says so.
plays() {
  # shellcheck disable=SC2016
  printf '%s\n' '#!/bin/bash' 'case $LD_PRELOAD in *fake*) preloaded=1 ;; *) preloaded= ;; esac' "$@" 'sleep 0.01' \
    >mill
  chmod +x mill
}
# Wide enough that eight pairs do.
ab() { "$tool" --tbb "$library" --absl "$library" --precision 99% --time-limit 1h "$@"; }

plays 'echo ground'
succeeds "everything" ab --json all.json -- ./mill
has out '^\$ ./mill$' '^program   .*/mill, a script for /bin/bash$' '^oneTBB    not linked; it came while' \
  '^taken     libtbb.so.12 (interface 12080) of mill: layers waits,stacks$' '^tries     all of it' \
  'conditions (off by default): ' 'write no contention profile: .* cannot be told' '^time      ' '^CPU time  ' \
  '^  time .*s .*s .*([0-9.]*\.\.[0-9.]*)$' '^  voluntary switches' '^  peak memory' 'system calls\|futex calls' \
  '^Each layer alone against stock, [0-9]* rounds, the slowest first:$' '^  workers,yields (off by default) '
has err 'the first run of stock' 'comparison: round\|once more'
python3 - all.json <<'PY' || fail "what is in the JSON file"
import json, sys
all_of_it = json.load(open(sys.argv[1]))
race, layers = all_of_it["race"], all_of_it["layers"]
assert all_of_it["command"] == ["./mill"] and all_of_it["exit_code"] == 0
assert [side["name"] for side in race["sides"]] == ["stock", "parkway"]
runs = len(race["sides"][0]["runs"])
assert runs >= 8 and len(race["sides"][1]["runs"]) == runs == race["rounds"] == race["sides"][1]["time"]["pairs"]
assert race["sides"][1]["time"]["verdict"] in ("faster", "slower", "no measurable difference")
assert race["sides"][1]["libraries"] == ["libfake_preload.so"]
assert len(layers["sides"]) == 6 and layers["sides"][1]["environment"]["PARKWAY_TBB"] == "waits"
assert all_of_it["waits"] is None and len(all_of_it["noise"]) == 2
PY

succeeds "stock against stock" ab --aa --json aa.json -- ./mill
has out '^  *stock  *stock again ' '^time      '
grep -q 'layer\|tries\|contention' "$scratch/out" && fail "stock against stock has more than that"

# What there is to gain.
FAKE_PROFILE=$waits/low_waits.json succeeds "nothing to gain" ab --json low.json -- ./mill
has out '^You wait .* % of the time, all threads together (.*): no lock library can give you more\.$' \
  '^note  *Not in it: ' '^parkway-ab ends here'
grep -q '^time ' "$scratch/out" && fail "compares what is not worth it"
FAKE_PROFILE=$waits/low_waits.json succeeds "all the same" ab --anyway --no-layers -- ./mill
has out '^You wait ' '^It goes on all the same' '^time      '
FAKE_PROFILE=$waits/some_waits.json succeeds "something to gain" ab --no-layers --json some.json -- ./mill
has out '^Waits are ' '  locks$' 'sets no limit to what there is to gain' '^time      ' \
  "^What made waited for, preloaded, .*:\$" \
  "^  1\. mutex the table's (locks): 900 s in 300 waits, longest 7.00 ms, slept 12\$" \
  '^     64 ns |.* |.*| 512 ns$\|^     64 ns |.*| 512 ns$' '^     waited in mill+0x10' '^     let go in mill+0x30' \
  '^  2\. worker 0x20 (sleeping workers)'

# Stock is watched: what it waits for is the ceiling, if all of it is seen.
sed 's/"sample": 1/"sample": 1, "locks": "stock"/' "$waits/some_waits.json" >stock_some.json
sed 's/"sample": 1/"sample": 1, "locks": "stock"/' "$waits/low_waits.json" >stock_low.json
export FAKE_WATCH_STATS='parkway: stats of mill (1): PARKWAY=watch PARKWAY_TBB=waits,workers, libtbb.so.12'
FAKE_WATCH_PROFILE=$PWD/stock_some.json FAKE_PROFILE=$waits/low_waits.json \
  succeeds "both sides" ab --no-layers --json both.json -- ./mill
has out "They are the waits for the program's own locks" 'sets no limit' \
  '^What made waited for, with its own locks, .*:$' '^What made waited for, preloaded, .*:$' \
  "^  1\. mutex the table's (locks): 900 s in 300 waits" '^  2\. worker (sleeping workers)' \
  '^  1\. mutex 0x10 (locks): 100 ns in 1 wait,'
python3 - both.json <<'PY' || fail "both sides in the JSON file"
import json, sys
all_of_it = json.load(open(sys.argv[1]))
assert all_of_it["ceiling"] == {"ratio": 1.0, "of": "stock", "stock_unseen": []}
assert all_of_it["stock_waits"]["processes"][0]["locks"][0]["name"] == "the table's"
assert all_of_it["waits"]["processes"][0]["locks"][0]["nanoseconds"] == 100
PY
FAKE_WATCH_PROFILE=$PWD/stock_low.json FAKE_PROFILE=$waits/some_waits.json \
  succeeds "stock has nothing to gain" ab --json low.json -- ./mill
has out '^You wait .* no lock library can give you more\.$' '^parkway-ab ends here'
grep -q '"of": "stock"' low.json || fail "whose ceiling it is"
grep -q '^ "waits": null' low.json || fail "a preloaded run for nothing"
# A layer that is taken over is not seen.
FAKE_STATS=${FAKE_STATS/waits,/waits,workers,} FAKE_WATCH_STATS=${FAKE_WATCH_STATS/,workers/}$'\n'"parkway: \
libparkway_tbb.so does not see workers of libtbb.so.12: it rains" FAKE_WATCH_PROFILE=$PWD/stock_low.json \
  FAKE_PROFILE=$waits/some_waits.json succeeds "not all is seen" ab --no-layers --json unseen.json -- ./mill
has out "They are the waits for parkway's locks, in a preloaded run; stock's own cannot be seen: oneTBB's$" \
  'does not see workers of libtbb.so.12: it rains' '^What made waited for, with its own locks, '
grep -q '"tbb workers"' unseen.json || fail "what is not seen, in the JSON file"
# A watched run that goes wrong ends nothing.
plays '[ "$PARKWAY" != watch ] || kill -ABRT $$' 'echo ground'
FAKE_PROFILE=$waits/some_waits.json succeeds "a watched run that crashes" ab --no-layers -- ./mill
has out 'Stock could not be watched: stock and watched stock differ: ' \
  "stock's own could not be watched" '^time      '
plays 'echo ground'
unset FAKE_WATCH_STATS

# --fail-above: the preloaded runs wait for half a second.
plays '[ -z "$preloaded" ] || sleep 0.5'
ends 1 'the first run' ab --no-layers --fail-above 1.01 --json slow.json -- ./mill
has out '^time      parkway is slower, by ' '^Slower than --fail-above 1.01: the whole interval is above it\.$'
grep -q '"exit_code": 1' slow.json || fail "the exit code in the JSON file"
succeeds "not above" ab --no-layers --fail-above 1000000 -- ./mill

# Each layer is tried with what it needs, and one that does something else is out.
plays 'case $PARKWAY_TBB in stacks) echo wrong ;; *) echo right ;; esac'
succeeds "one layer is wrong" ab -- ./mill
has out '^  stacks  *stock and stacks differ: the output is another one$' '^  waits  *[0-9.]* ('

# The user's own variables reach the preloaded side alone.
plays 'echo "$preloaded$PARKWAY_TBB" >&2' 'case $preloaded$PARKWAY_TBB in "" | 1waits) ;; *) exit 9 ;; esac'
PARKWAY_TBB=waits succeeds "the user's own layers" ab --no-layers -- ./mill

finish
