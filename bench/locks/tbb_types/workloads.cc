// SPDX-License-Identifier: Apache-2.0

#include "bench/locks/tbb_types/workloads.h"

#include <oneapi/tbb/mutex.h>
#include <oneapi/tbb/queuing_mutex.h>
#include <oneapi/tbb/queuing_rw_mutex.h>
#include <oneapi/tbb/rw_mutex.h>
#include <oneapi/tbb/spin_mutex.h>
#include <oneapi/tbb/spin_rw_mutex.h>

#include <atomic>
#include <cstdint>
#include <functional>
#include <string>
#include <utility>

#include "bench/engine/window.h"
#include "parkway/tbb/mutex.h"
#include "parkway/tbb/queuing_mutex.h"
#include "parkway/tbb/queuing_rw_mutex.h"
#include "parkway/tbb/rw_mutex.h"
#include "parkway/tbb/spin_mutex.h"
#include "parkway/tbb/spin_rw_mutex.h"

namespace parkway_bench {
namespace {

// Work of about a nanosecond a turn that no compiler can shorten.
inline std::uint64_t Turns(std::uint64_t x, int turns) {
  for (int i = 0; i < turns; ++i) {
    x = x * 2862933555777941757u + 3037000493u;
  }
  return x;
}

// A mutex that nobody else wants, and nothing else in the loop.
template <typename Mutex, bool kRead>
class Free {
 public:
  explicit Free(int) {}

  template <bool kTimed>
  void Run(Worker& worker) {
    // The look at the stop flag shall not count.
    constexpr int kBatch = 16;
    std::uint64_t operations = 0;
    while (!worker.Stopped()) {
      for (int i = 0; i < kBatch; ++i) {
        typename Mutex::scoped_lock lock;
        worker.Metered<kTimed>([&] {
          if constexpr (Mutex::is_rw_mutex) {
            lock.acquire(guarded_.mutex, /*write=*/!kRead);
          } else {
            lock.acquire(guarded_.mutex);
          }
        });
        ++guarded_.count;
        lock.release();
      }
      operations += kBatch;
    }
    worker.Finish(operations);
  }

  std::string Check(std::uint64_t operations) const {
    return guarded_.count == operations
               ? ""
               : "the count differs from the operations";
  }

 private:
  struct alignas(128) Guarded {
    Mutex mutex;
    std::uint64_t count = 0;
  };
  Guarded guarded_;
};

struct Work {
  int inside = 0;   // turns in a section
  int outside = 0;  // turns between two
  // Of 100 sections, those of readers.
  int readers = 0;
};

// Sections of a scoped_lock.
template <typename Mutex>
class Sections {
 public:
  Sections(int, const Work& work) : work_(work) {}

  template <bool kTimed>
  void Run(Worker& worker) {
    std::uint64_t operations = 0;
    std::uint64_t writes = 0;
    std::uint64_t own = static_cast<std::uint64_t>(worker.index());
    while (!worker.Stopped()) {
      // A pattern of its own for each thread, without a generator's cost.
      const bool read =
          static_cast<int>((operations * 37 + own) % 100) < work_.readers;
      typename Mutex::scoped_lock lock;
      worker.Metered<kTimed>([&] { Acquire(lock, read); });
      if (read) {
        own += Turns(shared_.work, work_.inside) % 2;
      } else {
        ++shared_.count;
        ++writes;
        shared_.work = Turns(shared_.work, work_.inside);
      }
      lock.release();
      own = Turns(own, work_.outside);
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
  void Acquire(typename Mutex::scoped_lock& lock, [[maybe_unused]] bool read) {
    if constexpr (Mutex::is_rw_mutex) {
      lock.acquire(shared_.mutex, !read);
    } else {
      lock.acquire(shared_.mutex);
    }
  }

  const Work work_;
  std::atomic<std::uint64_t> sink_{0};
  std::atomic<std::uint64_t> writes_{0};
  // What a lock guards usually stands beside it: on the same line.
  struct alignas(128) Shared {
    Mutex mutex;
    std::uint64_t count = 0;
    std::uint64_t work = 1;
  };
  Shared shared_;
};

Cell CellOf(const std::string& benchmark, const std::string& subject,
            int threads, Side side, std::function<Sample()> measure) {
  Cell cell;
  cell.group = benchmark;
  cell.subject = subject;
  cell.threads = threads;
  cell.side = side;
  cell.measure = std::move(measure);
  return cell;
}

class List {
 public:
  // Of one benchmark, for one type.
  template <typename Stock, typename Parkway>
  void Add(const std::string& benchmark, const std::string& type,
           const std::vector<int>& threads, const Work& work,
           const Goal& goal = {}) {
    for (const int n : threads) {
      Add(
          benchmark, type, n, goal,
          [n, work] { return MeasureInWindows<Sections<Stock>>(n, work); },
          [n, work] { return MeasureInWindows<Sections<Parkway>>(n, work); });
    }
  }
  // Of a mutex that is free; the goal is not to be slower.
  template <typename Stock, typename Parkway, bool kRead = false>
  void AddFree(const std::string& type) {
    Add(
        kRead ? "UncontendedRead" : "Uncontended", type, 1, {1.0, {}},
        [] { return MeasureInWindows<Free<Stock, kRead>>(1); },
        [] { return MeasureInWindows<Free<Parkway, kRead>>(1); });
  }
  std::vector<Comparison> Take() { return std::move(all_); }

 private:
  void Add(const std::string& benchmark, const std::string& type, int threads,
           const Goal& goal, std::function<Sample()> stock,
           std::function<Sample()> parkway) {
    all_.push_back({benchmark, type, threads, goal,
                    CellOf(benchmark, "tbb::" + type, threads, Side::kStock,
                           std::move(stock)),
                    CellOf(benchmark, "parkway::tbb::" + type, threads,
                           Side::kParkway, std::move(parkway))});
  }

  std::vector<Comparison> all_;
};

}  // namespace

std::vector<Comparison> AllComparisons() {
  namespace ours = ::parkway::tbb;
  namespace stock = ::tbb;
  List list;
  list.AddFree<stock::mutex, ours::mutex>("mutex");
  list.AddFree<stock::spin_mutex, ours::spin_mutex>("spin_mutex");
  list.AddFree<stock::queuing_mutex, ours::queuing_mutex>("queuing_mutex");
  list.AddFree<stock::rw_mutex, ours::rw_mutex>("rw_mutex");
  list.AddFree<stock::spin_rw_mutex, ours::spin_rw_mutex>("spin_rw_mutex");
  list.AddFree<stock::queuing_rw_mutex, ours::queuing_rw_mutex>(
      "queuing_rw_mutex");
  list.AddFree<stock::rw_mutex, ours::rw_mutex, true>("rw_mutex");
  list.AddFree<stock::spin_rw_mutex, ours::spin_rw_mutex, true>(
      "spin_rw_mutex");
  list.AddFree<stock::queuing_rw_mutex, ours::queuing_rw_mutex, true>(
      "queuing_rw_mutex");

  const std::vector<int> contended = {2, 4, 16};
  list.Add<stock::mutex, ours::mutex>("Contended", "mutex", contended, {},
                                      {0.5, {}});
  list.Add<stock::spin_mutex, ours::spin_mutex>("Contended", "spin_mutex",
                                                contended, {});
  list.Add<stock::queuing_mutex, ours::queuing_mutex>(
      "Contended", "queuing_mutex", contended, {});
  const Work work = {50, 200, 0};
  list.Add<stock::mutex, ours::mutex>("ContendedWork", "mutex", contended,
                                      work);
  list.Add<stock::spin_mutex, ours::spin_mutex>("ContendedWork", "spin_mutex",
                                                contended, work);
  list.Add<stock::queuing_mutex, ours::queuing_mutex>(
      "ContendedWork", "queuing_mutex", contended, work);

  const Work long_sections = {2000, 200, 0};
  const std::vector<int> oversubscribed = {2, 8};
  list.Add<stock::queuing_mutex, ours::queuing_mutex>(
      "LongSections", "queuing_mutex", {8}, long_sections, {0.3, 0.1});
  list.Add<stock::queuing_mutex, ours::queuing_mutex>(
      "LongSections", "queuing_mutex", {2}, long_sections);
  list.Add<stock::queuing_rw_mutex, ours::queuing_rw_mutex>(
      "LongSections", "queuing_rw_mutex", oversubscribed, long_sections);
  list.Add<stock::spin_mutex, ours::spin_mutex>("LongSections", "spin_mutex",
                                                oversubscribed, long_sections);

  const auto readers = [&](const char* benchmark, const Work& each,
                           const Goal& goal) {
    const std::vector<int> sharing = {2, 4, 16};
    list.Add<stock::rw_mutex, ours::rw_mutex>(benchmark, "rw_mutex", sharing,
                                              each, goal);
    list.Add<stock::spin_rw_mutex, ours::spin_rw_mutex>(
        benchmark, "spin_rw_mutex", sharing, each);
    list.Add<stock::queuing_rw_mutex, ours::queuing_rw_mutex>(
        benchmark, "queuing_rw_mutex", sharing, each);
  };
  readers("Readers90", {0, 0, 90}, {0.9, {}});
  // Two CPUs are full of the work alone.
  readers("Readers90Work", {50, 200, 90}, {});
  return list.Take();
}

}  // namespace parkway_bench
