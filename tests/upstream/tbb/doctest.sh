#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Runs a program of doctest's so that Bazel's test.xml has every test case. Argument: the program.
set -euo pipefail

readonly program=$1
status=0
if [ -z "${XML_OUTPUT_FILE:-}" ]; then
  "$program" || status=$?
else
  # Then doctest writes nothing else: what failed is in that file only.
  "$program" --reporters=junit "--out=$XML_OUTPUT_FILE" || status=$?
  [ $status = 0 ] || cat "$XML_OUTPUT_FILE"
fi
exit $status
