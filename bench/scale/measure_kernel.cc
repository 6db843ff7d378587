// SPDX-License-Identifier: Apache-2.0

#include <linux/futex.h>
#include <linux/membarrier.h>
#include <sched.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>
#include <climits>
#include <cstdint>
#include <thread>

#include "bench/scale/measure.h"
#include "parkway/base/cpu.h"

namespace parkway_bench::scale {
namespace {

struct alignas(128) Futex {
  std::atomic<std::uint32_t> word{0};

  void Sleep(std::uint32_t expected) {
    syscall(SYS_futex, &word, FUTEX_WAIT_PRIVATE, expected, nullptr);
  }
  void Wake(int count = 1) {
    syscall(SYS_futex, &word, FUTEX_WAKE_PRIVATE, count);
  }
};

constexpr int kMany = 10000;

double SystemCall() {
  return EachTakes(kMany, [](int) { syscall(SYS_gettid); });
}

double WakeOfNobody() {
  static Futex futex;
  return EachTakes(kMany, [](int) { futex.Wake(); });
}

// The word has another value.
double SleepRefused() {
  static Futex futex;
  return EachTakes(kMany, [](int) { futex.Sleep(7); });
}

double LoneYield() {
  return EachTakes(kMany, [](int) { sched_yield(); });
}

// Two threads on one CPU give it to each other: from one to the other.
double YieldToAnother() {
  double took = 0;
  const auto yields = [](int) { sched_yield(); };
  OnCpus(
      0, [&] { took = EachTakes(kMany, yields); }, 0,
      [&] { EachTakes(kMany, yields); });
  return took / 2;
}

// Two threads wake each other and sleep, in turn: from one to the other.
double WakeInTurn(int first_cpu, int second_cpu, int times) {
  Futex ping;
  Futex pong;
  double took = 0;
  const auto wake = [](Futex& futex) {
    futex.word.store(1);
    futex.Wake();
  };
  const auto sleep = [](Futex& futex) {
    while (futex.word.load() == 0) futex.Sleep(0);
    futex.word.store(0);
  };
  OnCpus(
      first_cpu,
      [&] {
        took = EachTakes(times, [&](int) {
          wake(ping);
          sleep(pong);
        });
      },
      second_cpu,
      [&] {
        EachTakes(times, [&](int) {
          sleep(ping);
          wake(pong);
        });
      });
  return took / 2;
}

// Many sleepers that never take a CPU from who wakes them, being SCHED_IDLE:
// what one more of them adds to a wake.
double WakeOne(int sleepers_cpu) {
  constexpr int kSleepers = 32;
  Futex futex;
  std::atomic<int> ready{0};
  std::vector<std::thread> sleepers;
  for (int i = 0; i < kSleepers; ++i) {
    sleepers.emplace_back([&] {
      PinThisThread(sleepers_cpu);
      const sched_param parameters{};
      sched_setscheduler(0, SCHED_IDLE, &parameters);
      ready.fetch_add(1);
      while (futex.word.load() == 0) futex.Sleep(0);
    });
  }
  // One CPU has to have something better to do than to run who is woken.
  std::atomic<bool> stop{false};
  std::thread other([&] {
    PinThisThread(sleepers_cpu);
    while (ready.load() != kSleepers) sched_yield();
    // They are SCHED_IDLE: they need a while without this one.
    for (int i = 0; i < 20; ++i) usleep(500);
    ready.fetch_add(1);
    while (!stop.load(std::memory_order_relaxed)) {
    }
  });
  PinThisThread(0);
  while (ready.load() != kSleepers + 1) usleep(500);
  usleep(2000);
  futex.word.store(1);
  const double took = EachTakes(kSleepers, [&](int) { futex.Wake(); });
  stop.store(true);
  other.join();
  for (std::thread& sleeper : sleepers) sleeper.join();
  return took;
}

// A sleeper on the other CPU, which has been idle for a while, or runs another
// thread.
struct Awoken {
  double waker_ns = 0;  // of the system call
  double until_ns = 0;  // until the sleeper runs
};
Awoken WakeElsewhere(std::int64_t after_ns, bool busy, int times) {
  Futex futex;
  alignas(128) std::atomic<std::int64_t> woke_at{0};
  alignas(128) std::atomic<int> round{0};
  std::atomic<bool> stop{false};
  std::thread other;
  if (busy) {
    other = std::thread([&stop] {
      PinThisThread(1);
      while (!stop.load(std::memory_order_relaxed)) {
      }
    });
  }
  std::vector<double> waker;
  std::vector<double> until;
  OnCpus(
      0,
      [&] {
        for (int i = 1; i <= times; ++i) {
          while (round.load() != i) parkway::internal::cpu_pause();
          const std::int64_t asleep = MonotonicNanos();
          while (MonotonicNanos() - asleep < after_ns) {
          }
          const std::int64_t start = MonotonicNanos();
          futex.word.store(static_cast<std::uint32_t>(i));
          futex.Wake();
          waker.push_back(static_cast<double>(MonotonicNanos() - start));
          while (woke_at.load() == 0) parkway::internal::cpu_pause();
          until.push_back(static_cast<double>(woke_at.exchange(0) - start));
        }
      },
      1,
      [&] {
        for (int i = 1; i <= times; ++i) {
          const auto old = static_cast<std::uint32_t>(i - 1);
          round.store(i);
          while (futex.word.load() == old) futex.Sleep(old);
          woke_at.store(MonotonicNanos());
        }
      });
  stop.store(true);
  if (busy) other.join();
  return {MedianOf(waker), MedianOf(until)};
}

bool BarrierIsRegistered() {
  static const bool registered =
      syscall(SYS_membarrier, MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED, 0,
              0) == 0;
  return registered;
}

void Barrier() {
  syscall(SYS_membarrier, MEMBARRIER_CMD_PRIVATE_EXPEDITED, 0, 0);
}

double BarrierAlone() {
  if (!BarrierIsRegistered()) return 0;
  return EachTakes(kMany / 10, [](int) { Barrier(); });
}

// The other CPU runs a thread of this process, which counts what it loses: the
// gaps in which it sees no time pass by itself.
struct Interrupted {
  double barrier_ns = 0;
  double lost_ns = 0;
};
Interrupted BarrierWithAnother() {
  constexpr int kTimes = 300;
  constexpr std::int64_t kGap = 400;
  if (!BarrierIsRegistered()) return {};
  std::atomic<bool> stop{false};
  Interrupted result;
  OnCpus(
      0,
      [&] {
        result.barrier_ns = EachTakes(kTimes, [](int) { Barrier(); });
        stop.store(true);
      },
      1,
      [&] {
        std::vector<double> gaps;
        std::int64_t last = MonotonicNanos();
        while (!stop.load(std::memory_order_relaxed)) {
          const std::int64_t now = MonotonicNanos();
          if (now - last > kGap) {
            gaps.push_back(static_cast<double>(now - last));
          }
          last = now;
        }
        result.lost_ns = gaps.empty() ? 0 : MedianOf(gaps);
      });
  return result;
}

// Two threads compute on one CPU: how long each keeps it.
double Slice() {
  constexpr std::int64_t kGap = 200000;
  constexpr std::int64_t kLong = 120000000;
  std::vector<double> slices;
  std::atomic<bool> stop{false};
  OnCpus(
      0,
      [&] {
        const std::int64_t start = MonotonicNanos();
        std::int64_t last = start;
        while (last - start < kLong) {
          const std::int64_t now = MonotonicNanos();
          if (now - last > kGap) {
            slices.push_back(static_cast<double>(now - last));
          }
          last = now;
        }
        stop.store(true);
      },
      0,
      [&] {
        while (!stop.load(std::memory_order_relaxed)) {
        }
      });
  return slices.empty() ? 0 : MedianOf(slices);
}

Probe WakeAfter(const char* name, std::int64_t after_ns, bool busy, int times,
                bool waker) {
  return {name, [=] {
            const Awoken awoken = WakeElsewhere(after_ns, busy, times);
            return waker ? awoken.waker_ns : awoken.until_ns;
          }};
}

}  // namespace

std::vector<Probe> KernelProbes() {
  return {
      {"system call", SystemCall},
      {"futex wake, nobody", WakeOfNobody},
      {"futex sleep, refused", SleepRefused},
      {"futex wake of one, no interrupt", [] { return WakeOne(1); }},
      {"futex wake of one, this CPU", [] { return WakeOne(0); }},
      {"yield alone", LoneYield},
      {"yield to another", YieldToAnother},
      {"wake in turn, one CPU", [] { return WakeInTurn(0, 0, kMany / 5); }},
      {"wake in turn, two CPUs", [] { return WakeInTurn(0, 1, 500); }},
      WakeAfter("wake of an idle CPU, the waker", 20000, false, 60, true),
      WakeAfter("wake of an idle CPU", 20000, false, 60, false),
      WakeAfter("wake of an idle CPU, after 300 us", 300000, false, 20, false),
      WakeAfter("wake of an idle CPU, after 3 ms", 3000000, false, 8, false),
      WakeAfter("wake on a busy CPU, the waker", 20000, true, 60, true),
      WakeAfter("wake on a busy CPU", 20000, true, 60, false),
      {"barrier alone", BarrierAlone},
      {"barrier, another runs", [] { return BarrierWithAnother().barrier_ns; }},
      {"barrier, lost by the other",
       [] { return BarrierWithAnother().lost_ns; }},
      {"slice", Slice},
  };
}

}  // namespace parkway_bench::scale
