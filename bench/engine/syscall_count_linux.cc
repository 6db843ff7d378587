// SPDX-License-Identifier: Apache-2.0

#include <signal.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bench/engine/syscall_count.h"

namespace parkway_bench {
namespace {

// Harmless, and called by nobody else here.
constexpr long kMark = SYS_getppid;
constexpr int kSyscallStop = SIGTRAP | 0x80;
constexpr unsigned kChildSeconds = 20;

[[noreturn]] void RunChild(const std::function<void()>& code) {
  alarm(kChildSeconds);
  if (ptrace(PTRACE_TRACEME, 0, nullptr, nullptr) != 0) {
    _exit(1);
  }
  raise(SIGSTOP);
  code();
  _exit(0);
}

// Waits for the next stop; false when the child has ended.
bool WaitForStop(pid_t child, int* status) {
  return waitpid(child, status, __WALL) == child && WIFSTOPPED(*status);
}

}  // namespace

void MarkCountedSection() { syscall(kMark); }

std::optional<long> CountSyscalls(const std::function<void()>& code) {
  const pid_t child = fork();
  if (child < 0) {
    return std::nullopt;
  }
  if (child == 0) {
    RunChild(code);
  }
  int status = 0;
  if (!WaitForStop(child, &status)) {
    return std::nullopt;
  }
  bool watched = ptrace(PTRACE_SETOPTIONS, child, nullptr,
                        PTRACE_O_TRACESYSGOOD | PTRACE_O_EXITKILL) == 0;
  long count = 0;
  bool counting = false;
  long signal_to_pass = 0;
  while (watched) {
    if (ptrace(PTRACE_SYSCALL, child, nullptr, signal_to_pass) != 0 ||
        !WaitForStop(child, &status)) {
      break;
    }
    signal_to_pass = 0;
    if (WSTOPSIG(status) != kSyscallStop) {
      signal_to_pass = WSTOPSIG(status);
      continue;
    }
    __ptrace_syscall_info info{};
    if (ptrace(PTRACE_GET_SYSCALL_INFO, child, sizeof(info), &info) <= 0) {
      watched = false;
    } else if (info.op == PTRACE_SYSCALL_INFO_ENTRY) {
      if (info.entry.nr == static_cast<unsigned long>(kMark)) {
        counting = !counting;
      } else {
        count += counting ? 1 : 0;
      }
    }
  }
  if (!watched) {
    kill(child, SIGKILL);
    waitpid(child, &status, __WALL);
    return std::nullopt;
  }
  const bool ended_well = WIFEXITED(status) && WEXITSTATUS(status) == 0;
  return ended_well ? std::optional<long>(count) : std::nullopt;
}

}  // namespace parkway_bench
