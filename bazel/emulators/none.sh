#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
echo "$1 is for a system that nothing here runs: it can be built and linked (docs/guide/platforms.md)" >&2
exit 2
