// SPDX-License-Identifier: Apache-2.0

#include "tests/process/system_call_filter.h"

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cstdint>

namespace parkway::test {
namespace {

sock_filter Statement(unsigned code, std::uint32_t k) {
  return BPF_STMT(static_cast<std::uint16_t>(code), k);
}
// Goes on with the next instruction if so, else skips one.
sock_filter If(unsigned comparison, std::uint32_t k) {
  return BPF_JUMP(static_cast<std::uint16_t>(BPF_JMP | comparison | BPF_K), k,
                  0, 1);
}
sock_filter Return(std::uint32_t action) {
  return Statement(BPF_RET | BPF_K, action);
}
sock_filter LoadNumber() {
  return Statement(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr));
}

bool Install(std::vector<sock_filter> code) {
  const sock_fprog program = {static_cast<unsigned short>(code.size()),
                              code.data()};
  return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
         syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER,
                 SECCOMP_FILTER_FLAG_TSYNC, &program) == 0;
}

}  // namespace

bool RefuseMembarrier(int error) {
  const std::uint32_t refusal =
      error == kEndsTheProcess
          ? SECCOMP_RET_KILL_PROCESS
          : SECCOMP_RET_ERRNO | static_cast<std::uint32_t>(error);
  return Install({LoadNumber(), If(BPF_JEQ, SYS_membarrier), Return(refusal),
                  Return(SECCOMP_RET_ALLOW)});
}

bool StopForTracer(const std::vector<long>& calls) {
  if (calls.empty()) return Install({Return(SECCOMP_RET_TRACE)});
  std::vector<sock_filter> code = {LoadNumber(), If(BPF_JGE, kFirstMark),
                                   Return(SECCOMP_RET_TRACE)};
  for (const long call : calls) {
    code.push_back(If(BPF_JEQ, static_cast<std::uint32_t>(call)));
    code.push_back(Return(SECCOMP_RET_TRACE));
  }
  code.push_back(Return(SECCOMP_RET_ALLOW));
  return Install(std::move(code));
}

}  // namespace parkway::test
