#include <cstddef>
#include <memory>

#include "bench/lock_list.h"
#include "bench/micro.h"
#include "bench/window.h"

namespace parkway_bench {
namespace {

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

}  // namespace

void AddUncontended(const std::vector<int>& threads, std::vector<Cell>* cells) {
  for (const int n : threads) {
    Locks::ForEach([&](auto type) {
      using Lock = typename Only<decltype(type)>::type;
      Cell cell = MakeCell<Lock>("MutexUncontended", n);
      cell.measure = [n] { return MeasureInWindows<Uncontended<Lock>>(n); };
      cells->push_back(std::move(cell));
    });
  }
}

}  // namespace parkway_bench
