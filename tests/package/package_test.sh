#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The tar ($1) as people use it: with a compiler, pkg-config and CMake, and the command parkway on
# a program over oneTBB ($2).
set -euo pipefail
. tests/suites/expect.sh

tar -C "$scratch" -xf "$1"
root=$(echo "$scratch"/parkway-*)
examples=$PWD/examples
counted="counted to 4000"

for file in lib/libparkway.a lib/libparkway.so lib/libparkway_tbb.so lib/cmake/parkway/parkwayConfig.cmake \
  lib/pkgconfig/parkway-lock.pc include/parkway/mutex.h include/parkway/absl/mutex.h src/parkway/absl/mutex.cc \
  include/parkway/tbb/mutex.h bin/parkway share/doc/parkway/LICENSE; do
  [ -e "$root/$file" ] || fail "no $file in the package"
done
if find "$root" -name '*preload*' | grep .; then fail "these are of no use to anybody"; fi

# A compiler alone.
for library in libparkway.a libparkway.so; do
  succeeds "$library" g++ -std=c++17 -O2 -Wall -Wextra -Werror -I"$root/include" -o "$scratch/counter" \
    "$examples/cmake/counter.cc" "$root/lib/$library" -pthread -ldl
  prints "over $library" "$counted" env LD_LIBRARY_PATH="$root/lib" "$scratch/counter"
done

if command -v pkg-config >/dev/null; then
  cp -RL "$examples" "$scratch/examples"
  succeeds "make" env PKG_CONFIG_PATH="$root/lib/pkgconfig" make -C "$scratch/examples/make"
  prints "by pkg-config" "$counted" env LD_LIBRARY_PATH="$root/lib" "$scratch/examples/make/counter"
  for package in lock task absl; do
    succeeds "pkg-config parkway-$package" env PKG_CONFIG_PATH="$root/lib/pkgconfig" \
      pkg-config --cflags --libs "parkway-$package"
  done
else
  echo "skipped: there is no pkg-config here"
fi

if command -v cmake >/dev/null; then
  for shared in OFF ON; do
    succeeds "cmake" cmake -S "$examples/cmake" -B "$scratch/build$shared" -DCMAKE_PREFIX_PATH="$root" \
      -DPARKWAY_SHARED=$shared
    succeeds "cmake --build" cmake --build "$scratch/build$shared"
    for program in counter absl_counter tbb_counter; do
      if [ -x "$scratch/build$shared/$program" ]; then
        prints "$program by CMake" "$counted" "$scratch/build$shared/$program"
      else
        echo "skipped: CMake finds no host for $program"
      fi
    done
  done
  mkdir "$scratch/wrong"
  printf 'cmake_minimum_required(VERSION 3.13)\nproject(wrong CXX)\nfind_package(parkway REQUIRED COMPONENTS fibre)\n' \
    >"$scratch/wrong/CMakeLists.txt"
  ends 1 "there is no component fibre; there are lock, task, absl, tbb" \
    cmake -S "$scratch/wrong" -B "$scratch/wrong/build" -DCMAKE_PREFIX_PATH="$root"
else
  echo "skipped: there is no cmake here"
fi

# The command.
parkway=$root/bin/parkway
succeeds "help" "$parkway" --help
refuses 2 "no command" "$parkway"
refuses 2 "no command walk; there is one: run" "$parkway" walk true
refuses 2 "no program to run" "$parkway" run
refuses 2 "no option --fast" "$parkway" run --fast true
refuses 127 "no_such_program: not found" "$parkway" run no_such_program
succeeds "no host" "$parkway" run true
has err "true is linked to neither oneTBB nor Abseil as a shared library: it runs as it is"
refuses 86 "linked to neither" "$parkway" run --require true
ends 3 "linked to neither" "$parkway" run sh -c 'exit 3'
refuses 86 "PARKWAY=require, but no oneTBB of this process was taken over" "$parkway" run --all --require true
if [ $# -gt 1 ]; then
  succeeds "a program" env PARKWAY_STATS=1 "$parkway" run --require -- "$2"
  has err "libparkway_tbb.so for $2, which is linked to libtbb.so.12" "PARKWAY=on PARKWAY_TBB=waits"
fi

finish
