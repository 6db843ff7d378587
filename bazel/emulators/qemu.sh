#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# qemu.sh PROCESSOR FOLDER PROGRAM ARGUMENT...
emulator=qemu-$1 folder=$2
shift 2
if ! command -v "$emulator" >/dev/null; then
  echo "$emulator is not installed (Debian: qemu-user)" >&2
  exit 2
fi
if ! [ -d "$folder" ]; then
  echo "$folder, the C library for $emulator, is not installed (docs/guide/platforms.md)" >&2
  exit 2
fi
# For tests of what no emulator does.
export PARKWAY_EMULATOR=qemu
exec "$emulator" -L "$folder" "$@"
