// SPDX-License-Identifier: Apache-2.0

// What the peers are made of. Each is our reading of a published algorithm, not
// the code of any library: a page long, with the same costs as all others.
#ifndef PARKWAY_BENCH_SCALE_PEERS_PEER_H_
#define PARKWAY_BENCH_SCALE_PEERS_PEER_H_

#include <cstdint>

#include "bench/scale/atomic.h"
#include "bench/scale/world.h"

namespace parkway_bench::scale {

inline Kernel& TheKernel() { return World::Get().kernel(); }

inline void Pause(int times = 1) {
  TheKernel().Dawdle(times * TheKernel().costs().pause);
}
inline void Yield() { TheKernel().Yield(); }

// Each wait is longer than the one before, up to a yield: oneTBB's
// atomic_backoff, detail/_utils.h.
class Backoff {
 public:
  void Wait() {
    if (!Pauses()) Yield();
  }
  // False, and nothing done, if it is time to yield.
  bool Pauses() {
    if (pauses_ > kMostPauses) return false;
    Pause(pauses_);
    pauses_ *= 2;
    return true;
  }

 private:
  static constexpr int kMostPauses = 16;

  int pauses_ = 1;
};

template <class T>
void SpinWhile(const Atomic<T>& word, T value) {
  Backoff backoff;
  while (word.load(std::memory_order_acquire) == value) {
    if (!backoff.Pauses()) TheKernel().YieldWhileKept(&word);
  }
}

inline void Sleep(Atomic<std::uint32_t>& word, std::uint32_t expected) {
  TheKernel().FutexSleep(&word, expected, kForever);
}
inline void Wake(Atomic<std::uint32_t>& word, std::uint32_t count = 1) {
  TheKernel().FutexWake(&word, count);
}

// Sleeps for a while, of which nobody wakes it.
inline void Nap(Time time) {
  struct Nobody {
    Atomic<std::uint32_t> word{0};
  };
  Kernel& kernel = TheKernel();
  kernel.FutexSleep(&World::Get().Own<Nobody>().word, 0, kernel.now() + time);
}

// A note over a futex and no more: what the peers' waiters of a channel sleep
// on.
class FutexEvent {
 public:
  void clear() { word_.store(0, std::memory_order_relaxed); }
  void sleep() {
    while (word_.load() == 0) Sleep(word_, 0);
  }
  void wakeup() {
    word_.exchange(1);
    Wake(word_);
  }

 private:
  Atomic<std::uint32_t> word_{0};
};

}  // namespace parkway_bench::scale

#endif  // PARKWAY_BENCH_SCALE_PEERS_PEER_H_
