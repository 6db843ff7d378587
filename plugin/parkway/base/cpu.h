// SPDX-License-Identifier: Apache-2.0

// What the locks ask of a processor beyond std::atomic.
#ifndef PARKWAY_BASE_CPU_H_
#define PARKWAY_BASE_CPU_H_

#include <atomic>
#include <cstdint>

#include "parkway/os/language.h"

#if defined(_MSC_VER) && !defined(__clang__)
#include "parkway/base/cpu_msvc.h"
#else
#if !defined(__x86_64__) && !defined(__i386__) && !defined(__aarch64__)
#include <chrono>
#endif

namespace parkway::internal {

// Tells the core that this is a spin loop.
inline void cpu_pause() noexcept {
#if defined(__x86_64__) || defined(__i386__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  asm volatile("isb" ::: "memory");  // "yield" is a no-op on common cores
#else
  std::atomic_signal_fence(std::memory_order_seq_cst);
#endif
}

// A counter that has moved on by the next look, of no particular unit: tens of
// nanoseconds at most a step.
inline std::uint64_t cpu_ticks() noexcept {
#if defined(__x86_64__) || defined(__i386__)
  return __builtin_ia32_rdtsc();
#elif defined(__aarch64__)
  std::uint64_t ticks;
  asm volatile("mrs %0, cntvct_el0" : "=r"(ticks));
  return ticks;
#else
  return static_cast<std::uint64_t>(
      std::chrono::steady_clock::now().time_since_epoch().count());
#endif
}

// A full fence. TSan does not know std::atomic_thread_fence(), and the locked
// instruction is the cheaper one where there is a choice.
inline void cpu_fence() noexcept {
#if defined(__x86_64__)
  asm volatile("lock; orl $0, (%%rsp)" ::: "memory", "cc");
#else
  std::atomic_thread_fence(std::memory_order_seq_cst);
#endif
}

}  // namespace parkway::internal

#endif  // not Microsoft's compiler
#endif  // PARKWAY_BASE_CPU_H_
