// SPDX-License-Identifier: Apache-2.0

// A full fence between two threads of which only one pays for it.
//
//   the frequent side   writes A;  light();  reads B
//   the rare side       writes B;  heavy();  reads A
//
// One of the two sees the other's write, as with a full fence on either side
// (Dekker's protocol). Here heavy() makes every thread of the process pass a
// fence, by P::process_barrier(), and light() costs a load and a compare.
//
// Not every kernel can do that, so the first heavy(), or decide(), tries it and
// decides for the process, once: until then, and where it can't be done, both
// are full fences. A light() that still finds nothing decided fences for
// nothing, no more.
//
// The names are those of C++ proposal P1202; folly has the same pair. The
// decision is ours.
#ifndef PARKWAY_WAIT_ASYMMETRIC_FENCE_H_
#define PARKWAY_WAIT_ASYMMETRIC_FENCE_H_

#include <atomic>
#include <cstdint>

#include "parkway/wait/wait_platform.h"

namespace parkway {

// All zero at start. Any thread may call its members at any time.
template <class P>
class AsymmetricFence {
 public:
  // Pairs with heavy() only, not with another light().
  void light() noexcept {
    P::compiler_fence();
    // relaxed: it may be read at any time. A heavy() that goes by kWorks has
    // made this thread pass a fence wherever it was: before its write, and then
    // it reads what heavy()'s caller wrote; or after, and that one reads its.
    if (__builtin_expect(barrier_.load(std::memory_order_relaxed) != kWorks,
                         false)) {
      P::fence();
    }
  }

  // False if it is none this time: the barrier has worked before and failed
  // now, because the kernel was told to refuse it (seccomp). What a light()
  // wrote may then still be on its way, and the caller has to look again every
  // P::kRecheckNs. Makes a system call, of a microsecond and, for each CPU that
  // runs another thread of the process, an interrupt there.
  [[nodiscard]] bool heavy() noexcept {
    // relaxed: the decision says nothing of other memory, and what is read
    // here too early is settled by the CAS.
    std::uint32_t known = barrier_.load(std::memory_order_relaxed);
    const bool passed = known != kMissing && P::process_barrier();
    if (known == kUndecided) {
      const std::uint32_t found = passed ? kWorks : kMissing;
      if (barrier_.compare_exchange_strong(known, found,
                                           std::memory_order_relaxed)) {
        known = found;
      }
    }
    if (known == kWorks) return passed;
    // Pairs with the fence in light(), which no thread leaves out.
    P::fence();
    return true;
  }

  // For programs whose rare side may never come: light() is cheap from now on,
  // if it can be. Best called while the process has one thread; the kernel
  // makes the first call of a process with more wait for some milliseconds.
  void decide() noexcept { static_cast<void>(heavy()); }

 private:
  static constexpr std::uint32_t kUndecided = 0;
  static constexpr std::uint32_t kWorks = 1;
  static constexpr std::uint32_t kMissing = 2;

  // Whether process_barrier() works. Never changes once it is decided: a
  // light() that relied on it may not have made its write visible yet.
  typename P::template Atomic<std::uint32_t> barrier_{kUndecided};
};

namespace internal {

// Alone in its line: read at each notify, written once.
struct alignas(64) PaddedAsymmetricFence {
  AsymmetricFence<Platform> fence;
};

extern PaddedAsymmetricFence asymmetric_fence;

}  // namespace internal

inline AsymmetricFence<Platform>& Platform::asymmetric_fence() noexcept {
  return internal::asymmetric_fence.fence;
}

}  // namespace parkway

#endif  // PARKWAY_WAIT_ASYMMETRIC_FENCE_H_
