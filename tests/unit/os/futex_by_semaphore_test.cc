// SPDX-License-Identifier: Apache-2.0

// Futexes of semaphores, whose semaphores are Linux's futexes.
#include "parkway/os/derived/futex_by_semaphore.h"

#include <gtest/gtest.h>
#include <pthread.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <deque>
#include <memory>
#include <thread>
#include <vector>

#include "parkway/os/os.h"
#include "tests/suites/support.h"
#include "tests/unit/os/semaphore_of_linux.h"

namespace parkway::test {
namespace {

using os::kForever;
using os::derived::futexsleep;
using os::derived::futexwakeup;
using Word = std::atomic<std::uint32_t>;
using std::chrono::microseconds;
using std::chrono::milliseconds;

std::int64_t In(std::chrono::nanoseconds time) {
  return os::nanotime() + time.count();
}

// A thread that sleeps on a word until it is woken.
class Sleeper {
 public:
  Sleeper(Word& word, std::atomic<int>& order)
      : thread_([this, &word, &order] {
          in_time_ = futexsleep(&word, word, kForever);
          place_ = ++order;
        }) {
    EXPECT_TRUE(thread_.WaitAsleep());
  }

  // The how manieth to return. Joins.
  int Place() {
    thread_.Join();
    EXPECT_TRUE(in_time_);
    return place_;
  }
  bool woken() const { return thread_.ended(); }

 private:
  std::atomic<bool> in_time_{false};
  std::atomic<int> place_{0};
  Thread thread_;
};

TEST(FutexBySemaphore, AnotherValueReturnsAtOnce) {
  Word word{7};
  EXPECT_TRUE(futexsleep(&word, 8, kForever));
  EXPECT_TRUE(futexsleep(&word, 8, 0));
}

TEST(FutexBySemaphore, TimesOut) {
  Word word{7};
  for (const auto time :
       {milliseconds(-5), milliseconds(0), milliseconds(20)}) {
    const std::int64_t deadline = In(time);
    EXPECT_FALSE(futexsleep(&word, 7, deadline));
    EXPECT_GE(os::nanotime(), deadline);
  }
  // And left nobody behind.
  const std::uint64_t before = Wakeups();
  futexwakeup(&word, UINT32_MAX);
  EXPECT_EQ(Wakeups(), before);
}

TEST(FutexBySemaphore, WakesTheOldestFirstAndNoMoreThanAsked) {
  Word word{0};
  std::atomic<int> order{0};
  std::deque<Sleeper> sleepers;
  for (int i = 0; i < 6; ++i) sleepers.emplace_back(word, order);
  futexwakeup(&word, 0);
  futexwakeup(&word, 1);
  EXPECT_EQ(sleepers[0].Place(), 1);
  futexwakeup(&word, 1);
  EXPECT_EQ(sleepers[1].Place(), 2);
  const std::uint64_t before = Wakeups();
  futexwakeup(&word, 2);
  EXPECT_EQ(Wakeups(), before + 2);
  EXPECT_LE(sleepers[2].Place(), 4);
  EXPECT_LE(sleepers[3].Place(), 4);
  EXPECT_FALSE(sleepers[4].woken());
  EXPECT_FALSE(sleepers[5].woken());
  futexwakeup(&word, UINT32_MAX);
  EXPECT_GE(sleepers[4].Place(), 5);
  EXPECT_GE(sleepers[5].Place(), 5);
}

// One in the middle of a queue, and the last, leave it.
TEST(FutexBySemaphore, TimeOutsLeaveTheQueueWhole) {
  Word word{0};
  std::atomic<int> order{0};
  std::deque<Sleeper> sleepers;
  sleepers.emplace_back(word, order);
  EXPECT_FALSE(futexsleep(&word, 0, In(milliseconds(5))));
  sleepers.emplace_back(word, order);
  {
    Thread middle(
        [&] { EXPECT_FALSE(futexsleep(&word, 0, In(milliseconds(100)))); });
    EXPECT_TRUE(middle.WaitAsleep());
    sleepers.emplace_back(word, order);
  }
  for (int i = 0; i < 3; ++i) {
    futexwakeup(&word, 1);
    EXPECT_EQ(sleepers[static_cast<std::size_t>(i)].Place(), i + 1);
  }
}

TEST(FutexBySemaphore, OtherAddressesSleepOn) {
  // More than there are queues.
  std::vector<Word> words(3000);
  std::atomic<int> order{0};
  Sleeper sleeper(words[1234], order);
  const std::uint64_t before = Wakeups();
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (i != 1234) futexwakeup(&words[i], UINT32_MAX);
  }
  EXPECT_EQ(Wakeups(), before);
  futexwakeup(&words[1234], 1);
  EXPECT_EQ(sleeper.Place(), 1);
}

TEST(FutexBySemaphore, AWakeDoesNotTouchTheWord) {
  const auto bytes = static_cast<std::size_t>(getpagesize());
  void* const page = mmap(nullptr, bytes, PROT_READ | PROT_WRITE,
                          MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  ASSERT_NE(page, MAP_FAILED);
  auto* const word = new (page) Word{0};
  std::atomic<int> order{0};
  Sleeper sleeper(*word, order);
  ASSERT_EQ(mprotect(page, bytes, PROT_NONE), 0);
  futexwakeup(word, 1);
  EXPECT_EQ(sleeper.Place(), 1);
  munmap(page, bytes);
  futexwakeup(word, 1);
}

// A waker has taken the sleeper out when the time is over, and its wakeup comes
// late: it is the sleeper's, which counts as woken.
TEST(FutexBySemaphore, AWakeThatWasDecidedCounts) {
  DelayWakeups(milliseconds(200));
  Word word{0};
  std::atomic<bool> in_time{false};
  Thread sleeper([&] { in_time = futexsleep(&word, 0, In(milliseconds(50))); });
  ASSERT_TRUE(sleeper.WaitAsleep());
  futexwakeup(&word, 1);
  sleeper.Join();
  DelayWakeups({});
  // False only if this thread came too late to find the sleeper.
  if (!in_time) GTEST_SKIP() << "the machine was too slow";
  // The semaphore has no wakeup left for its next user.
  EXPECT_FALSE(futexsleep(&word, 0, In(milliseconds(5))));
}

// A mutex of the oldest kind: 0 free, 1 held, 2 held and somebody may sleep.
class Mutex {
 public:
  void Lock(Random& random) {
    std::uint32_t state = 0;
    if (word_.compare_exchange_strong(state, 1)) return;
    while (word_.exchange(2) != 0) {
      // Some are timed, so that wakes and ends of times meet.
      futexsleep(&word_, 2,
                 random.OneIn(2) ? kForever : In(random.Microseconds(200)));
    }
  }
  void Unlock() {
    if (word_.exchange(0) == 2) futexwakeup(&word_, 1);
  }

 private:
  Word word_{0};
};

TEST(FutexBySemaphore, NoWakeIsLost) {
  constexpr int kThreads = 16;
  constexpr int kMutexes = 4;
  const int rounds = kTsan ? 2000 : 10000;
  Mutex mutexes[kMutexes];
  std::uint64_t counts[kMutexes] = {};
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i) {
    threads.emplace_back([&, i] {
      Random random = Random::Stream(static_cast<std::uint64_t>(i));
      for (int round = 0; round < rounds; ++round) {
        const std::uint64_t which = random.Below(kMutexes);
        mutexes[which].Lock(random);
        ++counts[which];
        if (random.OneIn(16)) std::this_thread::yield();
        mutexes[which].Unlock();
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  std::uint64_t all = 0;
  for (const std::uint64_t count : counts) all += count;
  EXPECT_EQ(all, static_cast<std::uint64_t>(kThreads) *
                     static_cast<std::uint64_t>(rounds));
}

// A ring of threads, each of which wakes the next one: one lost wake stops it.
TEST(FutexBySemaphore, ARingGoesRound) {
  constexpr std::uint32_t kThreads = 8;
  const std::uint32_t rounds = kTsan ? 500 : 3000;
  Word words[kThreads] = {};
  std::vector<std::thread> threads;
  for (std::uint32_t i = 0; i < kThreads; ++i) {
    threads.emplace_back([&, i] {
      for (std::uint32_t round = 0; round < rounds; ++round) {
        while (words[i].load() == round) {
          futexsleep(&words[i], round, kForever);
        }
        if (i + 1 == kThreads && round + 1 == rounds) return;
        Word& next = words[(i + 1) % kThreads];
        ++next;
        futexwakeup(&next, 1);
      }
    });
  }
  ++words[0];
  futexwakeup(&words[0], 1);
  for (std::thread& thread : threads) thread.join();
}

// Where a signal has come to the sleeper: it waits there for the change and the
// wake, or for a moment, if it holds what the wake needs.
std::atomic<bool> g_stopped{false};
std::atomic<bool> g_changed{false};
void StopHere(int) {
  g_stopped = true;
  const std::int64_t limit = In(milliseconds(2));
  while (!g_changed && os::nanotime() < limit) {
  }
}

// The word changes, and the wake comes, between any two instructions of the
// sleep.
TEST(FutexBySemaphore, AWakeMayComeAtAnyMoment) {
  // It delays signals until the next system call.
  if (kTsan) GTEST_SKIP() << "not with TSan";
  constexpr std::uint32_t kRounds = 10000;
  struct sigaction stop = {};
  stop.sa_handler = &StopHere;
  struct sigaction before;
  sigaction(SIGUSR1, &stop, &before);
  Word word{0};
  std::atomic<std::uint32_t> at{UINT32_MAX};
  Thread sleeper([&] {
    for (std::uint32_t round = 0; round < kRounds; ++round) {
      at = round;
      while (word == round) futexsleep(&word, round, kForever);
    }
  });
  Random random(Seed());
  for (std::uint32_t round = 0; round < kRounds; ++round) {
    while (at != round) {
    }
    const std::int64_t start = os::nanotime();
    const auto wait = static_cast<std::int64_t>(random.Below(500));
    while (os::nanotime() - start < wait) {
    }
    g_stopped = false;
    g_changed = false;
    pthread_kill(sleeper.handle(), SIGUSR1);
    while (!g_stopped) {
    }
    ++word;
    futexwakeup(&word, 1);
    g_changed = true;
  }
  sleeper.Join();
  sigaction(SIGUSR1, &before, nullptr);
}

// More sleepers than there are at the start, twice: the second time they are
// those of the first.
TEST(FutexBySemaphore, ManySleepers) {
  Word word{0};
  for (std::uint32_t round = 0; round < 2; ++round) {
    std::vector<std::thread> threads;
    std::atomic<int> in_time{0};
    for (int i = 0; i < 300; ++i) {
      threads.emplace_back(
          [&] { in_time += futexsleep(&word, round, kForever); });
    }
    ASSERT_TRUE(WaitOthersAsleep());
    ++word;
    futexwakeup(&word, UINT32_MAX);
    for (std::thread& thread : threads) thread.join();
    EXPECT_EQ(in_time, 300);
  }
}

// Exits with 0 if all went well there.
template <class F>
int InChild(F f) {
  const pid_t child = fork();
  if (child == 0) {
    alarm(60);
    _exit(f());
  }
  int status = -1;
  waitpid(child, &status, 0);
  return status;
}

TEST(FutexBySemaphore, AChildHasNoneOfItsParentsSleepers) {
  if (const char* why = WhyNoFork(Others::kAsleep)) GTEST_SKIP() << why;
  Word word{0};
  std::atomic<int> order{0};
  std::deque<Sleeper> sleepers;
  for (int i = 0; i < 3; ++i) sleepers.emplace_back(word, order);
  EXPECT_EQ(InChild([&] {
              const std::uint64_t before = Wakeups();
              futexwakeup(&word, UINT32_MAX);
              if (Wakeups() != before) return 1;
              if (futexsleep(&word, 0, In(milliseconds(5)))) return 2;
              std::atomic<bool> in_time{false};
              Thread own([&] { in_time = futexsleep(&word, 0, kForever); });
              if (!own.WaitAsleep()) return 3;
              futexwakeup(&word, 1);
              own.Join();
              return in_time && Wakeups() == before + 1 ? 0 : 4;
            }),
            0);
  // The parent has them still.
  futexwakeup(&word, UINT32_MAX);
  for (Sleeper& sleeper : sleepers) EXPECT_GE(sleeper.Place(), 1);
}

// Forks while other threads hold the locks of queues and of the pool. They wake
// much more than they sleep, so that they hold one most of the time.
TEST(FutexBySemaphore, AForkMayComeAtAnyMoment) {
  if (const char* why = WhyNoFork(Others::kRunning)) GTEST_SKIP() << why;
  std::atomic<bool> stop{false};
  Word words[4] = {};
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&, i] {
      Random random = Random::Stream(static_cast<std::uint64_t>(i));
      while (!stop) {
        Word& word = words[random.Below(4)];
        if (random.OneIn(20)) {
          futexsleep(&word, 0, 0);
        } else {
          futexwakeup(&word, 2);
        }
      }
    });
  }
  for (int i = 0; i < (kTsan ? 20 : 300); ++i) {
    ASSERT_EQ(InChild([&] {
                for (Word& word : words) {
                  if (futexsleep(&word, 0, In(microseconds(10)))) return 1;
                  futexwakeup(&word, UINT32_MAX);
                }
                return 0;
              }),
              0)
        << i;
  }
  stop = true;
  for (std::thread& thread : threads) thread.join();
}

}  // namespace
}  // namespace parkway::test
