// SPDX-License-Identifier: Apache-2.0

  .text
  .globl parkway_test_registers_lost
  .type parkway_test_registers_lost, %function
parkway_test_registers_lost:
  .cfi_startproc
  hint #34
  stp x29, x30, [sp, #-176]!
  .cfi_adjust_cfa_offset 176
  .cfi_rel_offset x29, 0
  .cfi_rel_offset x30, 8
  stp x19, x20, [sp, #16]
  stp x21, x22, [sp, #32]
  stp x23, x24, [sp, #48]
  stp x25, x26, [sp, #64]
  stp x27, x28, [sp, #80]
  stp d8, d9, [sp, #96]
  stp d10, d11, [sp, #112]
  stp d12, d13, [sp, #128]
  stp d14, d15, [sp, #144]
  str x2, [sp, #160]
  mov x3, x0
  mov x0, x1
  .irp n, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29
  add x\n, x2, #\n
  .endr
  .irp n, 8, 9, 10, 11, 12, 13, 14, 15
  add x4, x2, #\n
  fmov d\n, x4
  .endr
  blr x3
  ldr x2, [sp, #160]
  mov w0, #0
  .irp n, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29
  add x4, x2, #\n
  cmp x4, x\n
  cinc w0, w0, ne
  .endr
  .irp n, 8, 9, 10, 11, 12, 13, 14, 15
  add x4, x2, #\n
  fmov x5, d\n
  cmp x4, x5
  cinc w0, w0, ne
  .endr
  ldp d14, d15, [sp, #144]
  ldp d12, d13, [sp, #128]
  ldp d10, d11, [sp, #112]
  ldp d8, d9, [sp, #96]
  ldp x27, x28, [sp, #80]
  ldp x25, x26, [sp, #64]
  ldp x23, x24, [sp, #48]
  ldp x21, x22, [sp, #32]
  ldp x19, x20, [sp, #16]
  ldp x29, x30, [sp], #176
  .cfi_adjust_cfa_offset -176
  .cfi_restore x29
  .cfi_restore x30
  ret
  .cfi_endproc
  .size parkway_test_registers_lost, . - parkway_test_registers_lost

  .section .note.GNU-stack, "", %progbits
