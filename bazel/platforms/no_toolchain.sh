#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
echo "parkway has no C++ toolchain for this system yet: docs/guide/building.md" >&2
exit 2
