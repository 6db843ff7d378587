// SPDX-License-Identifier: Apache-2.0

// Everything at once: threads that do whatever their seed says, until told to
// stop, alone, on one CPU, and under signals. A typed suite over a kind of mix.
#ifndef PARKWAY_TESTS_STRESS_MIX_H_
#define PARKWAY_TESTS_STRESS_MIX_H_

#include <gtest/gtest.h>
#if !defined(_WIN32)
#include <pthread.h>
#include <signal.h>
#endif

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "parkway/os/os.h"
#include "tests/suites/support.h"

namespace parkway::test {

inline constexpr int kMaxThreads = 16;

// For the watchdog: what each thread does, and how much it has done.
struct Doing {
  std::atomic<const char*> what{""};
  std::atomic<long> count{0};
};
inline Doing g_doing[kMaxThreads];
inline std::atomic<int> g_threads{0};

inline void ReportState() {
  for (int i = 0; i < g_threads; ++i) {
    char line[128];
    const int n =
        std::snprintf(line, sizeof(line), "thread %d: %s after %ld\n", i,
                      g_doing[i].what.load(), g_doing[i].count.load());
    os::write_error(line, static_cast<std::size_t>(n));
  }
}

// One run. `stream` picks its random choices.
class StressMix {
 public:
  // What else happens meanwhile, until `stop`.
  using Meanwhile = std::function<void(std::vector<std::unique_ptr<Thread>>&,
                                       const std::atomic<bool>& stop)>;

  StressMix(int threads, std::uint64_t stream)
      : threads_(threads), stream_(stream) {}
  virtual ~StressMix() = default;

  void Run(std::chrono::nanoseconds time, const Meanwhile& meanwhile) {
    g_threads = threads_;
    SetStateReport(&ReportState);
    std::vector<std::unique_ptr<Thread>> all;
    for (int i = 0; i < threads_; ++i) {
      all.push_back(std::make_unique<Thread>([this, i] { Work(i); }));
    }
    std::atomic<bool> stop{false};
    std::unique_ptr<Thread> other;
    if (meanwhile) {
      other = std::make_unique<Thread>([&] { meanwhile(all, stop); });
    }
    const auto end = std::chrono::steady_clock::now() + time;
    while (left_ < threads_) {
      std::this_thread::sleep_for(std::chrono::microseconds(500));
      if (std::chrono::steady_clock::now() >= end) {
        stop = true;
        if (other != nullptr) other->Join();
        done_ = true;
      }
      Nudge();
    }
    for (auto& thread : all) thread->Join();
    EXPECT_EQ(Sections(), sections_);
    EXPECT_GT(sections_, 0);
  }

 protected:
  // One random thing, by thread `id`. Returns how many sections that were.
  virtual long Step(int id, Random& random, Doing& doing) = 0;
  // All threads may wait at once, also for `done_`: their wake comes from here.
  virtual void Nudge() = 0;
  // Checks what is left. Returns how many sections there were.
  virtual long Sections() = 0;

  std::atomic<bool> done_{false};

 private:
  void Work(int id) {
    Random random = Random::Stream(stream_ * 64 + static_cast<unsigned>(id));
    Doing& doing = g_doing[id];
    long sections = 0;
    // At least one, also on a machine that is too busy to have run it in time.
    while (!done_ || sections == 0) {
      ++doing.count;
      sections += Step(id, random, doing);
    }
    doing.what = "left";
    sections_ += sections;
    ++left_;
  }

  const int threads_;
  const std::uint64_t stream_;
  std::atomic<long> sections_{0};
  std::atomic<int> left_{0};
};

// Mix: a StressMix.
template <class Mix>
class MixStress : public testing::Test {
 protected:
  // Four numbers of threads, the last two chosen by the seed.
  static void Run(std::chrono::nanoseconds usual,
                  const StressMix::Meanwhile& meanwhile = nullptr) {
    Random random = Random::Stream(7);
    const auto time = StressTime(usual) / 4;
    std::uint64_t stream = 1;
    for (const int threads : {2, 16, 3 + static_cast<int>(random.Below(13)),
                              3 + static_cast<int>(random.Below(13))}) {
      SCOPED_TRACE("threads: " + std::to_string(threads));
      auto mix = std::make_unique<Mix>(threads, stream++);
      mix->Run(time, meanwhile);
    }
  }
};
TYPED_TEST_SUITE_P(MixStress);

TYPED_TEST_P(MixStress, Plain) { this->Run(std::chrono::milliseconds(1200)); }

TYPED_TEST_P(MixStress, OneCpu) {
  if (!kHasFork) GTEST_SKIP() << "no child that has one CPU only";
  const auto time = StressTime(std::chrono::milliseconds(500));
  EXPECT_EQ(
      RunInChild(
          [this, time] {
            if (!PinToOneCpu()) return 1;
            this->Run(time);
            return testing::Test::HasFailure() ? 2 : 0;
          },
          static_cast<int>(
              60 + 2 * std::chrono::duration_cast<std::chrono::seconds>(time)
                           .count())),
      0);
}

inline std::atomic<long> g_signals{0};

TYPED_TEST_P(MixStress, Signals) {
#if defined(_WIN32)
  GTEST_SKIP() << "Windows interrupts no wait";
#else
  struct sigaction action = {};
  // No SA_RESTART: sleeps end with EINTR.
  action.sa_handler = [](int) { ++g_signals; };
  ASSERT_EQ(sigaction(SIGUSR1, &action, nullptr), 0);
  g_signals = 0;
  static constexpr std::chrono::milliseconds kUsual{800};
  this->Run(kUsual, [](std::vector<std::unique_ptr<Thread>>& threads,
                       const std::atomic<bool>& stop) {
    Random random = Random::Stream(8);
    // Ends by itself: on a busy machine the one who would stop it may
    // wait for a lock whose holder does little but handle signals.
    const auto end = std::chrono::steady_clock::now() + StressTime(kUsual) / 4;
    // At least one, also if that time is up before this thread runs.
    do {
      pthread_kill(threads[random.Below(threads.size())]->handle(), SIGUSR1);
      if (random.OneIn(8)) {
        std::this_thread::sleep_for(random.Microseconds(100));
      }
    } while (!stop && std::chrono::steady_clock::now() < end);
  });
  EXPECT_GT(g_signals, 0);
#endif
}

REGISTER_TYPED_TEST_SUITE_P(MixStress, Plain, OneCpu, Signals);

}  // namespace parkway::test

#endif  // PARKWAY_TESTS_STRESS_MIX_H_
