#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
echo "the Zig distribution has no such tool (gcov, nm, objdump, strip)" >&2
exit 2
