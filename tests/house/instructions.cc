// SPDX-License-Identifier: Apache-2.0

// For Linux on x86-64.
#include "tests/house/instructions.h"

#include <signal.h>
#include <sys/ptrace.h>
#include <sys/types.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>

namespace parkway::test {
namespace {

constexpr long kBreakpoint = 0xcc;  // int3
constexpr long kMost = 100000;

[[noreturn]] void RunBetweenBreakpoints(void (*work)()) {
  if (ptrace(PTRACE_TRACEME, 0, nullptr, nullptr) != 0) _exit(1);
  work();
  asm volatile("int3" ::: "memory");
  work();
  asm volatile("int3" ::: "memory");
  _exit(0);
}

bool StopsByTrap(pid_t child) {
  int status = 0;
  while (waitpid(child, &status, 0) < 0) {
    if (errno != EINTR) return false;
  }
  return WIFSTOPPED(status) && WSTOPSIG(status) == SIGTRAP;
}

bool AtBreakpoint(pid_t child) {
  const long next =
      ptrace(PTRACE_PEEKUSER, child, offsetof(struct user, regs.rip), nullptr);
  return (ptrace(PTRACE_PEEKTEXT, child, next, nullptr) & 0xff) == kBreakpoint;
}

// -1: it has not come to the second breakpoint.
long StepsToBreakpoint(pid_t child) {
  if (!StopsByTrap(child)) return -1;
  for (long steps = 0; steps < kMost; ++steps) {
    if (AtBreakpoint(child)) return steps;
    if (ptrace(PTRACE_SINGLESTEP, child, nullptr, nullptr) != 0) return -1;
    if (!StopsByTrap(child)) return -1;
  }
  return -1;
}

}  // namespace

long InstructionsOf(void (*work)()) {
  const pid_t child = fork();
  if (child < 0) return -1;
  if (child == 0) RunBetweenBreakpoints(work);
  const long steps = StepsToBreakpoint(child);
  kill(child, SIGKILL);
  int status = 0;
  while (waitpid(child, &status, 0) == child && !WIFEXITED(status) &&
         !WIFSIGNALED(status)) {
  }
  return steps;
}

}  // namespace parkway::test
