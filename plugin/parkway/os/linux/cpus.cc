// SPDX-License-Identifier: Apache-2.0

#include <errno.h>
#include <sched.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>
#include <cstdint>

#include "parkway/os/os.h"

namespace parkway::os {
namespace {

// CPUs that a thread may run on: how many, and the first of them. A count of 0:
// the kernel does not say.
struct Mask {
  int count = 0;
  int first = 0;
};

Mask read(const cpu_set_t* set, std::size_t bytes) noexcept {
  Mask mask;
  mask.count = CPU_COUNT_S(bytes, set);
  while (mask.count != 0 && !CPU_ISSET_S(mask.first, bytes, set)) ++mask.first;
  return mask;
}

// 0 is the caller.
Mask mask_of(pid_t thread) noexcept {
  Mask mask;
  // Without an allocation, which neither the child of a bare clone() nor a lock
  // of an allocator may make.
  cpu_set_t usual[8];
  if (sched_getaffinity(thread, sizeof(usual), usual) == 0) {
    return read(usual, sizeof(usual));
  }
  // Masks wider than that (8192 CPUs) make the call fail with EINVAL, so grow
  // until it fits.
  for (int cpus = 16384;
       mask.count == 0 && errno == EINVAL && cpus <= (1 << 20); cpus *= 2) {
    cpu_set_t* set = CPU_ALLOC(cpus);
    if (set == nullptr) break;
    const std::size_t bytes = CPU_ALLOC_SIZE(cpus);
    if (sched_getaffinity(thread, bytes, set) == 0) mask = read(set, bytes);
    const int error = errno;
    CPU_FREE(set);
    errno = error;
  }
  return mask;
}

// The process and the one CPU of all threads of it that have asked, or that
// there were several; 0: none has asked.
std::atomic<std::uint64_t> g_asked{0};
constexpr std::uint32_t kSeveral = UINT32_MAX;

// Whether all who have asked so far, each pinned to one CPU, were on that one.
bool only(pid_t process, int cpu) noexcept {
  const std::uint64_t base = static_cast<std::uint64_t>(process) << 32;
  const std::uint64_t mine = base | static_cast<std::uint32_t>(cpu);
  // relaxed: it is the whole message, and of two who ask at once one is told of
  // the other.
  std::uint64_t known = g_asked.load(std::memory_order_relaxed);
  while (known != mine && known != (base | kSeveral)) {
    // What the parent of a fork knew is not the child's.
    const bool first = known >> 32 != base >> 32;
    if (g_asked.compare_exchange_weak(known, first ? mine : base | kSeveral,
                                      std::memory_order_relaxed)) {
      return first;
    }
  }
  return known == mine;
}

}  // namespace

// Many programs pin their threads to one CPU each, the first one too, and run
// on many. So a mask with one CPU says nothing alone: only if all have the same
// one.
int ncpu() noexcept {
  const int saved = errno;
  const pid_t process = getpid();
  const Mask first = mask_of(process);
  int n = first.count;
  if (n <= 1) {
    const Mask own = mask_of(0);
    n = own.count;
    // Asked first, so that it is remembered in any case.
    if (n == 1 && (!only(process, own.first) ||
                   (first.count == 1 && first.first != own.first))) {
      n = 2;
    }
  }
  errno = saved;
  return n > 0 ? n : 1;
}

int thread_priority() noexcept {
  const int saved = errno;
  sched_param param = {};
  // 0 is the calling thread, not the process. Not the libc's function: musl's
  // fails always, because POSIX means the process.
  const bool known = syscall(SYS_sched_getparam, 0, &param) == 0;
  errno = saved;
  return known ? param.sched_priority : 0;
}

}  // namespace parkway::os
