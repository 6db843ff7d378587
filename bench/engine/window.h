// SPDX-License-Identifier: Apache-2.0

// Contention in a window of time: N pinned threads do the same until the window
// closes.
//
// A fixed time, not a fixed count of operations per thread: with a count, a
// thread that starves would just be waited for, and unfairness would look like
// slowness or like nothing at all.

#ifndef PARKWAY_BENCH_ENGINE_WINDOW_H_
#define PARKWAY_BENCH_ENGINE_WINDOW_H_

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <utility>

#include "bench/engine/cell.h"
#include "bench/engine/pinning.h"

namespace parkway_bench {

// One thread's view of the window. On cache lines of its own.
class alignas(128) Worker {
 public:
  int index() const { return index_; }
  bool Stopped() const { return stop_->load(std::memory_order_relaxed); }

  // Called once at the end of the body: what the thread did.
  void Finish(std::uint64_t operations) { operations_ = operations; }

  // Runs `wait`, and meters it when kTimed.
  template <bool kTimed, typename Wait>
  void Metered(Wait wait) {
    if constexpr (kTimed) {
      const std::int64_t start = MonotonicNanos();
      wait();
      const std::int64_t took = MonotonicNanos() - start;
      longest_wait_nanos_ =
          took > longest_wait_nanos_ ? took : longest_wait_nanos_;
    } else {
      wait();
    }
  }

 private:
  friend struct WindowRun;

  int index_ = 0;
  const std::atomic<bool>* stop_ = nullptr;
  std::uint64_t operations_ = 0;
  std::int64_t longest_wait_nanos_ = 0;
  Usage used_;
  double core_probe_ns_ = 0;
};

struct WindowResult {
  double seconds = 0;  // how long the window was open
  std::uint64_t operations = 0;
  double cpu_seconds = 0;
  std::int64_t voluntary_switches = 0;
  std::int64_t involuntary_switches = 0;
  std::int64_t longest_wait_nanos = 0;
  double fairness = 1;
  double core_probe_ns = 0;  // the slowest of the threads', see core_probe.h
};

// How long a window stays open for that many threads: on few CPUs every thread
// must get several turns on one, or fairness would be the scheduler's.
std::chrono::nanoseconds WindowFor(int threads);

// How often MeasureInWindows() tries a window four times as long, until there
// is an operation in it.
inline constexpr int kLongerWindows = 4;

// Runs `body` in `threads` pinned threads, which must return soon after
// Stopped().
WindowResult RunWindow(int threads, std::chrono::nanoseconds window,
                       const std::function<void(Worker&)>& body);

// The numbers of an unmetered window, with the longest wait of a metered one.
Sample ToSample(const WindowResult& plain, const WindowResult& metered);

// Measures a benchmark: a class with
//   explicit Benchmark(int threads, ...);
//   template <bool kTimed> void Run(Worker& worker);      // the body of one
//   thread std::string Check(std::uint64_t operations) const;    // what went
//   wrong, or nothing
// in two windows; the metered one is half as long and counts for the longest
// wait only, because reading the clock disturbs.
template <typename Benchmark, typename... Args>
Sample MeasureInWindows(int threads, Args... args) {
  Benchmark benchmark(threads, args...);
  std::chrono::nanoseconds window = WindowFor(threads);
  const auto run = [&] {
    return RunWindow(threads, window, [&](Worker& worker) {
      benchmark.template Run<false>(worker);
    });
  };
  WindowResult plain = run();
  // On a busy machine the threads may not have run at all.
  for (int i = 0; i < kLongerWindows && plain.operations == 0; ++i) {
    window *= 4;
    plain = run();
  }
  const WindowResult metered =
      RunWindow(threads, window / 2,
                [&](Worker& worker) { benchmark.template Run<true>(worker); });
  Sample sample = ToSample(plain, metered);
  sample.error = benchmark.Check(plain.operations + metered.operations);
  if (sample.error.empty() && plain.operations == 0) {
    sample.error = "not one operation in the window";
  }
  return sample;
}

}  // namespace parkway_bench

#endif  // PARKWAY_BENCH_ENGINE_WINDOW_H_
