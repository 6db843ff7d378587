#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The Debian package ($1): what is in it, and that the command parkway finds the libraries.
set -euo pipefail
. tests/suites/expect.sh

if ! command -v dpkg-deb >/dev/null; then
  echo "skipped: there is no dpkg-deb here"
  exit 0
fi
succeeds "its name" dpkg-deb --field "$1" Package Version
has out "^Package: libparkway-preload$" "^Version: [0-9]"
succeeds "unpacking" dpkg-deb --extract "$1" "$scratch/root"
[ -e "$scratch/root/usr/lib/parkway/libparkway_tbb.so" ] || fail "no libparkway_tbb.so"
succeeds "its command" "$scratch/root/usr/bin/parkway" run --all true
has err "libparkway_tbb.so for "
finish
