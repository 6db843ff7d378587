#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# pack.sh OUT FOLDER VERSION FILE...: a tar of the files, in a folder of that name, as CMake,
# pkg-config and a compiler want them.
set -euo pipefail

out=$1 folder=$2 version=$3
shift 3
stage=$(mktemp -d)
trap 'rm -rf "$stage"' EXIT
root=$stage/$folder

# put FILE PATH [MODE]
put() {
  install -D -m "${3:-644}" "$1" "$root/$2"
}

for file; do
  # Below the folder that is on the include path.
  path=parkway/${file#*/parkway/}
  case $file in
    *adapters/parkway/*/preload/*.h | *adapters/parkway/preload/*.h | *adapters/parkway/*/overlay/*) ;;
    *plugin/parkway/*.h | *adapters/parkway/*.h) put "$file" "include/$path" ;;
    *adapters/parkway/*.cc) put "$file" "src/$path" ;;
    */libparkway.so) put "$file" lib/libparkway.so.0 755 && ln -s libparkway.so.0 "$root/lib/libparkway.so" ;;
    */libparkway*.so) put "$file" "lib/${file##*/}" 755 ;;
    */libparkway.a) put "$file" lib/libparkway.a ;;
    *.cmake) sed "s/@VERSION@/$version/" "$file" >"$stage/text" && put "$stage/text" "lib/cmake/parkway/${file##*/}" ;;
    *.pc) sed "s/@VERSION@/$version/" "$file" >"$stage/text" && put "$stage/text" "lib/pkgconfig/${file##*/}" ;;
    */parkway.sh) put "$file" bin/parkway 755 ;;
    *LICENSE | *README.md) put "$file" "share/doc/parkway/${file##*/}" ;;
    *)
      echo "pack.sh: no place for $file" >&2
      exit 1
      ;;
  esac
done
cat >"$stage/text" <<CMAKE
set(PACKAGE_VERSION $version)
if(PACKAGE_FIND_VERSION VERSION_GREATER PACKAGE_VERSION)
  set(PACKAGE_VERSION_COMPATIBLE FALSE)
else()
  set(PACKAGE_VERSION_COMPATIBLE TRUE)
  if(PACKAGE_FIND_VERSION VERSION_EQUAL PACKAGE_VERSION)
    set(PACKAGE_VERSION_EXACT TRUE)
  endif()
endif()
CMAKE
put "$stage/text" lib/cmake/parkway/parkwayConfigVersion.cmake
tar --sort=name --owner=0 --group=0 --numeric-owner --mtime=@0 -C "$stage" -cf "$out" "$folder"
