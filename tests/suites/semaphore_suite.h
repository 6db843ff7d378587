// SPDX-License-Identifier: Apache-2.0

// What Semaphore promises, as a typed suite over SemaphoreCase.
#ifndef PARKWAY_TESTS_SUITES_SEMAPHORE_SUITE_H_
#define PARKWAY_TESTS_SUITES_SEMAPHORE_SUITE_H_

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <new>

#include "parkway/lock/semaphore.h"
#include "parkway/wait/address_wait.h"
#include "tests/suites/mutex_suite.h"  // SlowClock
#include "tests/suites/support.h"

namespace parkway::test {

// P: the semaphore's policy. W: who waits.
template <class P, class W>
struct SemaphoreCase {
  using Platform = P;
  using Jobs = W;
};

template <class Case>
class SemaphoreSuite : public testing::Test {
 protected:
  using Semaphore = BasicSemaphore<typename Case::Platform>;
  using Jobs = typename Case::Jobs;

  // Makes the `waiters` that wait starve: wakes each for nothing, as somebody
  // does who takes the permit before it can. False if one has left.
  static bool Starve(const Semaphore& semaphore, int waiters,
                     const std::atomic<int>& left) {
    using AddressWaiter = BasicAddressWaiter<typename Case::Platform>;
    bool starve = false;
    EXPECT_TRUE(Eventually([&] {
      AddressWaiter::wake_one(&semaphore, AddressKind::kSemaphore);
      // Those that starve go on doing so.
      const std::size_t starving =
          AddressWaiter::wake_all(&semaphore, AddressKind::kStarving);
      starve = starving == static_cast<std::size_t>(waiters);
      return starve || left > 0;
    }));
    return starve;
  }
};
TYPED_TEST_SUITE_P(SemaphoreSuite);

// As many as it says, and no more.
template <class Semaphore>
void ExpectPermits(Semaphore& semaphore, int permits) {
  int found = 0;
  while (semaphore.try_acquire()) ++found;
  EXPECT_EQ(found, permits);
  semaphore.release(found);
}

TYPED_TEST_P(SemaphoreSuite, HasThePermitsThatItWasMadeWith) {
  using Semaphore = typename TestFixture::Semaphore;
  for (const int permits : {0, 1, 2, 100}) {
    Semaphore semaphore(permits);
    ExpectPermits(semaphore, permits);
  }
  static Semaphore constant(2);
  ExpectPermits(constant, 2);
}

TYPED_TEST_P(SemaphoreSuite, AcquireTakesAndReleaseGives) {
  typename TestFixture::Semaphore semaphore(2);
  semaphore.acquire();
  semaphore.acquire();
  EXPECT_FALSE(semaphore.try_acquire());
  semaphore.release();
  EXPECT_TRUE(semaphore.try_acquire());
  semaphore.release(0);
  EXPECT_FALSE(semaphore.try_acquire());
  semaphore.release(3);
  ExpectPermits(semaphore, 3);
}

TYPED_TEST_P(SemaphoreSuite, HoldsAsManyAsMax) {
  using Semaphore = typename TestFixture::Semaphore;
  static_assert(Semaphore::max() == INT32_MAX);
  Semaphore semaphore(0);
  semaphore.release(Semaphore::max());
  EXPECT_TRUE(semaphore.try_acquire());
  semaphore.release();
  Semaphore full(Semaphore::max());
  EXPECT_TRUE(full.try_acquire());
  full.release(1);
}

TYPED_TEST_P(SemaphoreSuite, TimedAcquireWithoutTime) {
  typename TestFixture::Semaphore semaphore(0);
  const auto check = [&semaphore](bool there) {
    const auto once = [&](bool taken) {
      EXPECT_EQ(taken, there);
      if (taken) semaphore.release();
    };
    once(semaphore.try_acquire_for(std::chrono::milliseconds(0)));
    once(semaphore.try_acquire_for(std::chrono::milliseconds(-1)));
    once(semaphore.try_acquire_for(std::chrono::hours::min()));
    once(semaphore.try_acquire_until(std::chrono::steady_clock::now()));
    once(semaphore.try_acquire_until(
        std::chrono::steady_clock::time_point::min()));
    once(semaphore.try_acquire_until(std::chrono::system_clock::time_point()));
  };
  check(false);
  semaphore.release();
  check(true);
}

TYPED_TEST_P(SemaphoreSuite, TimedAcquireWaitsItsTime) {
  typename TestFixture::Semaphore semaphore(0);
  typename TestFixture::Jobs jobs;
  for (int i = 0; i < 2; ++i) {
    jobs.Start([&] {
      const auto check = [&](auto timeout) {
        const auto start = std::chrono::steady_clock::now();
        EXPECT_FALSE(semaphore.try_acquire_for(timeout));
        EXPECT_GE(std::chrono::steady_clock::now() - start, timeout);
      };
      check(std::chrono::microseconds(70));
      check(std::chrono::milliseconds(3));
      const auto until = [&](auto at) {
        EXPECT_FALSE(semaphore.try_acquire_until(at));
        EXPECT_GE(decltype(at)::clock::now(), at);
      };
      until(std::chrono::steady_clock::now() + std::chrono::milliseconds(3));
      until(std::chrono::system_clock::now() + std::chrono::milliseconds(3));
      until(SlowClock::now() + std::chrono::milliseconds(3));
    });
  }
}

TYPED_TEST_P(SemaphoreSuite, ReleaseEndsEveryKindOfWait) {
  const auto check = [](auto acquire) {
    typename TestFixture::Semaphore semaphore(0);
    int data = 0;
    typename TestFixture::Jobs jobs;
    jobs.Start([&] {
      EXPECT_TRUE(acquire(semaphore));
      EXPECT_EQ(data, 7);
    });
    jobs.AwaitParked();
    data = 7;
    semaphore.release();
  };
  check([](auto& s) { return s.acquire(), true; });
  check([](auto& s) { return s.try_acquire_for(std::chrono::hours(1)); });
  check([](auto& s) { return s.try_acquire_for(std::chrono::hours::max()); });
  check([](auto& s) {
    return s.try_acquire_until(std::chrono::steady_clock::now() +
                               std::chrono::hours(1));
  });
  check([](auto& s) {
    return s.try_acquire_until(std::chrono::system_clock::time_point::max());
  });
}

// One call that gives several, to more and fewer that wait.
TYPED_TEST_P(SemaphoreSuite, ReleaseOfSeveralWakesAsMany) {
  for (const int waiters : {1, 3, 6}) {
    typename TestFixture::Semaphore semaphore(0);
    std::atomic<int> served{0};
    typename TestFixture::Jobs jobs;
    for (int i = 0; i < waiters; ++i) {
      jobs.Start([&] {
        semaphore.acquire();
        ++served;
      });
    }
    jobs.AwaitParked();
    semaphore.release(3);
    const int first = waiters < 3 ? waiters : 3;
    ASSERT_TRUE(Eventually([&] { return served == first; }));
    // One that was let in by mistake would not wait.
    ASSERT_TRUE(jobs.AwaitParked());
    EXPECT_EQ(served, first);
    semaphore.release(6);
    jobs.Join();
    EXPECT_EQ(served, waiters);
    ExpectPermits(semaphore, 9 - waiters);
  }
}

// Those whose time is up while permits come take them or leave them to others.
TYPED_TEST_P(SemaphoreSuite, TimeoutsRaceReleases) {
  Random random = Random::Stream(1);
  for (int i = 0; i < Rounds(300); ++i) {
    typename TestFixture::Semaphore semaphore(0);
    std::atomic<int> taken{0};
    typename TestFixture::Jobs jobs;
    constexpr int kWaiters = 4;
    for (int w = 0; w < kWaiters; ++w) {
      const auto time = random.Microseconds(300);
      jobs.Start([&, w, time] {
        if (w == 0) {
          semaphore.acquire();
        } else if (!semaphore.try_acquire_for(time)) {
          return;
        }
        ++taken;
      });
    }
    int given = 0;
    while (given < kWaiters) {
      std::this_thread::sleep_for(random.Microseconds(200));
      const int count = 1 + static_cast<int>(random.Below(2));
      semaphore.release(count);
      given += count;
    }
    jobs.Join();
    ExpectPermits(semaphore, given - taken);
  }
}

// A thread that gives back only to take again can't keep others out.
TYPED_TEST_P(SemaphoreSuite, WaiterIsNotStarvedByAThreadThatTakesItAgain) {
  for (const int busy_us : {0, 20, 200}) {
    typename TestFixture::Semaphore semaphore(1);
    std::atomic<int> waiting{3};
    Thread hog([&] {
      while (waiting > 0) {
        semaphore.acquire();
        Burn(std::chrono::microseconds(busy_us));
        semaphore.release();
      }
    });
    typename TestFixture::Jobs jobs;
    for (int i = 0; i < 3; ++i) {
      jobs.Start([&, i] {
        // One wait: what it has waited for does not count for the next.
        if (i == 0) {
          EXPECT_TRUE(semaphore.try_acquire_for(std::chrono::hours(1)));
        } else {
          semaphore.acquire();
        }
        --waiting;
        semaphore.release();
      });
    }
    jobs.Join();
    hog.Join();
    ExpectPermits(semaphore, 1);
  }
}

// A waiter that has waited for its millisecond and was woken for nothing often
// enough is granted the next permit, which nobody else can take.
TYPED_TEST_P(SemaphoreSuite, StarvingWaitersAreGrantedPermits) {
  for (const bool timed : {false, true}) {
    for (const int waiters : {1, 3}) {
      typename TestFixture::Semaphore semaphore(0);
      std::atomic<int> served{0};
      typename TestFixture::Jobs jobs;
      for (int i = 0; i < waiters; ++i) {
        jobs.Start([&] {
          if (timed) {
            EXPECT_TRUE(semaphore.try_acquire_for(std::chrono::hours(1)));
          } else {
            semaphore.acquire();
          }
          ++served;
        });
      }
      ASSERT_TRUE(this->Starve(semaphore, waiters, served));
      for (int i = 1; i <= waiters; ++i) {
        semaphore.release();
        EXPECT_FALSE(semaphore.try_acquire());
        ASSERT_TRUE(Eventually([&] { return served == i; }));
      }
      jobs.Join();
      semaphore.release(2);
      ExpectPermits(semaphore, 2);
    }
  }
}

// What a starving waiter asked for and no longer wants goes to others.
TYPED_TEST_P(SemaphoreSuite, StarvingWaitersMayGiveUp) {
  // If they were gone before they starved, that shows nothing.
  bool shown = false;
  for (std::chrono::milliseconds in_vain(300); !shown; in_vain *= 2) {
    typename TestFixture::Semaphore semaphore(0);
    std::atomic<int> left{0};
    typename TestFixture::Jobs jobs;
    for (int i = 0; i < 3; ++i) {
      jobs.Start([&] {
        EXPECT_FALSE(semaphore.try_acquire_for(in_vain));
        ++left;
      });
    }
    shown = this->Starve(semaphore, 3, left);
    ASSERT_TRUE(Eventually([&] { return left == 3; }));
    EXPECT_FALSE(semaphore.try_acquire());
    semaphore.release();
    ExpectPermits(semaphore, 1);
  }
}

// release() does not look at the semaphore after it has made the permits
// visible.
TYPED_TEST_P(SemaphoreSuite, MemoryMayGoAwayAfterTheLastAcquire) {
  using Semaphore = typename TestFixture::Semaphore;
  Page page;
  Random random = Random::Stream(3);
  for (int i = 0; i < Rounds(500); ++i) {
    auto* const semaphore = new (page.memory()) Semaphore(0);
    const auto delay = random.Microseconds(40);
    const bool timed = random.OneIn(2);
    {
      typename TestFixture::Jobs jobs;
      Thread releaser([semaphore, delay] {
        Burn(delay);
        semaphore->release();
      });
      jobs.Start([&page, semaphore, timed] {
        if (timed) {
          while (!semaphore->try_acquire_for(std::chrono::microseconds(20))) {
          }
        } else {
          semaphore->acquire();
        }
        page.Revoke();
      });
    }
    page.Restore();
  }
}

TYPED_TEST_P(SemaphoreSuite, PublishesData) {
  typename TestFixture::Semaphore full(0);
  typename TestFixture::Semaphore empty(1);
  long data = 0;
  const int rounds = Rounds(3000);
  typename TestFixture::Jobs jobs;
  jobs.Start([&] {
    for (int i = 0; i < rounds; ++i) {
      empty.acquire();
      ++data;
      full.release();
    }
  });
  jobs.Start([&] {
    for (int i = 0; i < rounds; ++i) {
      full.acquire();
      ASSERT_EQ(data, i + 1);
      empty.release();
    }
  });
}

REGISTER_TYPED_TEST_SUITE_P(SemaphoreSuite, HasThePermitsThatItWasMadeWith,
                            AcquireTakesAndReleaseGives, HoldsAsManyAsMax,
                            TimedAcquireWithoutTime, TimedAcquireWaitsItsTime,
                            ReleaseEndsEveryKindOfWait,
                            ReleaseOfSeveralWakesAsMany, TimeoutsRaceReleases,
                            WaiterIsNotStarvedByAThreadThatTakesItAgain,
                            StarvingWaitersAreGrantedPermits,
                            StarvingWaitersMayGiveUp,
                            MemoryMayGoAwayAfterTheLastAcquire, PublishesData);

}  // namespace parkway::test

#endif  // PARKWAY_TESTS_SUITES_SEMAPHORE_SUITE_H_
