// SPDX-License-Identifier: Apache-2.0

// parkway/task/context/aarch64.inc for Mach-O: macOS and its relatives. Names have
// an underscore in front, and the linker takes the code apart at names: so what
// a new flow begins with has a name as well, and nobody falls into it.

  .macro function name
  .p2align 4
  .globl _\name
_\name:
  .cfi_startproc
  .endm

  .macro local_function name
  .p2align 4
\name:
  .cfi_startproc
  .endm

  .macro end_function name
  .cfi_endproc
  .endm

  .macro address_of_start register
  adrp \register, _parkway_context_start@PAGE
  add \register, \register, _parkway_context_start@PAGEOFF
  .endm

#define START _parkway_context_start
#include "parkway/task/context/aarch64.inc"

  .subsections_via_symbols
