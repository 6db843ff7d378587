#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# What skipped_test (skipped.bzl) runs: prints the reason and leaves it in Bazel's test.xml.
set -euo pipefail

echo "SKIPPED: $PARKWAY_SKIP_REASON"
escaped=${PARKWAY_SKIP_REASON//&/&amp;}
escaped=${escaped//</&lt;}
escaped=${escaped//\"/&quot;}
cat >"${XML_OUTPUT_FILE:-/dev/null}" <<XML
<?xml version="1.0" encoding="UTF-8"?>
<testsuites>
  <testsuite name="${TEST_TARGET:-skipped}" tests="1" skipped="1">
    <testcase name="${TEST_TARGET:-skipped}"><skipped message="$escaped"/></testcase>
  </testsuite>
</testsuites>
XML
