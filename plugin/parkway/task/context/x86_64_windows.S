// SPDX-License-Identifier: Apache-2.0

// parkway/task/context/context.h on x86-64 with Windows' calling convention.
//
// A suspended flow's stack, from its stack pointer up: xmm6 to xmm15 (16 bytes
// each), MXCSR (4 bytes) and the x87 control word, what the thread's
// environment block has to say of the stack (four words, the lowest byte twice
// in a new one), r15, r14, r13, r12, rdi, rsi, rbx, rbp, and where it goes on.
//
// The block (%gs) has the stack's end at 0x08, the lowest byte that has memory
// at 0x10, and the lowest byte of all at 0x1478. An exception's way through the
// frames ends where these do, and a function with a large frame touches what is
// between its own and the second one, page by page. At 0x00 is the list of
// handlers that are registered by hand. Windows has none of those on 64 bits,
// but Wine has, and takes those at lower addresses for inner ones, whatever
// stack they are on.
//
// The .seh_ lines are for debuggers and profilers that look at who waits here:
// nothing is thrown in it.

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
  endbr64
  movq %rcx, %r10
  andq $-16, %rcx
  // The last two words, of zeroes, end the walk of whoever walks the stack.
  leaq -288(%rcx), %rax
  xorps %xmm0, %xmm0
  movaps %xmm0, 0(%rax)
  movaps %xmm0, 16(%rax)
  movaps %xmm0, 32(%rax)
  movaps %xmm0, 48(%rax)
  movaps %xmm0, 64(%rax)
  movaps %xmm0, 80(%rax)
  movaps %xmm0, 96(%rax)
  movaps %xmm0, 112(%rax)
  movaps %xmm0, 128(%rax)
  movaps %xmm0, 144(%rax)
  stmxcsr 160(%rax)
  fnstcw 164(%rax)
  movq %r9, 168(%rax)
  movq %r9, 176(%rax)
  movq %r10, 184(%rax)
  movq $-1, 192(%rax)  // the list's end
  xorl %r11d, %r11d
  movq %r11, 200(%rax)
  movq %r11, 208(%rax)
  movq %r11, 216(%rax)
  movq %r8, 224(%rax)  // r12
  movq %r11, 232(%rax)
  movq %r11, 240(%rax)
  movq %rdx, 248(%rax)  // rbx
  movq %r11, 256(%rax)
  leaq .Lstart(%rip), %rdx
  movq %rdx, 264(%rax)
  movq %r11, 272(%rax)
  movq %r11, 280(%rax)
  ret
  .seh_endproc

// For exceptions that nobody in a flow handles, what the first function of
// a thread is for those of a thread: the program's filter for them is called
// (SetUnhandledExceptionFilter(), which C++ runtimes use for terminate(), and
// those who report crashes), and the program ends.
// EXCEPTION_DISPOSITION .Lunhandled(EXCEPTION_RECORD* record, void* frame,
//                                   CONTEXT* context, void*)
  .p2align 4
  .def .Lunhandled
  .scl 3
  .type 32
  .endef
  .seh_proc .Lunhandled
.Lunhandled:
  subq $56, %rsp
  .seh_stackalloc 56
  .seh_endprologue
  movl $1, %eax  // ExceptionContinueSearch
  testl $6, 4(%rcx)  // EXCEPTION_UNWINDING, EXCEPTION_EXIT_UNWIND
  jne 1f
  movq %rcx, 32(%rsp)
  movq %r8, 40(%rsp)
  leaq 32(%rsp), %rcx
  callq *__imp_UnhandledExceptionFilter(%rip)
  cmpl $1, %eax  // EXCEPTION_EXECUTE_HANDLER
  je 2f
  // From EXCEPTION_CONTINUE_EXECUTION (-1) and EXCEPTION_CONTINUE_SEARCH (0) to
  // ExceptionContinueExecution and ExceptionContinueSearch.
  incl %eax
1:
  addq $56, %rsp
  ret
2:
  movq 32(%rsp), %rdx
  movl (%rdx), %edx
  movq $-1, %rcx
  callq *__imp_TerminateProcess(%rip)
  ud2
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
  // Where the function that is called may keep its arguments.
  subq $32, %rsp
  .seh_stackalloc 32
  .seh_endprologue
  movq %r12, %rcx
  call *%rbx
  ud2
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
  endbr64
  pushq %rbp
  .seh_pushreg %rbp
  pushq %rbx
  .seh_pushreg %rbx
  pushq %rsi
  .seh_pushreg %rsi
  pushq %rdi
  .seh_pushreg %rdi
  pushq %r12
  .seh_pushreg %r12
  pushq %r13
  .seh_pushreg %r13
  pushq %r14
  .seh_pushreg %r14
  pushq %r15
  .seh_pushreg %r15
  subq $200, %rsp
  .seh_stackalloc 200
  movaps %xmm6, 0(%rsp)
  .seh_savexmm %xmm6, 0
  movaps %xmm7, 16(%rsp)
  .seh_savexmm %xmm7, 16
  movaps %xmm8, 32(%rsp)
  .seh_savexmm %xmm8, 32
  movaps %xmm9, 48(%rsp)
  .seh_savexmm %xmm9, 48
  movaps %xmm10, 64(%rsp)
  .seh_savexmm %xmm10, 64
  movaps %xmm11, 80(%rsp)
  .seh_savexmm %xmm11, 80
  movaps %xmm12, 96(%rsp)
  .seh_savexmm %xmm12, 96
  movaps %xmm13, 112(%rsp)
  .seh_savexmm %xmm13, 112
  movaps %xmm14, 128(%rsp)
  .seh_savexmm %xmm14, 128
  movaps %xmm15, 144(%rsp)
  .seh_savexmm %xmm15, 144
  .seh_endprologue
  stmxcsr 160(%rsp)
  fnstcw 164(%rsp)
  movq %gs:0x1478, %r8
  movq %gs:0x10, %r9
  movq %gs:0x08, %r10
  movq %gs:0x00, %r11
  movq %r8, 168(%rsp)
  movq %r9, 176(%rsp)
  movq %r10, 184(%rsp)
  movq %r11, 192(%rsp)

  movl 160(%rsp), %eax
  movzwl 164(%rsp), %r11d

  movq %rsp, (%rcx)
  // The other stack is laid out the same, so that what the unwinder is told
  // stays right.
  movq %rdx, %rsp

  movq 168(%rsp), %r8
  movq 176(%rsp), %r9
  movq 184(%rsp), %r10
  movq %r8, %gs:0x1478
  movq %r9, %gs:0x10
  movq %r10, %gs:0x08
  movq 192(%rsp), %r8
  movq %r8, %gs:0x00

  // Loading one takes long, and they hardly ever differ.
  cmpl %eax, 160(%rsp)
  jne 3f
1:
  cmpw %r11w, 164(%rsp)
  jne 4f
2:
  movaps 0(%rsp), %xmm6
  movaps 16(%rsp), %xmm7
  movaps 32(%rsp), %xmm8
  movaps 48(%rsp), %xmm9
  movaps 64(%rsp), %xmm10
  movaps 80(%rsp), %xmm11
  movaps 96(%rsp), %xmm12
  movaps 112(%rsp), %xmm13
  movaps 128(%rsp), %xmm14
  movaps 144(%rsp), %xmm15
  addq $200, %rsp
  popq %r15
  popq %r14
  popq %r13
  popq %r12
  popq %rdi
  popq %rsi
  popq %rbx
  popq %rbp
  ret

3:
  ldmxcsr 160(%rsp)
  jmp 1b
4:
  fldcw 164(%rsp)
  jmp 2b
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
  endbr64
  xorl %eax, %eax
  // Does nothing where there is none, on older processors as well.
  rdsspq %rax
  testq %rax, %rax
  setne %al
  movzbl %al, %eax
  ret
  .seh_endproc
