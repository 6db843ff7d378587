// SPDX-License-Identifier: Apache-2.0

// A Semaphore's release() that stops between its permit and its wake, which
// goes by address: whoever got the permit has destroyed the semaphore by then,
// and something else that waits by address lives there. The wake must be as
// nothing to it.
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <memory>
#include <mutex>
#include <new>
#include <utility>

#include "parkway/lock/cond_var_slow.h"
#include "parkway/lock/queuing_rw_mutex_slow.h"
#include "parkway/lock/semaphore_slow.h"
#include "parkway/wait/address_wait_slow.h"
#include "parkway/wait/wait_table.h"
#include "parkway/wait/worker_semaphore.h"
#include "tests/faults/fault_platform.h"
#include "tests/suites/support.h"

namespace parkway::test {
namespace {

using std::chrono::milliseconds;

// Platform, in which a thread can be held where it is about to look for
// waiters.
struct GatedPlatform : Platform {
  static constexpr bool kHeldLocks = false;
  // Never made: waits keep all on the stack.
  struct Worker {
    RwWaiter<GatedPlatform> waiter;
    bool waits;
  };
  static Worker* waits_in_record() noexcept { return nullptr; }
  static WaitBucket<GatedPlatform>& bucket(const void* /*key*/) noexcept {
    static WaitBucket<GatedPlatform> all;
    return all;
  }
  static AddressBucket<GatedPlatform>& address_bucket(
      const void* /*address*/) noexcept {
    static AddressBucket<GatedPlatform> all;
    if (Gate* const held = std::exchange(gate, nullptr)) held->Pass();
    return all;
  }

  // Of the calling thread; null: it is not held.
  static inline thread_local Gate* gate = nullptr;
};

using Semaphore = BasicSemaphore<GatedPlatform>;
using Mutex = BasicQueuingRwMutex<GatedPlatform>;
using CondVar = BasicCondVar<GatedPlatform>;

constexpr std::size_t kBytes = 8;
static_assert(sizeof(Semaphore) == kBytes && sizeof(Mutex) == kBytes &&
              sizeof(CondVar) == kBytes);

// Calls next(place) when `place` is where the semaphore was whose wake is to
// come; wake() makes it and returns when it has been made.
template <class Next>
void WithLateWake(Next next) {
  // Where the release() looked for nobody, because its waiter had left on
  // a very slow machine, that shows nothing.
  bool shown = false;
  milliseconds time(50);
  for (; !shown; time *= 2) {
    alignas(kBytes) unsigned char place[kBytes];
    auto* const semaphore = new (place) Semaphore(0);
    bool taken = false;
    Thread waiter([&] { taken = semaphore->try_acquire_for(time); });
    waiter.WaitAsleep();
    Gate gate;
    std::atomic<bool> released{false};
    Thread releaser([&] {
      GatedPlatform::gate = &gate;
      semaphore->release();
      released = true;
      if (std::exchange(GatedPlatform::gate, nullptr) != nullptr) gate.Pass();
    });
    gate.AwaitArrival();
    shown = !released;
    // Whoever has the permit may destroy the semaphore when nobody waits.
    waiter.Join();
    if (!taken) {
      EXPECT_TRUE(semaphore->try_acquire());
    }
    semaphore->~BasicSemaphore();
    next(place, [&] {
      gate.Open();
      releaser.Join();
    });
  }
}

TEST(LateRelease, MakesNobodyTheOwnerOfAQueuingRwMutex) {
  for (const bool shared : {false, true}) {
    WithLateWake([shared](void* place, auto wake) {
      auto* const mutex = new (place) Mutex;
      std::atomic<bool> inside{false};
      mutex->lock();
      Thread waiter([&] {
        shared ? mutex->lock_shared() : mutex->lock();
        inside = true;
        shared ? mutex->unlock_shared() : mutex->unlock();
      });
      EXPECT_TRUE(waiter.WaitAsleep());
      wake();
      EXPECT_TRUE(waiter.WaitAsleep());
      EXPECT_FALSE(inside);
      mutex->unlock();
      waiter.Join();
      EXPECT_TRUE(inside);
    });
  }
}

TEST(LateRelease, GivesNoPermitOfAnotherSemaphore) {
  WithLateWake([](void* place, auto wake) {
    auto* const semaphore = new (place) Semaphore(0);
    std::atomic<bool> taken{false};
    Thread waiter([&] {
      semaphore->acquire();
      taken = true;
    });
    EXPECT_TRUE(waiter.WaitAsleep());
    wake();
    EXPECT_TRUE(waiter.WaitAsleep());
    EXPECT_FALSE(taken);
    semaphore->release();
    waiter.Join();
    EXPECT_FALSE(semaphore->try_acquire());
  });
}

TEST(LateRelease, NotifiesNoWaiterOfACondVar) {
  WithLateWake([](void* place, auto wake) {
    auto* const changed = new (place) CondVar;
    std::mutex mutex;
    std::atomic<bool> notified{false};
    Thread waiter([&] {
      std::unique_lock<std::mutex> lock(mutex);
      changed->wait(lock);
      notified = true;
    });
    EXPECT_TRUE(waiter.WaitAsleep());
    wake();
    EXPECT_TRUE(waiter.WaitAsleep());
    EXPECT_FALSE(notified);
    changed->notify_one();
    waiter.Join();
    EXPECT_TRUE(notified);
  });
}

}  // namespace
}  // namespace parkway::test
