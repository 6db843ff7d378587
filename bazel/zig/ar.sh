#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# zig ar. repository.bzl puts a copy beside Zig and writes @ROOT@.
exec "@ROOT@/zig/bin/zig" ar "$@"
