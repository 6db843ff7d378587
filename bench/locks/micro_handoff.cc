// SPDX-License-Identifier: Apache-2.0

#include <atomic>
#include <cstddef>
#include <memory>
#include <thread>

#include "bench/engine/lock_list.h"
#include "bench/engine/window.h"
#include "bench/locks/micro.h"

namespace parkway_bench {
namespace {

// A lock cannot be unlocked by another thread than its holder, so that
// ping-pong through locks needs one lock more than threads: everybody holds
// one, takes the next and gives the old one back. With two threads and three
// locks each step of one waits for a step of the other.
//
// Nobody can overtake another one, so all do the same number of steps; but only
// once all are on the ring. Without the wait for that, whoever came first ran
// around it alone, for a time slice with more threads than CPUs: of the steps
// in a window with 4 threads the unluckiest had .06 to .2 of the luckiest's.
template <typename Lock>
class Handoff {
 public:
  explicit Handoff(int threads)
      : threads_(threads),
        locks_(static_cast<std::size_t>(threads) + 1),
        ring_(new Slot[locks_]) {}

  template <bool kTimed>
  void Run(Worker& worker) {
    std::uint64_t operations = 0;
    std::size_t at = static_cast<std::size_t>(worker.index());
    Held<Lock> held[2];
    int current = 0;
    held[current].Acquire(ring_[at].lock);
    AwaitAll(worker);
    while (!worker.Stopped()) {
      const std::size_t next = at + 1 == locks_ ? 0 : at + 1;
      worker.Metered<kTimed>(
          [&] { held[1 - current].Acquire(ring_[next].lock); });
      ++ring_[next].count;
      held[current].Release(ring_[at].lock);
      current = 1 - current;
      at = next;
      ++operations;
    }
    held[current].Release(ring_[at].lock);
    worker.Finish(operations);
  }

  std::string Check(std::uint64_t operations) const {
    std::uint64_t counted = 0;
    for (std::size_t i = 0; i < locks_; ++i) {
      counted += ring_[i].count;
    }
    return counted == operations ? "" : "two threads were inside at once";
  }

 private:
  struct alignas(128) Slot {
    Lock lock;
    std::uint64_t count = 0;
  };

  // In every window all threads come here once.
  void AwaitAll(const Worker& worker) {
    const int before = joined_.fetch_add(1, std::memory_order_relaxed);
    const int all = (before / threads_ + 1) * threads_;
    while (joined_.load(std::memory_order_relaxed) < all && !worker.Stopped()) {
      std::this_thread::yield();
    }
  }

  const int threads_;
  const std::size_t locks_;
  const std::unique_ptr<Slot[]> ring_;
  std::atomic<int> joined_{0};
};

}  // namespace

void AddHandoff(const std::vector<int>& threads, std::vector<Cell>* cells) {
  for (const int n : threads) {
    Locks::ForEach([&](auto type) {
      using Lock = typename Only<decltype(type)>::type;
      Cell cell = MakeCell<Lock>("MutexHandoff", n);
      cell.measure = [n] { return MeasureInWindows<Handoff<Lock>>(n); };
      cells->push_back(std::move(cell));
    });
  }
}

}  // namespace parkway_bench
