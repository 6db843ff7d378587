// SPDX-License-Identifier: Apache-2.0

// That Abseil's Mutex really sleeps in parkway, and what upstream's test of the
// per-thread semaphore leaves out.
#include "absl/synchronization/internal/per_thread_sem.h"

#include <atomic>
#include <chrono>
#include <cstdint>
#include <thread>
#include <type_traits>

#include "absl/base/internal/thread_identity.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "parkway/absl/per_thread_sem/kernel_timeout.h"

namespace {

std::atomic<int> parkway_sleeps{0};

}  // namespace

// The linker sends calls of parkway::os::futexsleep here (--wrap).
extern "C" {
bool __real__ZN7parkway2os10futexsleepEPSt6atomicIjEjl(
    std::atomic<std::uint32_t>* word, std::uint32_t expected,
    std::int64_t deadline) noexcept;

bool __wrap__ZN7parkway2os10futexsleepEPSt6atomicIjEjl(
    std::atomic<std::uint32_t>* word, std::uint32_t expected,
    std::int64_t deadline) noexcept {
  ++parkway_sleeps;
  return __real__ZN7parkway2os10futexsleepEPSt6atomicIjEjl(word, expected,
                                                           deadline);
}
}

namespace {

using absl::base_internal::ThreadIdentity;
using absl::synchronization_internal::GetOrCreateCurrentThreadIdentity;
using absl::synchronization_internal::KernelTimeout;
using absl::synchronization_internal::PerThreadSem;

bool Wait(KernelTimeout t) {
  return ABSL_INTERNAL_C_SYMBOL(AbslInternalPerThreadSemWait)(t);
}
void Post(ThreadIdentity* identity) {
  ABSL_INTERNAL_C_SYMBOL(AbslInternalPerThreadSemPost)(identity);
}

KernelTimeout After(absl::Duration d) { return KernelTimeout(absl::Now() + d); }
KernelTimeout Expired() { return After(-absl::Seconds(1)); }

// A thread that waits for one Post, and its identity.
class Sleeper {
 public:
  explicit Sleeper(std::atomic<int>* blocked_counter = nullptr)
      : thread_([this, blocked_counter] {
          PerThreadSem::SetThreadBlockedCounter(blocked_counter);
          identity_ = GetOrCreateCurrentThreadIdentity();
          woken_ = Wait(KernelTimeout::Never()) ? 1 : -1;
        }) {
    while (identity() == nullptr || wait_start() == 0)
      std::this_thread::yield();
  }
  ~Sleeper() { thread_.join(); }

  ThreadIdentity* identity() const { return identity_; }
  int wait_start() const { return identity()->wait_start; }
  bool idle() const { return identity()->is_idle; }
  int woken() const { return woken_; }

 private:
  std::atomic<ThreadIdentity*> identity_{nullptr};
  std::atomic<int> woken_{0};
  std::thread thread_;
};

TEST(PerThreadSem, AbseilsMutexSleepsInParkway) {
  parkway_sleeps = 0;
  absl::Mutex mu;
  std::atomic<bool> locked{false};
  mu.Lock();
  std::thread other([&] {
    absl::MutexLock lock(&mu);
    locked = true;
  });
  const absl::Time give_up = absl::Now() + absl::Seconds(50);
  while (parkway_sleeps == 0 && absl::Now() < give_up) {
    std::this_thread::yield();
  }
  EXPECT_GE(parkway_sleeps, 1);
  EXPECT_FALSE(locked);
  mu.Unlock();
  other.join();
  EXPECT_TRUE(locked);
}

TEST(PerThreadSem, AbseilsCondVarSleepsInParkway) {
  parkway_sleeps = 0;
  absl::Mutex mu;
  absl::CondVar cv;
  absl::MutexLock lock(&mu);
  EXPECT_TRUE(cv.WaitWithTimeout(&mu, absl::Milliseconds(1)));
  EXPECT_GE(parkway_sleeps, 1);
}

TEST(PerThreadSem, Counts) {
  ThreadIdentity* const self = GetOrCreateCurrentThreadIdentity();
  for (int i = 0; i < 3; ++i) Post(self);
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(Wait(Expired()));
  EXPECT_FALSE(Wait(Expired()));
  // A Post after the timeout is for the next Wait.
  Post(self);
  EXPECT_TRUE(Wait(KernelTimeout::Never()));
}

TEST(PerThreadSem, PostAfterTheThreadExited) {
  ThreadIdentity* identity = nullptr;
  std::thread([&] { identity = GetOrCreateCurrentThreadIdentity(); }).join();
  Post(identity);
  // The next thread gets the identity, and the Post.
  std::thread([&] {
    ASSERT_EQ(GetOrCreateCurrentThreadIdentity(), identity);
    EXPECT_TRUE(Wait(Expired()));
  }).join();
}

TEST(PerThreadSem, AbsoluteTimeout) {
  const absl::Time start = absl::Now();
  EXPECT_FALSE(Wait(After(absl::Milliseconds(30))));
  EXPECT_GE(absl::Now() - start, absl::Milliseconds(29));
  EXPECT_FALSE(Wait(KernelTimeout(absl::InfinitePast())));
  EXPECT_FALSE(KernelTimeout(absl::InfiniteFuture()).has_timeout());
}

// Since 20230802 there are timeouts by the steady clock.
template <class Timeout>
void WaitForDuration() {
  if constexpr (std::is_constructible_v<Timeout, absl::Duration>) {
    const absl::Time start = absl::Now();
    EXPECT_FALSE(Wait(Timeout(absl::Milliseconds(30))));
    EXPECT_GE(absl::Now() - start, absl::Milliseconds(29));
    EXPECT_FALSE(Wait(Timeout(absl::ZeroDuration())));
    EXPECT_FALSE(Timeout(absl::InfiniteDuration()).has_timeout());
  }
}

TEST(PerThreadSem, RelativeTimeout) { WaitForDuration<KernelTimeout>(); }

TEST(PerThreadSem, DeadlineOfEveryTimeout) {
  namespace pts = parkway::per_thread_sem;
  EXPECT_EQ(pts::deadline(KernelTimeout::Never()), parkway::os::kForever);
  const std::int64_t past = pts::deadline(Expired());
  EXPECT_LE(past, parkway::os::nanotime());
  EXPECT_TRUE(pts::expired(Expired()));
  EXPECT_FALSE(pts::expired(KernelTimeout::Never()));
  const std::int64_t before = parkway::os::nanotime();
  const std::int64_t at = pts::deadline(After(absl::Seconds(100)));
  const std::int64_t after = parkway::os::nanotime();
  EXPECT_GT(at - before, std::int64_t{90} * 1000000000);
  EXPECT_LE(at - after, std::int64_t{100} * 1000000000);
  // Centuries from now: no overflow.
  EXPECT_GT(pts::deadline(After(absl::Hours(24 * 365 * 200))),
            parkway::os::nanotime());
}

TEST(PerThreadSem, PokeMarksIdleAndDoesNotWake) {
  const int sleeps_before = parkway_sleeps;
  Sleeper sleeper;
  while (parkway_sleeps == sleeps_before) std::this_thread::yield();
  const int sleeps = parkway_sleeps;
  // Abseil's ticker calls this once a second and pokes after a minute (under
  // ThreadSanitizer earlier).
  while (!sleeper.idle()) {
    PerThreadSem::Tick(sleeper.identity());
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  EXPECT_NE(sleeper.wait_start(), 0);
  // It went back to sleep.
  while (parkway_sleeps == sleeps) std::this_thread::yield();
  EXPECT_EQ(sleeper.woken(), 0);
  Post(sleeper.identity());
  while (sleeper.woken() == 0) std::this_thread::yield();
  EXPECT_EQ(sleeper.woken(), 1);
  EXPECT_EQ(sleeper.wait_start(), 0);
  EXPECT_FALSE(sleeper.idle());
}

TEST(PerThreadSem, CountsBlockedThreads) {
  std::atomic<int> blocked{0};
  Sleeper sleeper(&blocked);
  while (blocked != 1) std::this_thread::yield();
  Post(sleeper.identity());
  while (sleeper.woken() == 0) std::this_thread::yield();
  EXPECT_EQ(blocked, 0);
}

// Posts from many threads, none lost, none twice.
TEST(PerThreadSem, EveryPostIsOneWait) {
  constexpr int kPosters = 4;
  constexpr int kPosts = 20000;
  ThreadIdentity* const self = GetOrCreateCurrentThreadIdentity();
  std::thread posters[kPosters];
  for (std::thread& poster : posters) {
    poster = std::thread([self] {
      for (int i = 0; i < kPosts; ++i) Post(self);
    });
  }
  int timeouts = 0;
  for (int waits = 0; waits < kPosters * kPosts;) {
    // Every other Wait has an end that may come while a Post does.
    if (Wait(waits % 2 ? After(absl::Microseconds(20)) : KernelTimeout())) {
      ++waits;
    } else {
      ++timeouts;
    }
  }
  for (std::thread& poster : posters) poster.join();
  EXPECT_FALSE(Wait(Expired())) << timeouts << " timeouts before";
}

}  // namespace
