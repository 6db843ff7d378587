#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# deb.sh OUT VERSION FILE...: a Debian package with the preload libraries and the command parkway.
set -euo pipefail

out=$1 version=$2
shift 2
if ! command -v dpkg-deb >/dev/null; then
  echo "deb.sh: needs dpkg-deb, which Debian's package dpkg has" >&2
  exit 1
fi
stage=$(mktemp -d)
trap 'rm -rf "$stage"' EXIT
chmod 755 "$stage"
architecture=$(dpkg-deb --help >/dev/null && dpkg --print-architecture)
for file; do
  case $file in
    *.so) install -D -m 644 "$file" "$stage/usr/lib/parkway/${file##*/}" ;;
    */parkway.sh) install -D -m 755 "$file" "$stage/usr/bin/parkway" ;;
    */control)
      mkdir -p "$stage/DEBIAN"
      sed -e "s/@VERSION@/$version/" -e "s/@ARCHITECTURE@/$architecture/" "$file" | grep -v '^#' \
        >"$stage/DEBIAN/control"
      ;;
    *LICENSE) install -D -m 644 "$file" "$stage/usr/share/doc/libparkway-preload/copyright" ;;
  esac
done
find "$stage" -exec touch -d @0 {} +
SOURCE_DATE_EPOCH=0 dpkg-deb --root-owner-group --build "$stage" "$out" >/dev/null
