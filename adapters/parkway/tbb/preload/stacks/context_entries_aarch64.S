// SPDX-License-Identifier: Apache-2.0

// See context_entries.h. arm64 (AAPCS64); x16 and x17 are the caller's to lose.

  .text

.macro parkway_context_entry symbol, number
  .p2align 4
  .globl \symbol
  .type \symbol, %function
\symbol:
  .cfi_startproc
  hint #34
  adrp x16, parkway_context_callers
  add x16, x16, :lo12:parkway_context_callers
  add x17, x16, #8
  ldar x17, [x17]
  ldr x16, [x16]
  sub x16, x30, x16
  cmp x16, x17
  b.hs 1f
  b parkway_own_\symbol
1:
  mov w16, #\number
  b .Lgo_on
  .cfi_endproc
  .size \symbol, . - \symbol
.endm

parkway_context_entry getcontext, 0
parkway_context_entry makecontext, 1
parkway_context_entry swapcontext, 2

  .p2align 4
  .type .Lgo_on, %function
.Lgo_on:
  .cfi_startproc
  stp x29, x30, [sp, #-80]!
  .cfi_adjust_cfa_offset 80
  .cfi_rel_offset x29, 0
  .cfi_rel_offset x30, 8
  stp x0, x1, [sp, #16]
  stp x2, x3, [sp, #32]
  stp x4, x5, [sp, #48]
  stp x6, x7, [sp, #64]
  mov w0, w16
  mov x1, x30
  bl parkway_context_function
  mov x16, x0
  ldp x6, x7, [sp, #64]
  ldp x4, x5, [sp, #48]
  ldp x2, x3, [sp, #32]
  ldp x0, x1, [sp, #16]
  ldp x29, x30, [sp], #80
  .cfi_adjust_cfa_offset -80
  .cfi_restore x29
  .cfi_restore x30
  br x16
  .cfi_endproc
  .size .Lgo_on, . - .Lgo_on

  .section .note.GNU-stack, "", %progbits
