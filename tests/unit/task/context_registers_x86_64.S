// SPDX-License-Identifier: Apache-2.0

  .text
  .globl parkway_test_registers_lost
  .type parkway_test_registers_lost, @function
parkway_test_registers_lost:
  .cfi_startproc
  pushq %rbp
  .cfi_adjust_cfa_offset 8
  pushq %rbx
  .cfi_adjust_cfa_offset 8
  pushq %r12
  .cfi_adjust_cfa_offset 8
  pushq %r13
  .cfi_adjust_cfa_offset 8
  pushq %r14
  .cfi_adjust_cfa_offset 8
  pushq %r15
  .cfi_adjust_cfa_offset 8
  pushq %rdx
  .cfi_adjust_cfa_offset 8
  movq %rdi, %rax
  movq %rsi, %rdi
  leaq 0(%rdx), %rbp
  leaq 1(%rdx), %rbx
  leaq 2(%rdx), %r12
  leaq 3(%rdx), %r13
  leaq 4(%rdx), %r14
  leaq 5(%rdx), %r15
  call *%rax
  movq 0(%rsp), %rdx
  xorl %eax, %eax
  .set offset, 0
  .irp register, rbp, rbx, r12, r13, r14, r15
  leaq offset(%rdx), %rcx
  cmpq %rcx, %\register
  setne %cl
  movzbl %cl, %ecx
  addl %ecx, %eax
  .set offset, offset + 1
  .endr
  popq %rdx
  .cfi_adjust_cfa_offset -8
  popq %r15
  .cfi_adjust_cfa_offset -8
  popq %r14
  .cfi_adjust_cfa_offset -8
  popq %r13
  .cfi_adjust_cfa_offset -8
  popq %r12
  .cfi_adjust_cfa_offset -8
  popq %rbx
  .cfi_adjust_cfa_offset -8
  popq %rbp
  .cfi_adjust_cfa_offset -8
  ret
  .cfi_endproc
  .size parkway_test_registers_lost, . - parkway_test_registers_lost

  .section .note.GNU-stack, "", %progbits
