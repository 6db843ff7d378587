// The two things the locks ask of a processor beyond std::atomic.
#ifndef PARKWAY_CPU_H_
#define PARKWAY_CPU_H_

#include <atomic>
#include <cstdint>

#if defined(__x86_64__) && !defined(__SANITIZE_THREAD__) && \
    !defined(PARKWAY_ATOMIC_RELEASE)
#if defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define PARKWAY_ATOMIC_RELEASE 1
#endif
#endif
#else
#define PARKWAY_ATOMIC_RELEASE 1
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

// Decrements *word with release order and returns what it was. Only the
// owner of a locked FutexMutex calls it, and no other thread may make the
// word of a locked mutex 0.
//
// Where kOwnerReleaseIsOneInstruction holds, this is an `xadd` without the
// LOCK prefix: one instruction, so no interrupt, preemption or membarrier
// falls between its load and its store, but another CPU's write may, and is
// then overwritten ("erased"). A thread whose write must not be erased makes
// it, passes os::process_barrier(), and looks again: every `xadd` that had
// loaded the old value has stored by then, and every later one sees the new.
// It halves the price of an uncontended lock and unlock (5.4 against 10.1 ns;
// bench MutexUncontended), and needs no look at the mutex after the release.
//
// A binary translator (Rosetta, qemu-user) may split the instruction: build
// with PARKWAY_ATOMIC_RELEASE for such a target, as happens by itself under
// ThreadSanitizer, which can't see into assembly. Both forms may meet in one
// program.
#if defined(PARKWAY_ATOMIC_RELEASE)
inline constexpr bool kOwnerReleaseIsOneInstruction = false;
inline std::uint32_t owner_release(std::atomic<std::uint32_t>& word) noexcept {
  // release: pairs with the acquire CAS that takes the lock next.
  return word.fetch_sub(1, std::memory_order_release);
}
#else
inline constexpr bool kOwnerReleaseIsOneInstruction = true;
inline std::uint32_t owner_release(std::atomic<std::uint32_t>& word) noexcept {
  std::uint32_t delta = UINT32_MAX;
  // A plain x86 store is a release store; "memory" holds the compiler to it.
  // The prefetch asks for the line as a locked instruction would, for writing:
  // if a waiter has taken it, one miss instead of two before the release.
  asm volatile("prefetchw %0\n\txaddl %1, %0"
               : "+m"(word), "+r"(delta)
               :
               : "memory", "cc");
  return delta;
}
#endif

}  // namespace parkway::internal

#endif  // PARKWAY_CPU_H_
