// SPDX-License-Identifier: Apache-2.0

// Objects that the last user destroys, decided under their own lock. ASan sees
// a late touch on the heap, every build one on a page that is gone.
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <new>
#include <thread>
#include <vector>

#include "parkway/lock/byte_mutex.h"
#include "parkway/lock/cond_var.h"
#include "parkway/lock/rw_cond_var.h"
#include "parkway/lock/rw_mutex.h"
#include "parkway/mutex.h"
#include "parkway/note.h"
#include "parkway/os/os.h"
#include "tests/faults/fault_platform.h"
#include "tests/suites/support.h"

namespace parkway::test {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

template <class Mutex>
struct Counted {
  Mutex mutex;
  int users;
  explicit Counted(int n) : users(n) {}
};

// Locks in a way of its own, with a time limit in it.
template <class Mutex>
void LockSlowly(Mutex& mutex, Random& random) {
  while (!mutex.try_lock_for(random.Microseconds(50))) {
  }
}
template <class P>
void LockSlowly(BasicRwMutex<P>& mutex, Random& random) {
  if (random.OneIn(2)) {
    mutex.lock_shared();
    mutex.unlock_shared();
  }
  mutex.lock();
  const Predicate never = {[](const void*) { return false; },
                           [](const void*, const void*) { return true; },
                           nullptr};
  const std::chrono::nanoseconds time = random.Microseconds(50);
  EXPECT_FALSE(mutex.await(never, os::nanotime() + time.count(), false));
}

// All threads start a round together.
class RoundBarrier {
 public:
  explicit RoundBarrier(int threads) : threads_(threads) {}
  void Arrive() {
    const int round = round_;
    if (++arrived_ == threads_) {
      arrived_ = 0;
      ++round_;
      return;
    }
    while (round_ == round) std::this_thread::yield();
  }

 private:
  const int threads_;
  std::atomic<int> arrived_{0};
  std::atomic<int> round_{0};
};

template <class Mutex>
class LifetimeStress : public testing::Test {
 protected:
  static constexpr int kObjects = 16;

  // Each of `threads` threads uses each object once, in an order of its own;
  // the last one calls destroy(i).
  template <class Make, class Destroy>
  static void Run(int threads, std::chrono::nanoseconds time, Make make,
                  Destroy destroy) {
    std::vector<Counted<Mutex>*> objects(kObjects);
    std::atomic<long> destroyed{0};
    std::atomic<bool> stop{false};
    long rounds = 0;
    const auto end = steady_clock::now() + time;
    RoundBarrier barrier(threads);
    std::vector<std::unique_ptr<Thread>> all;
    for (int t = 0; t < threads; ++t) {
      all.push_back(std::make_unique<Thread>([&, t] {
        Random random = Random::Stream(40 + static_cast<unsigned>(t));
        std::vector<int> order(kObjects);
        for (int i = 0; i < kObjects; ++i) order[i] = i;
        for (;;) {
          if (t == 0) {
            // At least one round, on the busiest of machines.
            stop = rounds > 0 && steady_clock::now() >= end;
            if (!stop) {
              ++rounds;
              for (int i = 0; i < kObjects; ++i) objects[i] = make(i, threads);
            }
          }
          barrier.Arrive();
          if (stop) return;
          // Often in step, to meet at each object; else in any order.
          if (random.OneIn(2)) {
            std::swap(order[random.Below(kObjects)],
                      order[random.Below(kObjects)]);
          } else {
            std::sort(order.begin(), order.end());
          }
          for (const int i : order) {
            Counted<Mutex>* const object = objects[i];
            if (random.OneIn(4)) {
              LockSlowly(object->mutex, random);
            } else {
              object->mutex.lock();
            }
            const bool last = --object->users == 0;
            if (random.OneIn(32)) {
              std::this_thread::sleep_for(random.Microseconds(60));
            }
            object->mutex.unlock();
            if (last) {
              destroy(i, object);
              ++destroyed;
            }
          }
          barrier.Arrive();
        }
      }));
    }
    for (auto& thread : all) thread->Join();
    EXPECT_GT(rounds, 0);
    EXPECT_EQ(destroyed, rounds * kObjects);
  }
};
using Mutexes = testing::Types<FutexMutex, SemaMutex, ByteMutex, RwMutex,
                               BasicFutexMutex<Barrier>,
                               BasicSemaMutex<Barrier>, BasicByteMutex<Barrier>,
                               BasicRwMutex<Barrier>, BasicRwMutex<NoBarrier>>;
TYPED_TEST_SUITE(LifetimeStress, Mutexes);

TYPED_TEST(LifetimeStress, OnTheHeap) {
  for (const int threads : {2, 5}) {
    this->Run(
        threads, StressTime(milliseconds(400)),
        [](int, int users) { return new Counted<TypeParam>(users); },
        [](int, Counted<TypeParam>* object) { delete object; });
  }
}

TYPED_TEST(LifetimeStress, OnPages) {
  std::vector<std::unique_ptr<Page>> pages;
  for (int i = 0; i < this->kObjects; ++i) {
    pages.push_back(std::make_unique<Page>());
  }
  for (const int threads : {2, 5}) {
    this->Run(
        threads, StressTime(milliseconds(400)),
        [&](int i, int users) {
          pages[i]->Restore();
          return new (pages[i]->memory()) Counted<TypeParam>(users);
        },
        [&](int i, Counted<TypeParam>*) { pages[i]->Revoke(); });
  }
}

// Notes on the sleeper's stack, woken by another thread, one after another:
// each wakeup races the end of the note's life.
template <class Note>
class NoteLifetimeStress : public testing::Test {};
using Notes = testing::Types<FutexNote, SemaNote, BasicFutexNote<Barrier>,
                             BasicSemaNote<Barrier>>;
TYPED_TEST_SUITE(NoteLifetimeStress, Notes);

TYPED_TEST(NoteLifetimeStress, OnTheSleepersHeap) {
  std::atomic<TypeParam*> mailbox{nullptr};
  std::atomic<bool> stop{false};
  Thread waker([&] {
    Random random = Random::Stream(60);
    while (!stop) {
      TypeParam* const note = mailbox.exchange(nullptr);
      if (note == nullptr) {
        std::this_thread::yield();
        continue;
      }
      Burn(random.Microseconds(20));
      note->wakeup();
    }
  });
  Random random = Random::Stream(61);
  long rounds = 0;
  const auto end = steady_clock::now() + StressTime(milliseconds(400));
  do {
    auto note = std::make_unique<TypeParam>();
    mailbox = note.get();
    if (random.OneIn(2)) {
      while (!note->sleep_for(random.Microseconds(20))) {
      }
    } else {
      note->sleep();
    }
    ++rounds;
  } while (steady_clock::now() < end);
  stop = true;
  EXPECT_GT(rounds, 0);
}

// Condition variables that are gone as soon as notify_all() returns, while
// their waiters come back from them, or give up just before.
template <class P>
class RwCondVarLifetimeStress : public testing::Test {};
using Platforms = testing::Types<Platform, Barrier, NoBarrier>;
TYPED_TEST_SUITE(RwCondVarLifetimeStress, Platforms);

TYPED_TEST(RwCondVarLifetimeStress, GoneAfterNotifyAll) {
  using Mutex = BasicRwMutex<TypeParam>;
  constexpr int kWaiters = 3;
  Mutex mutex;
  Page page;
  BasicRwCondVar<TypeParam>* current = nullptr;
  long round = 0;
  int waiting = 0;
  bool stop = false;
  std::vector<std::unique_ptr<Thread>> waiters;
  for (int t = 0; t < kWaiters; ++t) {
    waiters.push_back(std::make_unique<Thread>([&, t] {
      Random random = Random::Stream(62 + static_cast<unsigned>(t));
      long seen = 0;
      for (;;) {
        const std::lock_guard<Mutex> lock(mutex);
        if (stop) return;
        if (current == nullptr || seen == round) continue;
        seen = round;
        ++waiting;
        const std::chrono::nanoseconds time = random.Microseconds(60);
        current->wait(
            mutex, false,
            random.OneIn(2) ? os::kForever : os::nanotime() + time.count());
      }
    }));
  }
  Random random = Random::Stream(66);
  const auto end = steady_clock::now() + StressTime(milliseconds(400));
  do {
    auto* const made = new (page.memory()) BasicRwCondVar<TypeParam>;
    {
      const std::lock_guard<Mutex> lock(mutex);
      current = made;
      ++round;
      waiting = 0;
    }
    const int wanted = static_cast<int>(random.Below(kWaiters + 1));
    ASSERT_TRUE(Eventually([&] {
      const std::lock_guard<Mutex> lock(mutex);
      return waiting >= wanted;
    }));
    mutex.lock();
    current = nullptr;
    const bool held = random.OneIn(2);
    if (!held) mutex.unlock();
    made->notify_all();
    page.Revoke();
    if (held) mutex.unlock();
    page.Restore();
  } while (steady_clock::now() < end);
  {
    const std::lock_guard<Mutex> lock(mutex);
    stop = true;
  }
  waiters.clear();
  EXPECT_GT(round, 0);
}

}  // namespace
}  // namespace parkway::test
