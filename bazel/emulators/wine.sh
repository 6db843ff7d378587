#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# wine.sh PROGRAM ARGUMENT...
# Each test has a Windows of its own, a copy of one that is made once: that is faster than to make it, and one that
# several used would end with the sandbox of the test that came first.
set -euo pipefail

wine=$(command -v wine64 || command -v wine || true)
[ -n "$wine" ] || wine=/usr/lib/wine/wine64
if ! [ -x "$wine" ]; then
  echo "wine64 is not installed (Debian: wine64)" >&2
  exit 2
fi
server=$(command -v wineserver || command -v wineserver64 || echo "$(dirname "$(readlink -f "$wine")")/wineserver64")

readonly shared=/tmp/parkway-wine-$(id -u)
mkdir -p -m 700 "$shared"
if [ -L "$shared" ] || ! [ -O "$shared" ]; then
  echo "$shared, the folder for Wine's files, is not this user's" >&2
  exit 2
fi
# No messages, no browser, no .NET, no menu entries; and no display, which Wine would look for. No debugger: beside it
# a program that crashed can end with status 0.
export WINEDEBUG=-all WINEDLLOVERRIDES="mscoree,mshtml=;winemenubuilder.exe,winedbg.exe=d"
unset DISPLAY
version=$("$wine" --version)
readonly first=$shared/${version//[^A-Za-z0-9.-]/_}
(
  flock 9
  if ! [ -d "$first" ]; then
    rm -rf "$first.new"
    WINEPREFIX=$first.new "$wine" wineboot --init </dev/null >/dev/null 2>&1
    WINEPREFIX=$first.new "$server" -w
    mv "$first.new" "$first"
  fi
) 9>"$shared/lock"

work=$(mktemp -d "$shared/test.XXXXXX")
cleanup() {
  "$server" -k 2>/dev/null || true
  rm -rf "$work"
}
trap cleanup EXIT
export WINEPREFIX=$work/prefix
mkdir "$WINEPREFIX"
# 700 MB of libraries, which nothing writes to, as hard links. Wine writes the registry in place.
cp -al "$first/drive_c" "$WINEPREFIX"
cp -a "$first/dosdevices" "$first"/*.reg "$first/.update-timestamp" "$WINEPREFIX"

# Paths that programs are handed in variables, as Windows has them.
for variable in TEST_TMPDIR TEST_SRCDIR XML_OUTPUT_FILE TEST_PREMATURE_EXIT_FILE TEST_SHARD_STATUS_FILE \
  TEST_UNDECLARED_OUTPUTS_DIR TEST_WARNINGS_OUTPUT_FILE; do
  path=${!variable:-}
  case $path in
    /*) export "$variable=Z:${path//\//\\}" ;;
  esac
done
# A path of a sandbox can be longer than the 260 characters that Windows has for a program that starts itself again.
program=$work/$(basename "$1")
ln -s "$(realpath "$1")" "$program"
shift
status=0
"$wine" "$program" "$@" || status=$?
exit "$status"
