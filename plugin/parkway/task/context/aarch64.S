// SPDX-License-Identifier: Apache-2.0

// parkway/task/context/context.h on arm64 (AAPCS64).
//
// A suspended flow's stack, from its stack pointer up, 16 bytes a line: x19 and
// x20, x21 and x22, x23 and x24, x25 and x26, x27 and x28, x29 and x30 (where
// it goes on), d8 and d9, d10 and d11, d12 and d13, d14 and d15, FPCR.
//
// x30 lies there unsigned, also where the compiler signs return addresses
// (pointer authentication): who can write to a suspended stack can choose where
// it goes on. The functions begin with `bti c` (hint 34); it is by `ret` that a
// new flow begins, which branch target identification does not look at.

  .text

// void* parkway_make_context(void* top, void (*entry)(void*), void* argument)
  .p2align 4
  .globl parkway_make_context
  .type parkway_make_context, %function
parkway_make_context:
  .cfi_startproc
  hint #34
  and x0, x0, #-16
  sub x0, x0, #176
  adr x3, .Lstart
  mrs x4, fpcr
  stp x1, x2, [x0]  // x19 and x20
  stp xzr, xzr, [x0, #16]
  stp xzr, xzr, [x0, #32]
  stp xzr, xzr, [x0, #48]
  stp xzr, xzr, [x0, #64]
  stp xzr, x3, [x0, #80]  // x29 and x30
  stp xzr, xzr, [x0, #96]
  stp xzr, xzr, [x0, #112]
  stp xzr, xzr, [x0, #128]
  stp xzr, xzr, [x0, #144]
  stp x4, xzr, [x0, #160]
  ret
  .cfi_endproc
  .size parkway_make_context, . - parkway_make_context

// A new flow's first instruction. Unwinding ends here: it has no caller.
  .p2align 4
  .type .Lstart, %function
.Lstart:
  .cfi_startproc
  .cfi_undefined x30
  mov x0, x20
  blr x19
  brk #1
  .cfi_endproc
  .size .Lstart, . - .Lstart

// void parkway_switch_context(void** from, void* to)
  .p2align 4
  .globl parkway_switch_context
  .type parkway_switch_context, %function
parkway_switch_context:
  .cfi_startproc
  hint #34
  sub sp, sp, #176
  .cfi_adjust_cfa_offset 176
  stp x19, x20, [sp]
  .cfi_rel_offset x19, 0
  .cfi_rel_offset x20, 8
  stp x21, x22, [sp, #16]
  .cfi_rel_offset x21, 16
  .cfi_rel_offset x22, 24
  stp x23, x24, [sp, #32]
  .cfi_rel_offset x23, 32
  .cfi_rel_offset x24, 40
  stp x25, x26, [sp, #48]
  .cfi_rel_offset x25, 48
  .cfi_rel_offset x26, 56
  stp x27, x28, [sp, #64]
  .cfi_rel_offset x27, 64
  .cfi_rel_offset x28, 72
  stp x29, x30, [sp, #80]
  .cfi_rel_offset x29, 80
  .cfi_rel_offset x30, 88
  stp d8, d9, [sp, #96]
  stp d10, d11, [sp, #112]
  stp d12, d13, [sp, #128]
  stp d14, d15, [sp, #144]
  mrs x9, fpcr
  str x9, [sp, #160]

  mov x9, sp
  str x9, [x0]
  // The other stack is laid out the same, so that what the unwinder is told
  // stays right.
  mov sp, x1

  ldr x9, [sp, #160]
  mrs x10, fpcr
  // Writing it waits for all that is in flight.
  cmp x9, x10
  b.eq 1f
  msr fpcr, x9
1:
  ldp d14, d15, [sp, #144]
  ldp d12, d13, [sp, #128]
  ldp d10, d11, [sp, #112]
  ldp d8, d9, [sp, #96]
  ldp x29, x30, [sp, #80]
  .cfi_restore x29
  .cfi_restore x30
  ldp x27, x28, [sp, #64]
  .cfi_restore x27
  .cfi_restore x28
  ldp x25, x26, [sp, #48]
  .cfi_restore x25
  .cfi_restore x26
  ldp x23, x24, [sp, #32]
  .cfi_restore x23
  .cfi_restore x24
  ldp x21, x22, [sp, #16]
  .cfi_restore x21
  .cfi_restore x22
  ldp x19, x20, [sp]
  .cfi_restore x19
  .cfi_restore x20
  add sp, sp, #176
  .cfi_adjust_cfa_offset -176
  ret
  .cfi_endproc
  .size parkway_switch_context, . - parkway_switch_context

// bool parkway_shadow_stack_is_on()
  .p2align 4
  .globl parkway_shadow_stack_is_on
  .type parkway_shadow_stack_is_on, %function
parkway_shadow_stack_is_on:
  .cfi_startproc
  hint #34
  mov x16, #1
  // chkfeat x16: clears bit 0 if there is one, and is a hint without effect on
  // processors that know of none.
  hint #40
  eor w0, w16, #1
  ret
  .cfi_endproc
  .size parkway_shadow_stack_is_on, . - parkway_shadow_stack_is_on

  .section .note.GNU-stack, "", %progbits
