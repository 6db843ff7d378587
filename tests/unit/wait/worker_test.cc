// SPDX-License-Identifier: Apache-2.0

#include "parkway/wait/worker.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#if !defined(_WIN32)
#include <pthread.h>
#endif

#include <algorithm>
#include <atomic>
#include <chrono>
#include <memory>
#include <mutex>
#include <set>
#include <thread>
#include <vector>

#include "parkway/base/checks.h"
#include "parkway/mutex.h"
#include "parkway/note.h"
#include "parkway/wait/worker_semaphore.h"
#include "tests/suites/support.h"

namespace parkway::test {
namespace {

using std::chrono::milliseconds;

constexpr std::int64_t kMillisecond = 1000000;

TEST(WorkerSemaphore, CountsWakeups) {
  WorkerSemaphore<Platform> semaphore;
  EXPECT_FALSE(semaphore.sleep(os::nanotime()));
  semaphore.wakeup();
  semaphore.wakeup();
  EXPECT_TRUE(semaphore.sleep(os::kForever));
  EXPECT_TRUE(semaphore.sleep(0));
  EXPECT_FALSE(semaphore.sleep(0));
}

TEST(WorkerSemaphore, TimesOutNotBeforeItsDeadline) {
  WorkerSemaphore<Platform> semaphore;
  const std::int64_t deadline = os::nanotime() + 3 * kMillisecond;
  EXPECT_FALSE(semaphore.sleep(deadline));
  EXPECT_GE(os::nanotime(), deadline);
  // And is as good as new.
  semaphore.wakeup();
  EXPECT_TRUE(semaphore.sleep(0));
  EXPECT_FALSE(semaphore.sleep(0));
}

TEST(WorkerSemaphore, WakesTheSleeperAndPublishes) {
  WorkerSemaphore<Platform> semaphore;
  int data = 0;
  Thread sleeper([&] {
    EXPECT_TRUE(semaphore.sleep(os::kForever));
    EXPECT_EQ(data, 5);
  });
  sleeper.WaitAsleep();
  data = 5;
  semaphore.wakeup();
}

// A wake by address that was meant for somebody else is no wakeup.
TEST(WorkerSemaphore, StrayWakesDoNotEndASleep) {
  WorkerSemaphore<Platform> semaphore;
  static_assert(sizeof(semaphore) == sizeof(std::atomic<std::uint32_t>));
  auto* word = reinterpret_cast<std::atomic<std::uint32_t>*>(&semaphore);
  std::atomic<bool> done{false};
  Thread stray([&] {
    while (!done) os::futexwakeup(word, 1);
  });
  const std::int64_t deadline = os::nanotime() + 20 * kMillisecond;
  EXPECT_FALSE(semaphore.sleep(deadline));
  EXPECT_GE(os::nanotime(), deadline);
  done = true;
}

TEST(WorkerSemaphore, TimeoutRacesWakeup) {
  WorkerSemaphore<Platform> semaphore;
  Random random = Random::Stream(1);
  const int rounds = Rounds(3000);
  std::atomic<int> round{0};
  Thread waker([&] {
    Random mine = Random::Stream(2);
    for (int i = 0; i < rounds; ++i) {
      while (round <= i) std::this_thread::yield();
      Burn(mine.Microseconds(60));
      semaphore.wakeup();
    }
  });
  // One sleep returns true per wakeup, whatever the timeouts do.
  for (int i = 0; i < rounds; ++i) {
    round = i + 1;
    while (!semaphore.sleep(os::nanotime() +
                            static_cast<std::int64_t>(random.Below(60000)))) {
    }
  }
  waker.Join();
  EXPECT_FALSE(semaphore.sleep(0));
}

TEST(Worker, MadeAtFirstNeed) {
  FutexMutex futex;
  SemaMutex sema;
  FutexNote futex_note;
  SemaNote sema_note;
  sema_note.wakeup();
  Thread([&] {
    EXPECT_EQ(internal::t_worker, nullptr);
    futex_note.wakeup();
    sema_note.sleep();
    EXPECT_EQ(internal::t_worker, nullptr);
    futex.lock();
    futex.unlock();
    sema.lock();
    sema.unlock();
    // Checked builds count held locks in it.
    EXPECT_EQ(internal::t_worker != nullptr, kChecks);
    Worker* const mine = current_worker();
    ASSERT_NE(mine, nullptr);
    EXPECT_EQ(internal::t_worker, mine);
    EXPECT_EQ(current_worker(), mine);
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(mine) % 64, 0u);
    EXPECT_EQ(mine->held_locks, 0);
    EXPECT_EQ(mine->next_waiter, nullptr);
  }).Join();
}

TEST(Worker, HeldLocksAreCountedInCheckedBuilds) {
  if (!kChecks) GTEST_SKIP() << "this build has no misuse checks";
  Thread([] {
    FutexMutex futex;
    SemaMutex sema;
    Worker* const mine = current_worker();
    futex.lock();
    EXPECT_EQ(mine->held_locks, 1);
    EXPECT_TRUE(sema.try_lock_for(milliseconds(1)));
    EXPECT_EQ(mine->held_locks, 2);
    futex.unlock();
    EXPECT_EQ(mine->held_locks, 1);
    sema.unlock();
    EXPECT_EQ(mine->held_locks, 0);
  }).Join();
}

TEST(Worker, DistinctAmongLiveThreads) {
  constexpr int kThreads = 200;  // several chunks of records
  std::mutex mutex;
  std::set<Worker*> seen;
  std::atomic<int> arrived{0};
  {
    std::vector<std::unique_ptr<Thread>> all;
    for (int i = 0; i < kThreads; ++i) {
      all.push_back(std::make_unique<Thread>([&] {
        Worker* const mine = current_worker();
        {
          std::lock_guard<std::mutex> guard(mutex);
          seen.insert(mine);
        }
        ++arrived;
        while (arrived < kThreads) std::this_thread::yield();
      }));
    }
  }
  EXPECT_EQ(seen.size(), static_cast<std::size_t>(kThreads));
}

// Blocks of records double. Threads that found no free record at the same time
// once added a block each: 19 of them took all memory.
TEST(Worker, ACrowdAddsOneBlockAtATime) {
  constexpr int kThreads = 400;
  constexpr unsigned kNeeded = 4;  // 32 + 64 + 128 + 256 records
  std::atomic<int> started{0};
  std::atomic<int> arrived{0};
  {
    std::vector<std::unique_ptr<Thread>> all;
    for (int i = 0; i < kThreads; ++i) {
      all.push_back(std::make_unique<Thread>([&] {
        ++started;
        while (started < kThreads) std::this_thread::yield();
        EXPECT_NE(current_worker(), nullptr);
        ++arrived;
        while (arrived < kThreads) std::this_thread::yield();
      }));
    }
  }
  for (unsigned block = kNeeded; block < internal::kWorkerBlocks; ++block) {
    EXPECT_EQ(internal::worker_blocks[block].load(), nullptr) << block;
  }
}

TEST(Worker, ReusedAfterThreadExit) {
  constexpr int kAtOnce = 8;
  std::mutex mutex;
  std::set<Worker*> seen;
  for (int batch = 0; batch < Rounds(10000) / kAtOnce; ++batch) {
    std::vector<std::unique_ptr<Thread>> all;
    for (int i = 0; i < kAtOnce; ++i) {
      all.push_back(std::make_unique<Thread>([&] {
        Worker* const mine = current_worker();
        std::lock_guard<std::mutex> guard(mutex);
        seen.insert(mine);
      }));
    }
  }
  // As many as there were at once, not as there were ever.
  EXPECT_LE(seen.size(), static_cast<std::size_t>(kAtOnce));
}

TEST(Worker, LateWakesDoNotDisturbTheNextOwner) {
  Worker* first = nullptr;
  Thread([&first] { first = current_worker(); }).Join();
  auto* word = reinterpret_cast<std::atomic<std::uint32_t>*>(&first->semaphore);
  std::atomic<bool> done{false};
  // A waker of the dead thread, stuck between its store and its wake, and
  // finally run: again and again.
  Thread late([&] {
    while (!done) os::futexwakeup(word, 1);
  });
  bool same = false;
  Thread([&] {
    same = current_worker() == first;
    SemaNote note;
    const auto start = std::chrono::steady_clock::now();
    EXPECT_FALSE(note.sleep_for(milliseconds(10)));
    EXPECT_GE(std::chrono::steady_clock::now() - start, milliseconds(10));
    SemaMutex mutex;
    Holder<SemaMutex> holder(mutex);
    EXPECT_FALSE(mutex.try_lock_for(milliseconds(10)));
    holder.Release();
    mutex.lock();
    mutex.unlock();
  }).Join();
  done = true;
  EXPECT_TRUE(same);
}

// Locks that are used late in thread exit.
struct AtThreadExit {
  FutexMutex futex;
  SemaMutex sema;
  long counter = 0;
  SemaNote note;
  std::atomic<int> runs{0};
  std::atomic<Worker*> last{nullptr};

  void Use() {
    for (int i = 0; i < 100; ++i) {
      futex.lock();
      sema.lock();
      if (i % 32 == 0) {
        std::this_thread::sleep_for(std::chrono::microseconds(10));
      }
      ++counter;
      sema.unlock();
      futex.unlock();
    }
    SemaNote own;
    EXPECT_FALSE(own.sleep_for(std::chrono::microseconds(10)));
    last = current_worker();
    ++runs;
  }
};

#if !defined(_WIN32)
// By destructors of POSIX keys.
pthread_key_t g_before;
pthread_key_t g_after;

// Uses the locks, asks to be called once more, uses them again.
struct PerThread {
  AtThreadExit* shared;
  int again;
  pthread_key_t key;
};

void Destructor(void* arg) {
  auto* mine = static_cast<PerThread*>(arg);
  mine->shared->Use();
  if (mine->again-- > 0) pthread_setspecific(mine->key, mine);
}

TEST(Worker, LocksWorkInThreadExitDestructors) {
  AtThreadExit shared;
  // One key from before parkway's, if this test runs alone, and one after.
  ASSERT_EQ(pthread_key_create(&g_before, Destructor), 0);
  Thread([] { current_worker(); }).Join();
  ASSERT_EQ(pthread_key_create(&g_after, Destructor), 0);
  constexpr int kThreads = 6;
  std::set<Worker*> seen;
  for (int batch = 0; batch < 20; ++batch) {
    std::vector<PerThread> data;
    for (int i = 0; i < 2 * kThreads; ++i) {
      // TSan is gone from the thread in the last of the four rounds.
      data.push_back(
          {&shared, i % (kTsan ? 2 : 3), i % 2 == 0 ? g_before : g_after});
    }
    {
      std::vector<std::unique_ptr<Thread>> all;
      for (int i = 0; i < kThreads; ++i) {
        all.push_back(std::make_unique<Thread>([&, i] {
          shared.Use();
          pthread_setspecific(g_before, &data[2 * i]);
          pthread_setspecific(g_after, &data[2 * i + 1]);
        }));
      }
    }
    // The records came back all the same.
    Thread([&seen] { seen.insert(current_worker()); }).Join();
  }
  EXPECT_EQ(shared.counter, 100L * shared.runs);
  EXPECT_GE(shared.runs, 20 * 3 * kThreads);
  EXPECT_LE(seen.size(), static_cast<std::size_t>(2 * kThreads));
  pthread_key_delete(g_before);
  pthread_key_delete(g_after);
}
#endif

TEST(Worker, LocksWorkInThreadLocalDestructors) {
  static AtThreadExit shared;
  static std::set<Worker*> seen;
  struct Local {
    ~Local() { shared.Use(); }
    int touched = 0;
  };
  constexpr int kThreads = 4;
  constexpr int kBatches = 20;
  for (int batch = 0; batch < kBatches; ++batch) {
    {
      std::vector<std::unique_ptr<Thread>> all;
      for (int i = 0; i < kThreads; ++i) {
        all.push_back(std::make_unique<Thread>([] {
          static thread_local Local local;
          local.touched = 1;
          shared.Use();
        }));
      }
    }
    // The records came back all the same.
    Thread([] { seen.insert(current_worker()); }).Join();
  }
  EXPECT_EQ(shared.runs, 2 * kThreads * kBatches);
  EXPECT_EQ(shared.counter, 100L * shared.runs);
  EXPECT_LE(seen.size(), static_cast<std::size_t>(2 * kThreads));
}

}  // namespace
}  // namespace parkway::test
