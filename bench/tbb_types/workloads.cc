#include "bench/tbb_types/workloads.h"

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

#include "bench/window.h"
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
    // The look at the stop flag shall not count beside a free lock.
    constexpr int kBatch = 16;
    std::uint64_t operations = 0;
    std::uint64_t writes = 0;
    std::uint64_t own = static_cast<std::uint64_t>(worker.index());
    while (!worker.Stopped()) {
      for (int i = 0; i < kBatch; ++i) {
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
        if (work_.outside > 0) own = Turns(own, work_.outside);
        ++operations;
        if (work_.inside + work_.outside > 0 && worker.Stopped()) break;
      }
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

template <typename Mutex>
Cell CellOf(const std::string& benchmark, const std::string& subject,
            int threads, const Work& work, Side side) {
  Cell cell;
  cell.group = benchmark;
  cell.subject = subject;
  cell.threads = threads;
  cell.side = side;
  cell.measure = [threads, work] {
    return MeasureInWindows<Sections<Mutex>>(threads, work);
  };
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
      all_.push_back(
          {benchmark, type, n, goal,
           CellOf<Stock>(benchmark, "tbb::" + type, n, work, Side::kStock),
           CellOf<Parkway>(benchmark, "parkway::tbb::" + type, n, work,
                           Side::kParkway)});
    }
  }
  std::vector<Comparison> Take() { return std::move(all_); }

 private:
  std::vector<Comparison> all_;
};

}  // namespace

std::vector<Comparison> AllComparisons() {
  namespace ours = ::parkway::tbb;
  namespace stock = ::tbb;
  List list;
  const Goal not_slower = {1.0, {}};
  list.Add<stock::mutex, ours::mutex>("Uncontended", "mutex", {1}, {},
                                      not_slower);
  list.Add<stock::spin_mutex, ours::spin_mutex>("Uncontended", "spin_mutex",
                                                {1}, {}, not_slower);
  list.Add<stock::queuing_mutex, ours::queuing_mutex>(
      "Uncontended", "queuing_mutex", {1}, {}, not_slower);
  const Work read = {0, 0, 100};
  const auto uncontended_rw = [&](auto add) {
    add("Uncontended", Work{});
    add("UncontendedRead", read);
  };
  uncontended_rw([&](const char* benchmark, const Work& work) {
    list.Add<stock::rw_mutex, ours::rw_mutex>(benchmark, "rw_mutex", {1}, work,
                                              not_slower);
    list.Add<stock::spin_rw_mutex, ours::spin_rw_mutex>(
        benchmark, "spin_rw_mutex", {1}, work, not_slower);
    list.Add<stock::queuing_rw_mutex, ours::queuing_rw_mutex>(
        benchmark, "queuing_rw_mutex", {1}, work, not_slower);
  });

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
