#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Proves that a check ($1) can fail, then runs it with the other arguments.
set -euo pipefail

check=$1
shift
python3 -B "$check" --self-test
python3 -B "$check" "$@"
