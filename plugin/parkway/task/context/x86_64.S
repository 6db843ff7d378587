// SPDX-License-Identifier: Apache-2.0

// parkway/task/context/x86_64.inc for ELF: Linux and the BSDs.

  .macro function name
  .p2align 4
  .globl \name
  .type \name, @function
\name:
  .cfi_startproc
  .endm

  .macro local_function name
  .p2align 4
  .type \name, @function
\name:
  .cfi_startproc
  .endm

  .macro end_function name
  .cfi_endproc
  .size \name, . - \name
  .endm

#define START .Lstart
#include "parkway/task/context/x86_64.inc"

  .section .note.GNU-stack, "", @progbits
