// SPDX-License-Identifier: Apache-2.0

// What the task types promise to tasks, and to tasks and threads mixed: a typed
// suite over who waits (tests/suites/jobs.h) and what for.
#ifndef PARKWAY_TESTS_SUITES_TASK_SUITE_H_
#define PARKWAY_TESTS_SUITES_TASK_SUITE_H_

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <deque>
#include <memory>
#include <mutex>
#include <numeric>
#include <shared_mutex>
#include <thread>
#include <vector>

#include "parkway/task/park.h"
#include "tests/suites/jobs.h"
#include "tests/suites/support.h"

namespace parkway::test {

// The types of one policy.
template <class M, class R, class C, class S, class N>
struct TaskTypes {
  using Mutex = M;
  using RwMutex = R;
  using CondVar = C;
  using Semaphore = S;
  using Note = N;
};

// W: who waits. T: TaskTypes. kInOrder: whether it is known in which order they
// queue.
template <class W, class T, bool kInOrder = true>
struct TaskCase {
  using Jobs = W;
  using Types = T;
  static constexpr bool kKnowsOrder = kInOrder;
};

// Rounds in all where a test counts them.
template <class Types>
inline constexpr int kTaskRounds = Rounds(20000);

inline constexpr char kOrderUnknown[] =
    "nobody knows in which order these waiters queue";

template <class Case>
class TaskSuite : public testing::Test {
 protected:
  using Jobs = typename Case::Jobs;
  using Types = typename Case::Types;
  using Mutex = typename Types::Mutex;
  using RwMutex = typename Types::RwMutex;
  using CondVar = typename Types::CondVar;
  using Semaphore = typename Types::Semaphore;
  using Note = typename Types::Note;

  static constexpr int kRounds = kTaskRounds<Types>;
  // More than there are workers, by far.
  static constexpr int kJobs = 16;

  static std::vector<int> UpTo(int n) {
    std::vector<int> all(static_cast<std::size_t>(n));
    std::iota(all.begin(), all.end(), 0);
    return all;
  }
};
TYPED_TEST_SUITE_P(TaskSuite);
// Helpers of this header serve other suites too.
GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(TaskSuite);

// By every way to lock. The counter is no atomic: TSan sees to it.
TYPED_TEST_P(TaskSuite, MutexExcludesOthers) {
  typename TestFixture::Mutex mutex;
  long counter = 0;
  int inside = 0;
  std::atomic<long> sections{0};
  typename TestFixture::Jobs jobs;
  for (int j = 0; j < this->kJobs; ++j) {
    jobs.Start([&, j] {
      Random random = Random::Stream(100 + static_cast<unsigned>(j));
      for (int i = 0; i < this->kRounds / this->kJobs; ++i) {
        bool taken = true;
        switch (random.Below(5)) {
          case 0:
            taken = mutex.try_lock();
            break;
          case 1:
            taken = mutex.try_lock_for(random.Microseconds(50));
            break;
          default:
            mutex.lock();
        }
        if (!taken) continue;
        ASSERT_EQ(++inside, 1);
        ++counter;
        if (random.OneIn(64)) Burn(random.Microseconds(50));
        // Others find the lock held by somebody who does not run.
        if (random.OneIn(64)) {
          Waiter self;
          EXPECT_FALSE(park_for(self, random.Microseconds(50)));
        }
        --inside;
        mutex.unlock();
        ++sections;
      }
    });
  }
  jobs.Join();
  EXPECT_EQ(counter, sections);
  EXPECT_TRUE(mutex.try_lock());
  mutex.unlock();
}

// A holder that is parked needs a worker to go on: those that wait for what it
// holds do not have them all.
TYPED_TEST_P(TaskSuite, WaitersForAMutexHoldNoWorker) {
  typename TestFixture::Mutex mutex;
  std::atomic<Waiter*> holder{nullptr};
  int turns = 0;
  typename TestFixture::Jobs jobs;
  jobs.Start([&] {
    mutex.lock();
    Waiter self;
    holder = &self;
    park(self);
    mutex.unlock();
  });
  jobs.AwaitParked();
  for (int j = 0; j < this->kJobs; ++j) {
    jobs.Start([&] {
      mutex.lock();
      ++turns;
      mutex.unlock();
    });
  }
  // The last of the queue.
  jobs.Start([&] {
    ASSERT_TRUE(Eventually([&] { return holder != nullptr; }));
    ready(*holder);
  });
  jobs.Join();
  EXPECT_EQ(turns, this->kJobs);
}

TYPED_TEST_P(TaskSuite, SleepersForAMutexAreServedInOrder) {
  if (!TypeParam::kKnowsOrder) GTEST_SKIP() << kOrderUnknown;
  typename TestFixture::Mutex mutex;
  std::vector<int> order;
  typename TestFixture::Jobs jobs;
  mutex.lock();
  for (int j = 0; j < this->kJobs; ++j) {
    jobs.Start([&, j] {
      mutex.lock();
      order.push_back(j);
      mutex.unlock();
    });
    ASSERT_TRUE(jobs.AwaitParked());
  }
  mutex.unlock();
  jobs.Join();
  EXPECT_EQ(order, this->UpTo(this->kJobs));
}

TYPED_TEST_P(TaskSuite, MutexTimesOutAndLeavesTheOthersTheirWake) {
  using std::chrono::milliseconds;
  typename TestFixture::Mutex mutex;
  std::atomic<int> given_up{0};
  int turns = 0;
  typename TestFixture::Jobs jobs;
  mutex.lock();
  for (int j = 0; j < this->kJobs; ++j) {
    jobs.Start([&, j] {
      if (j % 2 == 0) {
        EXPECT_FALSE(mutex.try_lock_for(milliseconds(1 + j)));
        ++given_up;
        return;
      }
      mutex.lock();
      ++turns;
      mutex.unlock();
    });
  }
  ASSERT_TRUE(Eventually([&] { return given_up == this->kJobs / 2; }));
  mutex.unlock();
  jobs.Join();
  EXPECT_EQ(turns, this->kJobs / 2);
}

// A thread that lets go only to take the mutex again can't keep others out.
TYPED_TEST_P(TaskSuite, WaiterIsNotStarvedByAThreadThatRelocks) {
  for (const int busy_us : {0, 20, 200}) {
    typename TestFixture::Mutex mutex;
    std::atomic<int> waiting{3};
    int turns = 0;
    Thread hog([&] {
      while (waiting > 0) {
        const std::lock_guard<typename TestFixture::Mutex> guard(mutex);
        Burn(std::chrono::microseconds(busy_us));
      }
    });
    typename TestFixture::Jobs jobs;
    for (int j = 0; j < 3; ++j) {
      jobs.Start([&] {
        {
          const std::lock_guard<typename TestFixture::Mutex> guard(mutex);
          ++turns;
        }
        --waiting;
      });
    }
    jobs.Join();
    hog.Join();
    EXPECT_EQ(turns, 3);
  }
}

// The program: each locks, then waits for what later ones signal.
TYPED_TEST_P(TaskSuite, WaitersForAConditionHoldNoWorker) {
  typename TestFixture::Mutex mutex;
  typename TestFixture::CondVar changed;
  const int pairs = Rounds(200);
  int waits = 0;
  int signals = 0;
  typename TestFixture::Jobs jobs;
  for (int j = 0; j < 2 * pairs; ++j) {
    jobs.Start([&, j] {
      mutex.lock();
      if (j < pairs) {
        ++waits;
        changed.wait(mutex, [&] { return signals > 0; });
        --signals;
        --waits;
      } else {
        ++signals;
        changed.notify_one();
      }
      mutex.unlock();
    });
    if (j == pairs - 1) jobs.AwaitParked();
  }
  jobs.Join();
  EXPECT_EQ(waits, 0);
  EXPECT_EQ(signals, 0);
}

TYPED_TEST_P(TaskSuite, NotifyOneWakesTheOldest) {
  if (!TypeParam::kKnowsOrder) GTEST_SKIP() << kOrderUnknown;
  typename TestFixture::Mutex mutex;
  typename TestFixture::CondVar changed;
  std::vector<int> order;
  typename TestFixture::Jobs jobs;
  for (int j = 0; j < this->kJobs; ++j) {
    jobs.Start([&, j] {
      mutex.lock();
      changed.wait(mutex);
      order.push_back(j);
      mutex.unlock();
    });
    ASSERT_TRUE(jobs.AwaitParked());
  }
  for (std::size_t n = 1; n <= static_cast<std::size_t>(this->kJobs); ++n) {
    changed.notify_one();
    ASSERT_TRUE(Eventually([&] {
      const std::lock_guard<typename TestFixture::Mutex> guard(mutex);
      return order.size() == n;
    }));
  }
  jobs.Join();
  EXPECT_EQ(order, this->UpTo(this->kJobs));
}

TYPED_TEST_P(TaskSuite, QueueLosesNothing) {
  typename TestFixture::Mutex mutex;
  typename TestFixture::CondVar not_empty;
  typename TestFixture::CondVar not_full;
  std::deque<int> queue;
  const int items = this->kRounds / 8;
  constexpr int kProducers = 3;
  constexpr int kConsumers = 5;
  long sum = 0;
  int taken = 0;
  typename TestFixture::Jobs jobs;
  for (int p = 0; p < kProducers; ++p) {
    jobs.Start([&] {
      for (int i = 1; i <= items; ++i) {
        mutex.lock();
        not_full.wait(mutex, [&] { return queue.size() < 4; });
        queue.push_back(i);
        mutex.unlock();
        not_empty.notify_one();
      }
    });
  }
  for (int c = 0; c < kConsumers; ++c) {
    jobs.Start([&, c] {
      Random random = Random::Stream(10 + static_cast<unsigned>(c));
      for (;;) {
        mutex.lock();
        while (queue.empty() && taken < kProducers * items) {
          if (c % 2 == 0) {
            not_empty.wait_for(mutex, random.Microseconds(50));
          } else {
            not_empty.wait(mutex);
          }
        }
        if (queue.empty()) {
          mutex.unlock();
          return;
        }
        sum += queue.front();
        queue.pop_front();
        const bool all_taken = ++taken == kProducers * items;
        mutex.unlock();
        not_full.notify_one();
        if (all_taken) not_empty.notify_all();
      }
    });
  }
  jobs.Join();
  EXPECT_EQ(taken, kProducers * items);
  EXPECT_EQ(sum, kProducers * (static_cast<long>(items) * (items + 1) / 2));
}

TYPED_TEST_P(TaskSuite, ReadersShareAndWritersDoNot) {
  typename TestFixture::RwMutex mutex;
  long value = 0;
  long mirror = 0;
  std::atomic<long> writes{0};
  typename TestFixture::Jobs jobs;
  for (int j = 0; j < this->kJobs; ++j) {
    jobs.Start([&, j] {
      Random random = Random::Stream(200 + static_cast<unsigned>(j));
      for (int i = 0; i < this->kRounds / this->kJobs; ++i) {
        const bool parks = random.OneIn(64);
        const auto park_some = [&] {
          Waiter self;
          if (parks) park_for(self, random.Microseconds(50));
        };
        if (random.OneIn(3)) {
          mutex.lock();
          ++value;
          park_some();
          ++mirror;
          ++writes;
          if (random.OneIn(2)) {
            mutex.downgrade();
            EXPECT_EQ(value, mirror);
            mutex.unlock_shared();
          } else {
            mutex.unlock();
          }
        } else {
          mutex.lock_shared();
          EXPECT_EQ(value, mirror);
          park_some();
          EXPECT_EQ(value, mirror);
          mutex.unlock_shared();
        }
      }
    });
  }
  jobs.Join();
  EXPECT_EQ(value, writes);
  EXPECT_EQ(value, mirror);
}

// All readers are in at once: each waits for the last one.
TYPED_TEST_P(TaskSuite, ReadersReadTogether) {
  typename TestFixture::RwMutex mutex;
  typename TestFixture::Mutex guard;
  typename TestFixture::CondVar changed;
  int in = 0;
  typename TestFixture::Jobs jobs;
  mutex.lock();
  for (int j = 0; j < this->kJobs; ++j) {
    jobs.Start([&] {
      mutex.lock_shared();
      guard.lock();
      ++in;
      changed.notify_all();
      changed.wait(guard, [&] { return in == this->kJobs; });
      guard.unlock();
      mutex.unlock_shared();
    });
  }
  jobs.AwaitParked();
  EXPECT_EQ(in, 0);
  mutex.unlock();
  jobs.Join();
  EXPECT_TRUE(mutex.try_lock());
  mutex.unlock();
}

TYPED_TEST_P(TaskSuite, SemaphoreLetsNoMoreInThanItHasPermits) {
  constexpr int kPermits = 3;
  typename TestFixture::Semaphore semaphore(kPermits);
  std::atomic<int> inside{0};
  typename TestFixture::Jobs jobs;
  for (int j = 0; j < this->kJobs; ++j) {
    jobs.Start([&, j] {
      Random random = Random::Stream(300 + static_cast<unsigned>(j));
      for (int i = 0; i < this->kRounds / this->kJobs; ++i) {
        if (random.OneIn(3)) {
          if (!semaphore.try_acquire_for(random.Microseconds(50))) continue;
        } else {
          semaphore.acquire();
        }
        EXPECT_LE(++inside, kPermits);
        if (random.OneIn(64)) {
          Waiter self;
          EXPECT_FALSE(park_for(self, random.Microseconds(50)));
        }
        --inside;
        semaphore.release();
      }
    });
  }
  jobs.Join();
  for (int i = 0; i < kPermits; ++i) EXPECT_TRUE(semaphore.try_acquire());
  EXPECT_FALSE(semaphore.try_acquire());
}

TYPED_TEST_P(TaskSuite, SemaphoreServesSleepersInOrder) {
  if (!TypeParam::kKnowsOrder) GTEST_SKIP() << kOrderUnknown;
  typename TestFixture::Semaphore semaphore(0);
  std::mutex guard;
  std::vector<int> order;
  typename TestFixture::Jobs jobs;
  for (int j = 0; j < this->kJobs; ++j) {
    jobs.Start([&, j] {
      semaphore.acquire();
      const std::lock_guard<std::mutex> hold(guard);
      order.push_back(j);
    });
    ASSERT_TRUE(jobs.AwaitParked());
  }
  for (std::size_t n = 1; n <= static_cast<std::size_t>(this->kJobs); ++n) {
    semaphore.release();
    ASSERT_TRUE(Eventually([&] {
      const std::lock_guard<std::mutex> hold(guard);
      return order.size() == n;
    }));
  }
  jobs.Join();
  EXPECT_EQ(order, this->UpTo(this->kJobs));
}

TYPED_TEST_P(TaskSuite, NotesAsPingPong) {
  struct Side {
    typename TestFixture::Note note;
  };
  Side ping;
  Side pong;
  long data = 0;
  const int rounds = this->kRounds / 8;
  typename TestFixture::Jobs jobs;
  jobs.Start([&] {
    for (int i = 0; i < rounds; ++i) {
      ping.note.sleep();
      ping.note.clear();
      ASSERT_EQ(data, 2 * i + 1);
      ++data;
      pong.note.wakeup();
    }
  });
  jobs.Start([&] {
    for (int i = 0; i < rounds; ++i) {
      ASSERT_EQ(data, 2 * i);
      ++data;
      ping.note.wakeup();
      // Long enough to park: a sleep whose time is up holds on to its worker.
      while (!pong.note.sleep_for(std::chrono::milliseconds(1 + i % 4))) {
      }
      pong.note.clear();
    }
  });
  jobs.Join();
  EXPECT_EQ(data, 2 * rounds);
}

// Each sleeps until the one that comes after it.
TYPED_TEST_P(TaskSuite, SleepersOnNotesHoldNoWorker) {
  std::vector<std::unique_ptr<typename TestFixture::Note>> notes;
  for (int j = 0; j < this->kJobs; ++j) {
    notes.push_back(std::make_unique<typename TestFixture::Note>());
  }
  std::atomic<int> woken{0};
  typename TestFixture::Jobs jobs;
  for (int j = 0; j < this->kJobs; ++j) {
    jobs.Start([&, j] {
      const auto at = static_cast<std::size_t>(j);
      if (j > 0) notes[at - 1]->wakeup();
      if (j < this->kJobs - 1) notes[at]->sleep();
      ++woken;
    });
  }
  jobs.Join();
  EXPECT_EQ(woken, this->kJobs);
}

REGISTER_TYPED_TEST_SUITE_P(
    TaskSuite, MutexExcludesOthers, WaitersForAMutexHoldNoWorker,
    SleepersForAMutexAreServedInOrder, MutexTimesOutAndLeavesTheOthersTheirWake,
    WaiterIsNotStarvedByAThreadThatRelocks, WaitersForAConditionHoldNoWorker,
    NotifyOneWakesTheOldest, QueueLosesNothing, ReadersShareAndWritersDoNot,
    ReadersReadTogether, SemaphoreLetsNoMoreInThanItHasPermits,
    SemaphoreServesSleepersInOrder, NotesAsPingPong,
    SleepersOnNotesHoldNoWorker);

}  // namespace parkway::test

#endif  // PARKWAY_TESTS_SUITES_TASK_SUITE_H_
