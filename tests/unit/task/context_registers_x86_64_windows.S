// SPDX-License-Identifier: Apache-2.0

  .text
  .globl parkway_test_registers_lost
  .def parkway_test_registers_lost
  .scl 2
  .type 32
  .endef
  .seh_proc parkway_test_registers_lost
parkway_test_registers_lost:
  .irp register, rbp, rbx, rsi, rdi, r12, r13, r14, r15
  pushq %\register
  .seh_pushreg %\register
  .endr
  // 32 bytes that are for the callee, xmm6 to xmm15, and the base.
  subq $200, %rsp
  .seh_stackalloc 200
  .set offset, 32
  .irp register, xmm6, xmm7, xmm8, xmm9, xmm10, xmm11, xmm12, xmm13, xmm14, xmm15
  movaps %\register, offset(%rsp)
  .seh_savexmm %\register, offset
  .set offset, offset + 16
  .endr
  .seh_endprologue
  movq %r8, 192(%rsp)
  movq %rcx, %rax
  movq %rdx, %rcx
  .set offset, 0
  .irp register, rbp, rbx, rsi, rdi, r12, r13, r14, r15
  leaq offset(%r8), %\register
  .set offset, offset + 1
  .endr
  // Both halves: a value, and the same again.
  .irp register, xmm6, xmm7, xmm8, xmm9, xmm10, xmm11, xmm12, xmm13, xmm14, xmm15
  leaq offset(%r8), %rdx
  movq %rdx, %\register
  punpcklqdq %\register, %\register
  .set offset, offset + 1
  .endr
  call *%rax
  movq 192(%rsp), %r8
  xorl %eax, %eax
  .set offset, 0
  .irp register, rbp, rbx, rsi, rdi, r12, r13, r14, r15
  leaq offset(%r8), %rcx
  xorl %edx, %edx
  cmpq %rcx, %\register
  setne %dl
  addl %edx, %eax
  .set offset, offset + 1
  .endr
  .irp register, xmm6, xmm7, xmm8, xmm9, xmm10, xmm11, xmm12, xmm13, xmm14, xmm15
  leaq offset(%r8), %rcx
  movq %\register, %r9
  movhlps %\register, %\register
  movq %\register, %r10
  xorq %rcx, %r9
  xorq %rcx, %r10
  xorl %edx, %edx
  orq %r9, %r10
  setne %dl
  addl %edx, %eax
  .set offset, offset + 1
  .endr
  .set offset, 32
  .irp register, xmm6, xmm7, xmm8, xmm9, xmm10, xmm11, xmm12, xmm13, xmm14, xmm15
  movaps offset(%rsp), %\register
  .set offset, offset + 16
  .endr
  addq $200, %rsp
  .irp register, r15, r14, r13, r12, rdi, rsi, rbx, rbp
  popq %\register
  .endr
  ret
  .seh_endproc
