// SPDX-License-Identifier: Apache-2.0

// parkway/task/context/context.h on x86-64 (System V).
//
// A suspended flow's stack, from its stack pointer up: MXCSR (4 bytes) and the
// x87 control word, r15, r14, r13, r12, rbx, rbp, and where it goes on.
//
// No note says that this is for shadow stacks, so the linker marks no program
// with it as made for them. endbr64 is for indirect branch tracking.

  .text

// void* parkway_make_context(void* top, void (*entry)(void*), void* argument)
  .p2align 4
  .globl parkway_make_context
  .type parkway_make_context, @function
parkway_make_context:
  .cfi_startproc
  endbr64
  andq $-16, %rdi
  // Aligned, as at every call, when .Lstart calls. Two words of zeroes above it
  // are for those who follow frame pointers.
  leaq -80(%rdi), %rax
  stmxcsr 0(%rax)
  fnstcw 4(%rax)
  xorl %ecx, %ecx
  movq %rcx, 8(%rax)
  movq %rcx, 16(%rax)
  movq %rcx, 24(%rax)
  movq %rdx, 32(%rax)  // r12
  movq %rsi, 40(%rax)  // rbx
  movq %rcx, 48(%rax)
  leaq .Lstart(%rip), %rdx
  movq %rdx, 56(%rax)
  movq %rcx, 64(%rax)
  movq %rcx, 72(%rax)
  ret
  .cfi_endproc
  .size parkway_make_context, . - parkway_make_context

// A new flow's first instruction. Unwinding ends here: it has no caller.
  .p2align 4
  .type .Lstart, @function
.Lstart:
  .cfi_startproc
  .cfi_undefined rip
  movq %r12, %rdi
  call *%rbx
  ud2
  .cfi_endproc
  .size .Lstart, . - .Lstart

// void parkway_switch_context(void** from, void* to)
  .p2align 4
  .globl parkway_switch_context
  .type parkway_switch_context, @function
parkway_switch_context:
  .cfi_startproc
  endbr64
  pushq %rbp
  .cfi_adjust_cfa_offset 8
  .cfi_rel_offset rbp, 0
  pushq %rbx
  .cfi_adjust_cfa_offset 8
  .cfi_rel_offset rbx, 0
  pushq %r12
  .cfi_adjust_cfa_offset 8
  .cfi_rel_offset r12, 0
  pushq %r13
  .cfi_adjust_cfa_offset 8
  .cfi_rel_offset r13, 0
  pushq %r14
  .cfi_adjust_cfa_offset 8
  .cfi_rel_offset r14, 0
  pushq %r15
  .cfi_adjust_cfa_offset 8
  .cfi_rel_offset r15, 0
  subq $8, %rsp
  .cfi_adjust_cfa_offset 8
  stmxcsr 0(%rsp)
  fnstcw 4(%rsp)

  movl 0(%rsp), %eax
  movzwl 4(%rsp), %ecx

  movq %rsp, (%rdi)
  // The other stack is laid out the same, so that what the unwinder is told
  // stays right.
  movq %rsi, %rsp

  // Loading one takes as long as the rest together, and they hardly ever
  // differ.
  cmpl %eax, 0(%rsp)
  jne 3f
1:
  cmpw %cx, 4(%rsp)
  jne 4f
2:
  .cfi_remember_state
  addq $8, %rsp
  .cfi_adjust_cfa_offset -8
  popq %r15
  .cfi_adjust_cfa_offset -8
  .cfi_restore r15
  popq %r14
  .cfi_adjust_cfa_offset -8
  .cfi_restore r14
  popq %r13
  .cfi_adjust_cfa_offset -8
  .cfi_restore r13
  popq %r12
  .cfi_adjust_cfa_offset -8
  .cfi_restore r12
  popq %rbx
  .cfi_adjust_cfa_offset -8
  .cfi_restore rbx
  popq %rbp
  .cfi_adjust_cfa_offset -8
  .cfi_restore rbp
  ret

  .cfi_restore_state
3:
  ldmxcsr 0(%rsp)
  jmp 1b
4:
  fldcw 4(%rsp)
  jmp 2b
  .cfi_endproc
  .size parkway_switch_context, . - parkway_switch_context

// bool parkway_shadow_stack_is_on()
  .p2align 4
  .globl parkway_shadow_stack_is_on
  .type parkway_shadow_stack_is_on, @function
parkway_shadow_stack_is_on:
  .cfi_startproc
  endbr64
  xorl %eax, %eax
  // Does nothing where there is none, on older processors as well.
  rdsspq %rax
  testq %rax, %rax
  setne %al
  movzbl %al, %eax
  ret
  .cfi_endproc
  .size parkway_shadow_stack_is_on, . - parkway_shadow_stack_is_on

  .section .note.GNU-stack, "", %progbits
