// SPDX-License-Identifier: Apache-2.0

// Origin: the ideas of the Go runtime's benchmarks ChanContended and
// ChanCreation.

#include <cstddef>

#include "bench/engine/allocation_count.h"
#include "bench/engine/lock_list.h"
#include "bench/engine/window.h"
#include "bench/locks/channel.h"
#include "bench/locks/micro.h"

namespace parkway_bench {
namespace {

template <typename Lock>
class Contended {
 public:
  explicit Contended(int threads)
      : channel_(
            Channel<Lock>::Create(kBurst * static_cast<std::size_t>(threads))) {
  }
  ~Contended() { Channel<Lock>::Destroy(channel_); }
  Contended(const Contended&) = delete;
  Contended& operator=(const Contended&) = delete;

  template <bool kTimed>
  void Run(Worker& worker) {
    std::uint64_t operations = 0;
    std::uint64_t balance = 0;
    while (!worker.Stopped()) {
      for (std::size_t i = 0; i < kBurst; ++i) {
        worker.Metered<kTimed>([&] { channel_->Send(i); });
        balance += i;
      }
      for (std::size_t i = 0; i < kBurst; ++i) {
        worker.Metered<kTimed>([&] { balance -= channel_->Receive(); });
      }
      operations += kBurst;
    }
    balance_.fetch_add(balance, std::memory_order_relaxed);
    worker.Finish(operations);
  }

  std::string Check(std::uint64_t) const {
    return balance_.load() == 0 ? "" : "what came out is not what went in";
  }

 private:
  static constexpr std::size_t kBurst = 100;
  Channel<Lock>* const channel_;
  std::atomic<std::uint64_t> balance_{0};
};

template <typename Lock>
class Creation {
 public:
  explicit Creation(int) {}

  template <bool kTimed>
  void Run(Worker& worker) {
    std::uint64_t operations = 0;
    const std::uint64_t before = AllocationsOfThisThread();
    while (!worker.Stopped()) {
      worker.Metered<kTimed>([&] {
        Channel<Lock>* const channel = Channel<Lock>::Create(1);
        channel->Send(operations);
        channel->Receive();
        Channel<Lock>::Destroy(channel);
      });
      ++operations;
    }
    allocations_.fetch_add(AllocationsOfThisThread() - before,
                           std::memory_order_relaxed);
    operations_.fetch_add(operations, std::memory_order_relaxed);
    worker.Finish(operations);
  }

  static Sample Measure(int threads) {
    Creation creation(threads);
    const auto window = WindowFor(threads);
    const WindowResult plain = RunWindow(
        threads, window, [&](Worker& worker) { creation.Run<false>(worker); });
    const WindowResult metered =
        RunWindow(threads, window / 2,
                  [&](Worker& worker) { creation.Run<true>(worker); });
    Sample sample = ToSample(plain, metered);
    sample.counters[kAllocations] =
        static_cast<double>(creation.allocations_.load()) /
        static_cast<double>(creation.operations_.load());
    return sample;
  }

 private:
  std::atomic<std::uint64_t> allocations_{0};
  std::atomic<std::uint64_t> operations_{0};
};

}  // namespace

void AddChannels(const std::vector<int>& threads, std::vector<Cell>* cells) {
  for (const int n : threads) {
    Locks::ForEach([&](auto type) {
      using Lock = typename Only<decltype(type)>::type;
      Cell cell = MakeCell<Lock>("ChanContended", n);
      cell.measure = [n] { return MeasureInWindows<Contended<Lock>>(n); };
      cells->push_back(std::move(cell));
    });
  }
  for (const int n : threads) {
    Locks::ForEach([&](auto type) {
      using Lock = typename Only<decltype(type)>::type;
      Cell cell = MakeCell<Lock>("ChanCreation", n);
      cell.measure = [n] { return Creation<Lock>::Measure(n); };
      cells->push_back(std::move(cell));
    });
  }
}

}  // namespace parkway_bench
