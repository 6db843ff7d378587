#!/bin/sh
echo "bazel coverage needs Bazel's coverage tools, which only a machine with internet gets" >&2
exit 1
