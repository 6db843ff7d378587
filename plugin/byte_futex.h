// A futex for 1-byte words: the algorithm of FutexMutex, apart from its
// storage.
#ifndef PARKWAY_BYTE_FUTEX_H_
#define PARKWAY_BYTE_FUTEX_H_

#include <cstdint>

#include "parkway/address_wait.h"
#include "parkway/platform.h"

namespace parkway {

// The policy P, with futexsleep() and futexwakeup() for bytes. The kernel's
// futexes are 4 bytes wide and aligned; these are queues in
// parkway/address_wait.h.
template <class P>
struct ByteFutex : P {
  using MutexWord = std::uint8_t;
  using Word = typename P::template Atomic<MutexWord>;
  static constexpr const char* kMutexName = "ByteMutex";

  // As P::futexsleep(). A wake that finds the thread queued but not asleep ends
  // the sleep as well, whatever the word says.
  static bool futexsleep(Word& word, MutexWord expected,
                         std::int64_t deadline) noexcept {
    BasicAddressWaiter<P> waiter(&word, kContext);
    waiter.prepare();
    // relaxed: a waker that did not find this thread in the queue changed the
    // word before it took the bucket's lock.
    if (word.load(std::memory_order_relaxed) != expected) return true;
    return waiter.commit(deadline);
  }

  // As P::futexwakeup(), for a count of 1. By address only; it may come when
  // something else has taken the memory. Another ByteMutex's waiter stands a
  // wake for no reason. Those of other kinds must not get one.
  static void futexwakeup(Word& word, std::uint32_t) noexcept {
    BasicAddressWaiter<P>::wake_one(&word, kContext);
  }

 private:
  static constexpr std::uintptr_t kContext = UINTPTR_MAX;
};

}  // namespace parkway

#endif  // PARKWAY_BYTE_FUTEX_H_
