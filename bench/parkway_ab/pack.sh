#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# pack.sh OUT FILE...: a tar with the folder parkway-ab, which runs where it is unpacked.
set -euo pipefail

out=$1
shift
stage=$(mktemp -d)
trap 'rm -rf "$stage"' EXIT
root=$stage/parkway-ab

# put FILE PATH [MODE]
put() {
  install -D -m "${3:-644}" "$1" "$root/$2"
}

for file; do
  name=${file##*/}
  case $name in
    launch.py) put "$file" parkway-ab 755 ;;
    charts.json)
      # Without them --html asks npm.
      if grep -q '"reason"' "$file"; then
        echo "pack.sh: without what draws the page: $(cat "$file")" >&2
      else
        put "$file" "parkway_ab/$name"
      fi
      ;;
    page.css | page.js) put "$file" "parkway_ab/web/$name" ;;
    base.css | base.js | frame.html) put "$file" "web/$name" ;;
    *.py) put "$file" "parkway_ab/$name" ;;
    libparkway_*.so) put "$file" "lib/$name" 755 ;;
    LICENSE | README.md) put "$file" "$name" ;;
    *)
      echo "pack.sh: no place for $file" >&2
      exit 1
      ;;
  esac
done
tar --sort=name --owner=0 --group=0 --numeric-owner --mtime=@0 -C "$stage" -cf "$out" parkway-ab
