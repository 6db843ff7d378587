#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# parkway run [--all] [--require] PROGRAM [ARGUMENT...]
#
# Starts a program with the preload libraries for the hosts that it is linked to, and says which on
# standard error. See docs/guide/without_bazel.md.
usage() {
  cat <<'TEXT'
usage: parkway run [--all] [--require] PROGRAM [ARGUMENT...]

Starts PROGRAM with parkway's locks in the place of those of oneTBB and of Abseil, if it is linked to
one of these as a shared library. It says on standard error which.

  --all      preload all libraries, whatever PROGRAM is linked to: plug-ins may bring oneTBB or Abseil
  --require  exit with 86 if nothing was taken over

The environment has more choices: PARKWAY, PARKWAY_TBB, PARKWAY_ABSL, PARKWAY_STATS.
TEXT
}

# wrong MESSAGE: wrong use.
wrong() {
  echo "parkway: $1" >&2
  echo "parkway: parkway --help says more" >&2
  exit 2
}

case ${1:-} in
  run) shift ;;
  -h | --help)
    usage
    exit 0
    ;;
  "") wrong "no command; there is one: run" ;;
  *) wrong "no command $1; there is one: run" ;;
esac

all= require=
while :; do
  case ${1:-} in
    --all) all=1 ;;
    --require) require=1 ;;
    --)
      shift
      break
      ;;
    -*) wrong "no option $1" ;;
    *) break ;;
  esac
  shift
done
[ $# -gt 0 ] || wrong "no program to run"

program=$(command -v -- "$1") || {
  echo "parkway: $1: not found" >&2
  exit 127
}
if [ -u "$program" ] || [ -g "$program" ]; then
  echo "parkway: $1 runs with more rights than its user: the system ignores preload libraries there" >&2
fi

# Beside this script, as it was unpacked or installed.
here=$(dirname "$(readlink -f "$0")")
libraries=
for folder in "$here/../lib/parkway" "$here/../lib"; do
  if [ -e "$folder/libparkway_tbb.so" ]; then libraries=$(cd "$folder" && pwd) && break; fi
done
if [ -z "$libraries" ]; then
  echo "parkway: no libparkway_tbb.so in $here/../lib: was it unpacked as a whole?" >&2
  exit 2
fi

linked=$(ldd "$program" 2>/dev/null)
preload=
# take LIBRARY WORD: preloads it if the program is linked to a library with that word in its name.
take() {
  found=$(printf '%s\n' "$linked" | awk -v word="$2" 'index($1, word) { print $1; exit }')
  if [ ! -e "$libraries/$1" ]; then
    [ -z "$found" ] || echo "parkway: $program is linked to $found, but there is no $1 here" >&2
    return
  fi
  [ -n "$all" ] || [ -n "$found" ] || return 0
  preload=$preload${preload:+:}$libraries/$1
  echo "parkway: $1 for $program${found:+, which is linked to $found}" >&2
}
take libparkway_tbb.so libtbb
take libparkway_absl.so libabsl_synchronization
if [ -z "$preload" ]; then
  echo "parkway: $program is linked to neither oneTBB nor Abseil as a shared library: it runs as it is" >&2
  echo "parkway: if its plug-ins bring them, use --all" >&2
  [ -z "$require" ] || exit 86
fi

if [ -n "$preload" ]; then
  LD_PRELOAD=$preload${LD_PRELOAD:+:$LD_PRELOAD}
  export LD_PRELOAD
fi
if [ -n "$require" ]; then
  PARKWAY=require
  export PARKWAY
fi
shift
exec "$program" "$@"
