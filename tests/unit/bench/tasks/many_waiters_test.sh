#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# parkway ends; stock is still waiting when its time is up.
set -u
program=$1
limit_s=8

"$program" parkway || { echo "FAILED: parkway did not serve all"; exit 1; }
timeout "$limit_s" "$program" stock
code=$?
if [ $code -ne 124 ]; then
  echo "FAILED: stock ended with $code within $limit_s s; a deadlock was expected"
  exit 1
fi
echo "stock: still waiting after $limit_s s"
