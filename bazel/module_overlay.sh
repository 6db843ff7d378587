#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Overlays the unpacked sources of Abseil or oneTBB, in whose root it is called: what absl_overlay and
# tbb_overlay do in a repository of their own (see absl_overlay.bzl, tbb_overlay.bzl), for a module that
# other modules depend on. module_overlay.patch brings it there; docs/guide/building.md has the lines.
set -eu

die() {
  echo "parkway's module_overlay.sh: $*" >&2
  exit 1
}

# edit FILE SED-ARGUMENT...: changes the file, or ends.
edit() {
  file=$1
  shift
  sed "$@" "$file" >"$file.new"
  if cmp -s "$file" "$file.new"; then die "$file has another layout than the versions that are known"; fi
  mv "$file.new" "$file"
}

overlay_absl() {
  cd absl/synchronization
  mkdir stock
  for name in barrier blocking_counter mutex notification; do
    for file in $name.h $name.cc; do
      [ "$(grep -c "\"$file\"" BUILD.bazel)" = 1 ] || die "absl/synchronization/BUILD.bazel does not have $file just once"
      mv $file stock
      edit BUILD.bazel "s/\"$file\"/\":overlaid_$file\"/"
    done
  done
  edit BUILD.bazel '/name = "synchronization"/,/^)/s|^    deps = \[|&\
        "@parkway//adapters/parkway/absl:overlay_deps",|'
  { echo 'load("@parkway//bazel:overlaid.bzl", "overlaid_files")' && cat BUILD.bazel &&
    echo && echo 'overlaid_files(name = "overlaid")'; } >BUILD.new
  mv BUILD.new BUILD.bazel
  cd ../..
}

# either NAME LINES STOCK: a header with these lines where the mutexes are parkway's, else upstream's.
either() {
  printf '%s\n' "// Generated, see bazel/module_overlay.sh in parkway." '#ifdef PARKWAY_IS_TBB' "$2" '#else' \
    "#include \"$3\"" '#endif' >"$1"
}

overlay_tbb() {
  if sed -n '/name = "tbb",/,/^)/p' BUILD.bazel | grep -q '^    deps = '; then
    die "the target tbb has deps, which no known version has"
  fi
  edit BUILD.bazel 's|^    name = "tbb",|&\
    features = ["-parse_headers"],\
    deps = ["@parkway//adapters/parkway/tbb:overlay_deps"],|'
  cd include/oneapi/tbb
  for name in mutex queuing_mutex queuing_rw_mutex rw_mutex spin_mutex spin_rw_mutex; do
    mv $name.h _stock_$name.h
    either $name.h "$(grep '^#include ' _stock_$name.h | grep -v _rtm)
#include \"parkway/tbb/overlay/$name.h\"" _stock_$name.h
  done
  for name in mutex rw_mutex; do
    mv detail/_rtm_$name.h detail/_stock_rtm_$name.h
    either detail/_rtm_$name.h "#include \"../spin_$name.h\"" _stock_rtm_$name.h
  done
  cd ../../../src/tbb
  mv queuing_rw_mutex.cpp _stock_queuing_rw_mutex.h
  cat >queuing_rw_mutex.cpp <<'H'
// Generated, see bazel/module_overlay.sh in parkway.
#define PARKWAY_TBB_STOCK_QUEUING_RW_MUTEX
#include "_stock_queuing_rw_mutex.h"
H
  mv co_context.h _stock_co_context.h
  cat >co_context.h <<'H'
// Generated, see bazel/module_overlay.sh in parkway.
#include "oneapi/tbb/detail/_config.h"
#if defined(PARKWAY_TBB_STACKS) && __TBB_RESUMABLE_TASKS && !__TBB_RESUMABLE_TASKS_USE_THREADS
#include "governor.h"
#include "parkway/tbb/overlay/co_context.h"
#else
#include "_stock_co_context.h"
#endif
H
  cd ../..
}

[ -f MODULE.bazel ] || die "no MODULE.bazel here, in the root of the module. Abseil has one since 20240116, oneTBB since \
2021.12; for an older one add the registry's first"
if [ -f absl/synchronization/mutex.h ]; then
  overlay_absl
elif [ -f src/tbb/co_context.h ]; then
  overlay_tbb
else
  die "neither Abseil's sources nor oneTBB's (2021.6 or later), or they are overlaid already"
fi
echo 'bazel_dep(name = "parkway", version = "0.1.0")' >>MODULE.bazel
