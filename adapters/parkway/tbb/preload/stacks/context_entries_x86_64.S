// SPDX-License-Identifier: Apache-2.0

// See context_entries.h. x86-64 (System V); r10 and r11 are the caller's to lose.

  .text

.macro parkway_context_entry symbol, number
  .p2align 4
  .globl \symbol
  .type \symbol, @function
\symbol:
  .cfi_startproc
  endbr64
  movq parkway_context_callers + 8(%rip), %r10
  movq (%rsp), %r11
  subq parkway_context_callers(%rip), %r11
  cmpq %r10, %r11
  jb parkway_own_\symbol
  movl $\number, %r11d
  jmp .Lgo_on
  .cfi_endproc
  .size \symbol, . - \symbol
.endm

parkway_context_entry getcontext, 0
parkway_context_entry makecontext, 1
parkway_context_entry swapcontext, 2

  .p2align 4
  .type .Lgo_on, @function
.Lgo_on:
  .cfi_startproc
  subq $56, %rsp
  .cfi_adjust_cfa_offset 56
  movq %rdi, 0(%rsp)
  movq %rsi, 8(%rsp)
  movq %rdx, 16(%rsp)
  movq %rcx, 24(%rsp)
  movq %r8, 32(%rsp)
  movq %r9, 40(%rsp)
  // The number of vector registers that a function with `...` got.
  movq %rax, 48(%rsp)
  movl %r11d, %edi
  movq 56(%rsp), %rsi
  call parkway_context_function
  movq %rax, %r11
  movq 0(%rsp), %rdi
  movq 8(%rsp), %rsi
  movq 16(%rsp), %rdx
  movq 24(%rsp), %rcx
  movq 32(%rsp), %r8
  movq 40(%rsp), %r9
  movq 48(%rsp), %rax
  addq $56, %rsp
  .cfi_adjust_cfa_offset -56
  jmp *%r11
  .cfi_endproc
  .size .Lgo_on, . - .Lgo_on

  .section .note.GNU-stack, "", %progbits
