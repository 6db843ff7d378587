#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
echo "no C++ toolchain for this system is registered: use --config=NAME in place of --platforms," \
  "see docs/guide/platforms.md" >&2
exit 2
