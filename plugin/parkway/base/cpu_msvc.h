// SPDX-License-Identifier: Apache-2.0

// parkway/base/cpu.h, which includes it, for Microsoft's compiler: it has no
// assembly for 64 bits, but a function for each instruction.
#ifndef PARKWAY_BASE_CPU_MSVC_H_
#define PARKWAY_BASE_CPU_MSVC_H_

#include <intrin.h>

#include <atomic>
#include <cstdint>

#include "parkway/os/language.h"

namespace parkway::internal {

#if defined(_M_X64) || defined(_M_IX86)
inline void cpu_pause() noexcept { _mm_pause(); }
inline std::uint64_t cpu_ticks() noexcept { return __rdtsc(); }
#elif defined(_M_ARM64)
inline void cpu_pause() noexcept { __isb(_ARM64_BARRIER_SY); }
inline std::uint64_t cpu_ticks() noexcept {
  return static_cast<std::uint64_t>(_ReadStatusReg(ARM64_CNTVCT));
}
#else
#error "parkway knows x86, x86-64 and arm64 with this compiler"
#endif

inline void cpu_fence() noexcept {
  std::atomic_thread_fence(std::memory_order_seq_cst);
}

}  // namespace parkway::internal

#endif  // PARKWAY_BASE_CPU_MSVC_H_
