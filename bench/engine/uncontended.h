// SPDX-License-Identifier: Apache-2.0

// Threads that lock and unlock, each a lock of its own.

#ifndef PARKWAY_BENCH_ENGINE_UNCONTENDED_H_
#define PARKWAY_BENCH_ENGINE_UNCONTENDED_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "bench/engine/lock_list.h"
#include "bench/engine/window.h"

namespace parkway_bench {

template <typename Lock>
class Uncontended {
 public:
  explicit Uncontended(int threads)
      : threads_(threads),
        slots_(new Slot[static_cast<std::size_t>(threads)]) {}

  template <bool kTimed>
  void Run(Worker& worker) {
    Slot& slot = slots_[worker.index()];
    std::uint64_t operations = 0;
    while (!worker.Stopped()) {
      for (int i = 0; i < kBatch; ++i) {
        Held<Lock> held;
        worker.Metered<kTimed>([&] { held.Acquire(slot.lock); });
        ++slot.count;
        held.Release(slot.lock);
      }
      operations += kBatch;
    }
    worker.Finish(operations);
  }

  std::string Check(std::uint64_t operations) const {
    std::uint64_t counted = 0;
    for (int i = 0; i < threads_; ++i) {
      counted += slots_[i].count;
    }
    return counted == operations ? "" : "the counts differ from the operations";
  }

 private:
  // The look at the stop flag must not count: a lock here costs no more than a
  // few of them.
  static constexpr int kBatch = 16;

  struct alignas(128) Slot {
    Lock lock;
    std::uint64_t count = 0;
  };
  const int threads_;
  const std::unique_ptr<Slot[]> slots_;
};

}  // namespace parkway_bench

#endif  // PARKWAY_BENCH_ENGINE_UNCONTENDED_H_
