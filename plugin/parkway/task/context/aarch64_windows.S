// SPDX-License-Identifier: Apache-2.0

// parkway/task/context/context.h on arm64 with Windows' calling convention.
//
// A suspended flow's stack, from its stack pointer up, 16 bytes a line: x19 and
// x20, x21 and x22, x23 and x24, x25 and x26, x27 and x28, x29 and x30 (where
// it goes on), d8 and d9, d10 and d11, d12 and d13, d14 and d15, FPCR and what
// the thread's environment block has to say of the stack: its end, the lowest
// byte that has memory, the lowest byte of all, and the list of handlers.
//
// The block (x18, which nobody else uses) has these at 0x08, 0x10, 0x1478, 0x00.
// x86_64_windows.S says what they are for, and what the .seh_ lines are.
//
// x30 lies there unsigned, and the functions begin with `bti c`: see aarch64.inc.

  .text

// void* parkway_make_context(void* top, void (*entry)(void*), void* argument,
//                            void* bottom)
  .p2align 4
  .globl parkway_make_context
  .def parkway_make_context
  .scl 2
  .type 32
  .endef
  .seh_proc parkway_make_context
parkway_make_context:
  .seh_endprologue
  hint #34
  mov x6, x0
  and x0, x0, #-16
  sub x0, x0, #208
  adr x4, .Lstart
  mrs x5, fpcr
  stp x1, x2, [x0]  // x19 and x20
  stp xzr, xzr, [x0, #16]
  stp xzr, xzr, [x0, #32]
  stp xzr, xzr, [x0, #48]
  stp xzr, xzr, [x0, #64]
  stp xzr, x4, [x0, #80]  // x29 and x30
  stp xzr, xzr, [x0, #96]
  stp xzr, xzr, [x0, #112]
  stp xzr, xzr, [x0, #128]
  stp xzr, xzr, [x0, #144]
  stp x5, x6, [x0, #160]
  stp x3, x3, [x0, #176]
  mov x5, #-1  // the list's end
  stp x5, xzr, [x0, #192]
  ret
  .seh_endproc

// For exceptions that nobody in a flow handles: see x86_64_windows.S.
// EXCEPTION_DISPOSITION .Lunhandled(EXCEPTION_RECORD* record, void* frame,
//                                   CONTEXT* context, void*)
  .p2align 4
  .def .Lunhandled
  .scl 3
  .type 32
  .endef
  .seh_proc .Lunhandled
.Lunhandled:
  stp x29, x30, [sp, #-32]!
  .seh_save_fplr_x 32
  .seh_endprologue
  ldr w9, [x0, #4]
  tst w9, #6  // EXCEPTION_UNWINDING, EXCEPTION_EXIT_UNWIND
  b.ne 1f
  stp x0, x2, [sp, #16]
  add x0, sp, #16
  adrp x9, __imp_UnhandledExceptionFilter
  ldr x9, [x9, :lo12:__imp_UnhandledExceptionFilter]
  blr x9
  cmp w0, #1  // EXCEPTION_EXECUTE_HANDLER
  b.eq 3f
  add w0, w0, #1
  b 2f
1:
  mov w0, #1  // ExceptionContinueSearch
2:
  ldp x29, x30, [sp], #32
  ret
3:
  ldr x9, [sp, #16]
  ldr w1, [x9]
  mov x0, #-1
  adrp x9, __imp_TerminateProcess
  ldr x9, [x9, :lo12:__imp_TerminateProcess]
  blr x9
  brk #1
  .seh_endproc

// A new flow's first instruction. Unwinding ends here: it has no caller.
  .p2align 4
  .def .Lstart
  .scl 3
  .type 32
  .endef
  .seh_proc .Lstart
  .seh_handler .Lunhandled, @except
.Lstart:
  mov x30, #0
  .seh_nop
  stp x29, x30, [sp, #-16]!
  .seh_save_fplr_x 16
  .seh_endprologue
  mov x0, x20
  blr x19
  brk #1
  .seh_endproc

// void parkway_switch_context(void** from, void* to)
  .p2align 4
  .globl parkway_switch_context
  .def parkway_switch_context
  .scl 2
  .type 32
  .endef
  .seh_proc parkway_switch_context
parkway_switch_context:
  hint #34
  .seh_nop
  sub sp, sp, #208
  .seh_stackalloc 208
  stp x19, x20, [sp]
  .seh_save_regp x19, 0
  stp x21, x22, [sp, #16]
  .seh_save_regp x21, 16
  stp x23, x24, [sp, #32]
  .seh_save_regp x23, 32
  stp x25, x26, [sp, #48]
  .seh_save_regp x25, 48
  stp x27, x28, [sp, #64]
  .seh_save_regp x27, 64
  stp x29, x30, [sp, #80]
  .seh_save_fplr 80
  stp d8, d9, [sp, #96]
  .seh_save_fregp d8, 96
  stp d10, d11, [sp, #112]
  .seh_save_fregp d10, 112
  stp d12, d13, [sp, #128]
  .seh_save_fregp d12, 128
  stp d14, d15, [sp, #144]
  .seh_save_fregp d14, 144
  .seh_endprologue
  mrs x9, fpcr
  ldr x10, [x18, #0x08]
  stp x9, x10, [sp, #160]
  ldr x10, [x18, #0x10]
  ldr x11, [x18, #0x1478]
  stp x10, x11, [sp, #176]
  ldr x10, [x18]
  str x10, [sp, #192]

  mov x10, sp
  str x10, [x0]
  // The other stack is laid out the same, so that what the unwinder is told
  // stays right.
  mov sp, x1

  ldp x10, x11, [sp, #160]
  str x11, [x18, #0x08]
  // Writing it waits for all that is in flight.
  cmp x10, x9
  b.eq 1f
  msr fpcr, x10
1:
  ldp x10, x11, [sp, #176]
  str x10, [x18, #0x10]
  str x11, [x18, #0x1478]
  ldr x10, [sp, #192]
  str x10, [x18]
  ldp d14, d15, [sp, #144]
  ldp d12, d13, [sp, #128]
  ldp d10, d11, [sp, #112]
  ldp d8, d9, [sp, #96]
  ldp x29, x30, [sp, #80]
  ldp x27, x28, [sp, #64]
  ldp x25, x26, [sp, #48]
  ldp x23, x24, [sp, #32]
  ldp x21, x22, [sp, #16]
  ldp x19, x20, [sp]
  add sp, sp, #208
  ret
  .seh_endproc

// bool parkway_shadow_stack_is_on()
  .p2align 4
  .globl parkway_shadow_stack_is_on
  .def parkway_shadow_stack_is_on
  .scl 2
  .type 32
  .endef
  .seh_proc parkway_shadow_stack_is_on
parkway_shadow_stack_is_on:
  .seh_endprologue
  hint #34
  mov x16, #1
  // chkfeat x16: clears bit 0 if there is one, and is a hint without effect on
  // processors that know of none.
  hint #40
  eor w0, w16, #1
  ret
  .seh_endproc
