// SPDX-License-Identifier: Apache-2.0

#include <atomic>
#include <cstdint>
#include <thread>

#include "bench/engine/turns.h"
#include "bench/scale/measure.h"
#include "parkway/base/cpu.h"

namespace parkway_bench::scale {
namespace {

using Word = std::atomic<std::uint64_t>;

struct alignas(128) Line {
  Word word{0};
};

constexpr int kMany = 20000;
constexpr int kMost = 100000;

// Keeps a value that nobody wants.
inline void Keep(std::uint64_t value) { asm volatile("" : : "r"(value)); }

// Ticks of the clock that the compiler and the processor leave where they are:
// all loads before have ended.
inline std::uint64_t TicksAfterAll() {
  std::uint32_t low = 0;
  std::uint32_t high = 0;
  asm volatile("lfence; rdtsc; lfence" : "=a"(low), "=d"(high) : : "memory");
  return std::uint64_t{high} << 32 | low;
}

double NanosOfATick() {
  static const double nanos = [] {
    const std::int64_t start = MonotonicNanos();
    const std::uint64_t ticks = parkway::internal::cpu_ticks();
    while (MonotonicNanos() - start < 5000000) {
    }
    const auto gone = static_cast<double>(MonotonicNanos() - start);
    return gone / static_cast<double>(parkway::internal::cpu_ticks() - ticks);
  }();
  return nanos;
}

double Load() {
  static Line line;
  return EachTakes(kMost,
                   [](int) { line.word.load(std::memory_order_relaxed); });
}

// Each needs what the last one has found.
double LoadUse() {
  static void* self = &self;
  void* at = &self;
  const double took = EachTakes(kMost, [&at](int) {
    asm volatile("mov (%0), %0" : "+r"(at));
  });
  Keep(reinterpret_cast<std::uintptr_t>(at));
  return took;
}

double Store() {
  static Line line;
  return EachTakes(kMost, [](int i) {
    line.word.store(static_cast<std::uint64_t>(i), std::memory_order_relaxed);
  });
}

double Update() {
  static Line line;
  return EachTakes(kMost, [](int) { line.word.fetch_add(1); });
}

double Fence() {
  return EachTakes(kMany, [](int) { parkway::internal::cpu_fence(); });
}

double Pause() {
  return EachTakes(kMany, [](int) { parkway::internal::cpu_pause(); });
}

double ReadClock() {
  return EachTakes(kMany, [](int) { Keep(parkway::internal::cpu_ticks()); });
}

double WorkTurn() {
  constexpr int kTurns = 250;
  std::uint64_t value = 1;
  const double all =
      EachTakes(kMany / 20, [&value](int) { value = Turns(value, kTurns); });
  Keep(value);
  return all / kTurns;
}

// One step of a bench's own loop: the look at the flag that ends it, and the
// count.
double Operation() {
  static Line stop;
  std::uint64_t count = 0;
  return EachTakes(kMost, [&count](int) {
    if (stop.word.load(std::memory_order_relaxed) == 0) Keep(++count);
  });
}

// How long an access takes to a line that the other CPU has written, or this
// one, and has not touched for a while.
template <class Access>
double FirstAccess(bool mine, const Access& access) {
  constexpr std::uint64_t kTimes = 600;
  constexpr int kWhile = 30;
  Line turn;
  Line line;
  std::vector<double> took;
  const auto wait_for = [&turn](std::uint64_t at) {
    while (turn.word.load() != at) parkway::internal::cpu_pause();
  };
  OnCpus(
      0,
      [&] {
        for (std::uint64_t i = 0; i < kTimes; ++i) {
          wait_for(2 * i + 1);
          if (mine) line.word.fetch_add(1);
          for (int j = 0; j < kWhile; ++j) parkway::internal::cpu_pause();
          const std::uint64_t before = TicksAfterAll();
          access(line.word);
          const std::uint64_t after = TicksAfterAll();
          took.push_back(NanosOfATick() * static_cast<double>(after - before));
          turn.word.store(2 * i + 2);
        }
      },
      1,
      [&] {
        for (std::uint64_t i = 0; i < kTimes; ++i) {
          wait_for(2 * i);
          if (!mine) line.word.fetch_add(1);
          turn.word.store(2 * i + 1);
        }
      });
  return MedianOf(took);
}

template <class Access>
double Transfer(const Access& access) {
  return FirstAccess(false, access) - FirstAccess(true, access);
}

double ReadElsewhere() {
  return Transfer([](Word& word) { word.load(); });
}

double UpdateElsewhere() {
  return Transfer([](Word& word) { word.fetch_add(1); });
}

// A line that is in no cache.
double FromMemory() {
  static Line line;
  std::vector<double> took;
  for (int i = 0; i < kMany / 20; ++i) {
    asm volatile("clflush %0; mfence" : "+m"(line.word));
    const std::uint64_t before = TicksAfterAll();
    line.word.load();
    took.push_back(NanosOfATick() *
                   static_cast<double>(TicksAfterAll() - before));
  }
  std::vector<double> nothing;
  for (int i = 0; i < kMany / 20; ++i) {
    const std::uint64_t before = TicksAfterAll();
    line.word.load();
    nothing.push_back(NanosOfATick() *
                      static_cast<double>(TicksAfterAll() - before));
  }
  return MedianOf(took) - MedianOf(nothing);
}

// A word that goes to and fro: each CPU waits for the other's number. One way.
double HandOver() {
  constexpr std::uint64_t kTimes = 10000;
  Line line;
  double took = 0;
  const auto side = [&line](std::uint64_t first) {
    return [&line, first](int i) {
      const std::uint64_t mine = 2 * static_cast<std::uint64_t>(i) + first;
      while (line.word.load(std::memory_order_acquire) != mine) {
      }
      line.word.store(mine + 1, std::memory_order_release);
    };
  };
  OnCpus(
      0, [&] { took = EachTakes(kTimes, side(0)); }, 1,
      [&] { EachTakes(kTimes, side(1)); });
  return took / 2;
}

// Both CPUs update one line as fast as they can: of both together.
double Quarrel() {
  constexpr int kTimes = 40000;
  Line line;
  double took = 0;
  const auto update = [&line](int) { line.word.fetch_add(1); };
  OnCpus(
      0, [&] { took = EachTakes(kTimes, update); }, 1,
      [&] { EachTakes(kTimes, update); });
  return took / 2;
}

// One CPU updates it all the time, the other one each time after ten pauses:
// of the first one.
double Visited() {
  constexpr int kTimes = 40000;
  Line line;
  std::atomic<bool> stop{false};
  double took = 0;
  OnCpus(
      0,
      [&] {
        took = EachTakes(kTimes, [&line](int) { line.word.fetch_add(1); });
        stop.store(true);
      },
      1,
      [&] {
        while (!stop.load(std::memory_order_relaxed)) {
          line.word.fetch_add(1);
          for (int i = 0; i < 10; ++i) parkway::internal::cpu_pause();
        }
      });
  return took;
}

}  // namespace

void OnCpus(int first_cpu, const std::function<void()>& first, int second_cpu,
            const std::function<void()>& second) {
  std::atomic<int> ready{0};
  const auto run = [&ready](int cpu, const std::function<void()>& body) {
    PinThisThread(cpu);
    ready.fetch_add(1);
    while (ready.load() != 2) std::this_thread::yield();
    body();
  };
  std::thread one([&] { run(first_cpu, first); });
  std::thread two([&] { run(second_cpu, second); });
  one.join();
  two.join();
}

std::vector<Probe> InstructionProbes() {
  return {{"load", Load},
          {"load use", LoadUse},
          {"store", Store},
          {"update", Update},
          {"fence", Fence},
          {"pause", Pause},
          {"read clock", ReadClock},
          {"turn", WorkTurn},
          {"operation", Operation},
          {"from memory", FromMemory}};
}

std::vector<Probe> LineProbes() {
  return {{"read elsewhere", ReadElsewhere},
          {"update elsewhere", UpdateElsewhere},
          {"hand over", HandOver},
          {"quarrel", Quarrel},
          {"visited", Visited}};
}

}  // namespace parkway_bench::scale
