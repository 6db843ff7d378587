// SPDX-License-Identifier: Apache-2.0

#include "bench/engine/window.h"

#include <algorithm>
#include <cstddef>
#include <memory>
#include <thread>
#include <vector>

#include "bench/engine/core_probe.h"

namespace parkway_bench {

// Worker's friend: the threads and the gates of one window.
struct WindowRun {
  std::atomic<int> ready{0};
  std::atomic<bool> open{false};
  alignas(128) std::atomic<bool> stop{
      false};  // read in every turn: nothing else on its line

  void RunWorker(Worker& worker, const std::function<void(Worker&)>& body) {
    PinThisThread(worker.index_);
    ready.fetch_add(1, std::memory_order_relaxed);
    while (!open.load(std::memory_order_acquire)) {
      std::this_thread::yield();
    }
    const Usage before = ThisThreadUsage();
    body(worker);
    const Usage after = ThisThreadUsage();
    worker.used_.cpu_seconds = after.cpu_seconds - before.cpu_seconds;
    worker.used_.voluntary_switches =
        after.voluntary_switches - before.voluntary_switches;
    worker.used_.involuntary_switches =
        after.involuntary_switches - before.involuntary_switches;
    worker.core_probe_ns_ = CoreProbe();
  }

  WindowResult Run(int threads, std::chrono::nanoseconds window,
                   const std::function<void(Worker&)>& body) {
    const std::unique_ptr<Worker[]> workers(
        new Worker[static_cast<std::size_t>(threads)]);
    std::vector<std::thread> running;
    for (int i = 0; i < threads; ++i) {
      workers[i].index_ = i;
      workers[i].stop_ = &stop;
      running.emplace_back(
          [this, &worker = workers[i], &body] { RunWorker(worker, body); });
    }
    while (ready.load(std::memory_order_relaxed) != threads) {
      std::this_thread::sleep_for(std::chrono::microseconds(50));
    }
    const std::int64_t start = MonotonicNanos();
    open.store(true, std::memory_order_release);
    std::this_thread::sleep_for(window);
    stop.store(true, std::memory_order_relaxed);
    const std::int64_t end = MonotonicNanos();
    for (std::thread& thread : running) {
      thread.join();
    }

    WindowResult result;
    result.seconds = 1e-9 * static_cast<double>(end - start);
    std::uint64_t least = workers[0].operations_;
    std::uint64_t most = least;
    for (int i = 0; i < threads; ++i) {
      const Worker& worker = workers[i];
      result.operations += worker.operations_;
      result.cpu_seconds += worker.used_.cpu_seconds;
      result.voluntary_switches += worker.used_.voluntary_switches;
      result.involuntary_switches += worker.used_.involuntary_switches;
      result.longest_wait_nanos =
          std::max(result.longest_wait_nanos, worker.longest_wait_nanos_);
      result.core_probe_ns =
          std::max(result.core_probe_ns, worker.core_probe_ns_);
      least = std::min(least, worker.operations_);
      most = std::max(most, worker.operations_);
    }
    result.fairness =
        most == 0 ? 0 : static_cast<double>(least) / static_cast<double>(most);
    return result;
  }
};

std::chrono::nanoseconds WindowFor(int threads) {
  return std::chrono::milliseconds(20 + 5 * std::min(threads, 32));
}

WindowResult RunWindow(int threads, std::chrono::nanoseconds window,
                       const std::function<void(Worker&)>& body) {
  WindowRun run;
  return run.Run(threads, window, body);
}

Sample ToSample(const WindowResult& plain, const WindowResult& metered) {
  Sample sample;
  sample.operations =
      static_cast<double>(std::max<std::uint64_t>(plain.operations, 1));
  sample.seconds_per_op = plain.seconds / sample.operations;
  sample.cpu_seconds_per_op = plain.cpu_seconds / sample.operations;
  sample.counters[kCpuPerOp] = 1e9 * sample.cpu_seconds_per_op;
  sample.counters[kLongestWait] =
      1e-3 * static_cast<double>(metered.longest_wait_nanos);
  sample.counters[kFairness] = plain.fairness;
  sample.counters[kSwitches] =
      static_cast<double>(plain.voluntary_switches) / sample.operations;
  sample.counters[kCoreProbe] = plain.core_probe_ns;
  sample.counters[kInvoluntarySwitches] =
      static_cast<double>(plain.involuntary_switches) / sample.operations;
  return sample;
}

}  // namespace parkway_bench
