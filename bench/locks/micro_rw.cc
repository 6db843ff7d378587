// SPDX-License-Identifier: Apache-2.0

#include <oneapi/tbb/rw_mutex.h>
#include <oneapi/tbb/spin_rw_mutex.h>

#include <shared_mutex>
#include <string>

#include "bench/engine/lock_list.h"
#include "bench/engine/turns.h"
#include "bench/engine/window.h"
#include "bench/locks/micro.h"
#include "parkway/lock/rw_mutex.h"

namespace parkway_bench {

template <>
struct Traits<parkway::RwMutex> {
  static constexpr char kName[] = "RwMutex";
  static constexpr Side kSide = Side::kParkway;
};
template <>
struct Traits<std::shared_mutex> {
  static constexpr char kName[] = "std::shared_mutex";
  static constexpr Side kSide = Side::kStock;
};
template <>
struct Traits<tbb::rw_mutex> {
  static constexpr char kName[] = "tbb::rw_mutex";
  static constexpr Side kSide = Side::kStock;
};
template <>
struct Traits<tbb::spin_rw_mutex> {
  static constexpr char kName[] = "tbb::spin_rw_mutex";
  static constexpr Side kSide = Side::kStock;
};

namespace {

using RwLocks = TypeList<parkway::RwMutex, std::shared_mutex, absl::Mutex,
                         tbb::rw_mutex, tbb::spin_rw_mutex>;

constexpr int kInside = 50;
constexpr int kOutside = 200;

template <typename Lock>
struct HeldShared {
  static void Acquire(Lock& lock) ABSL_NO_THREAD_SAFETY_ANALYSIS {
    lock.lock_shared();
  }
  static void Release(Lock& lock) ABSL_NO_THREAD_SAFETY_ANALYSIS {
    lock.unlock_shared();
  }
};
// Abseil's standard spelling is newer than the oldest version in use.
template <>
struct HeldShared<absl::Mutex> {
  static void Acquire(absl::Mutex& lock) ABSL_NO_THREAD_SAFETY_ANALYSIS {
    lock.ReaderLock();
  }
  static void Release(absl::Mutex& lock) ABSL_NO_THREAD_SAFETY_ANALYSIS {
    lock.ReaderUnlock();
  }
};

// Of a hundred operations so many read. Each turn of a thread needs its last
// one, so that no processor does those outside while it waits.
template <typename Lock>
class ReadersWriters {
 public:
  ReadersWriters(int, int readers) : readers_(readers) {}

  template <bool kTimed>
  void Run(Worker& worker) {
    std::uint64_t operations = 0;
    std::uint64_t writes = 0;
    std::uint64_t own = static_cast<std::uint64_t>(worker.index());
    std::uint64_t random = own;
    while (!worker.Stopped()) {
      random = Turns(random, 1);
      if (static_cast<int>((random >> 33) * 100 >> 31) < readers_) {
        worker.Metered<kTimed>(
            [&] { HeldShared<Lock>::Acquire(shared_.lock); });
        own = Turns(own + shared_.count, kInside);
        HeldShared<Lock>::Release(shared_.lock);
      } else {
        Held<Lock> held;
        worker.Metered<kTimed>([&] { held.Acquire(shared_.lock); });
        ++shared_.count;
        own = Turns(own, kInside);
        held.Release(shared_.lock);
        ++writes;
      }
      own = Turns(own, kOutside);
      ++operations;
    }
    sink_.fetch_add(own, std::memory_order_relaxed);
    writes_.fetch_add(writes, std::memory_order_relaxed);
    worker.Finish(operations);
  }

  std::string Check(std::uint64_t) const {
    return shared_.count == writes_ ? "" : "two writers were inside at once";
  }

 private:
  const int readers_;
  std::atomic<std::uint64_t> sink_{0};  // keeps the work alive
  std::atomic<std::uint64_t> writes_{0};
  struct alignas(128) Shared {
    Lock lock;
    alignas(128) std::uint64_t count = 0;
  };
  Shared shared_;
};

}  // namespace

void AddReadersWriters(const std::vector<int>& threads,
                       std::vector<Cell>* cells) {
  for (const int readers : {10, 50, 90, 99}) {
    for (const int n : threads) {
      RwLocks::ForEach([&](auto type) {
        using Lock = typename Only<decltype(type)>::type;
        Cell cell =
            MakeCell<Lock>("ReadersWriters/" + std::to_string(readers), n);
        cell.measure = [n, readers] {
          return MeasureInWindows<ReadersWriters<Lock>>(n, readers);
        };
        cells->push_back(std::move(cell));
      });
    }
  }
}

}  // namespace parkway_bench
