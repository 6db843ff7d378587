// SPDX-License-Identifier: Apache-2.0

// parkway/task/context/aarch64.inc for ELF: Linux and the BSDs.

  .macro function name
  .p2align 4
  .globl \name
  .type \name, %function
\name:
  .cfi_startproc
  .endm

  .macro local_function name
  .p2align 4
  .type \name, %function
\name:
  .cfi_startproc
  .endm

  .macro end_function name
  .cfi_endproc
  .size \name, . - \name
  .endm

  .macro address_of_start register
  adr \register, .Lstart
  .endm

#define START .Lstart
#include "parkway/task/context/aarch64.inc"

  .section .note.GNU-stack, "", %progbits
