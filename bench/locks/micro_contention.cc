// SPDX-License-Identifier: Apache-2.0

#include "bench/engine/lock_list.h"
#include "bench/engine/turns.h"
#include "bench/engine/window.h"
#include "bench/locks/micro.h"

namespace parkway_bench {
namespace {

template <typename Lock>
class Contention {
 public:
  Contention(int, int inside, int outside)
      : inside_(inside), outside_(outside) {}

  template <bool kTimed>
  void Run(Worker& worker) {
    std::uint64_t operations = 0;
    std::uint64_t own = static_cast<std::uint64_t>(worker.index());
    while (!worker.Stopped()) {
      Held<Lock> held;
      worker.Metered<kTimed>([&] { held.Acquire(shared_.lock); });
      ++shared_.count;
      shared_.work = Turns(shared_.work, inside_);
      held.Release(shared_.lock);
      own = Turns(own, outside_);
      ++operations;
    }
    sink_.fetch_add(own, std::memory_order_relaxed);
    worker.Finish(operations);
  }

  std::string Check(std::uint64_t operations) const {
    return shared_.count == operations ? "" : "two threads were inside at once";
  }

 private:
  const int inside_;
  const int outside_;
  std::atomic<std::uint64_t> sink_{0};  // keeps the outside work alive
  // What a lock guards usually stands beside it: on the same line.
  struct alignas(128) Shared {
    Lock lock;
    std::uint64_t count = 0;
    std::uint64_t work = 1;
  };
  Shared shared_;
};

void Add(const char* group, int inside, int outside,
         const std::vector<int>& threads, std::vector<Cell>* cells) {
  for (const int n : threads) {
    Locks::ForEach([&](auto type) {
      using Lock = typename Only<decltype(type)>::type;
      Cell cell = MakeCell<Lock>(group, n);
      cell.measure = [n, inside, outside] {
        return MeasureInWindows<Contention<Lock>>(n, inside, outside);
      };
      cells->push_back(std::move(cell));
    });
  }
}

}  // namespace

void AddContention(const std::vector<int>& threads, std::vector<Cell>* cells) {
  Add("MutexContention", 0, 0, threads, cells);
  Add("MutexContentionWork", 50, 200, threads, cells);
}

}  // namespace parkway_bench
