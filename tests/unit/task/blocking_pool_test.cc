// SPDX-License-Identifier: Apache-2.0

// BlockingPool over a platform whose threads can be had or not.
#include <gtest/gtest.h>
#if !defined(_WIN32)
#include <signal.h>
#endif

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include "parkway/lock/futex_mutex_slow.h"
#include "parkway/note.h"
#include "parkway/task/blocking_pool_slow.h"
#include "tests/suites/support.h"

namespace parkway::test {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;

std::atomic<bool> g_no_threads{false};
std::atomic<int> g_refused{0};
std::atomic<int> g_started{0};

// What happens, once, before a start fails.
std::function<void()> g_before_refusal;

// How many threads rest, with the idle time that says so.
constexpr hours kLongIdle(1000);
std::atomic<int> g_resting{0};

struct PoolPlatform : Platform {
  // A thread that rests is among the idle before it comes here. Nothing else
  // sleeps with such a deadline.
  static bool futexsleep(Atomic<std::uint32_t>& word, std::uint32_t expected,
                         std::int64_t deadline) {
    const bool rests =
        deadline != os::kForever &&
        deadline - os::nanotime() > std::chrono::nanoseconds(hours(1)).count();
    if (rests) ++g_resting;
    const bool in_time = Platform::futexsleep(word, expected, deadline);
    if (rests) --g_resting;
    return in_time;
  }
  static bool start_thread(void (*function)(void*), void* argument) {
    if (g_no_threads) {
      ++g_refused;
      if (g_before_refusal) std::exchange(g_before_refusal, nullptr)();
      return false;
    }
    ++g_started;
    return os::start_thread(function, argument);
  }
};

using Pool = BasicBlockingPool<PoolPlatform>;
using Request = BasicBlockingRequest<PoolPlatform>;

class Call : public Request {
 public:
  explicit Call(std::function<void()> body)
      : Request(&Serve), body_(std::move(body)) {}
  ~Call() { Wait(); }

  void Wait() {
    if (!done_) {
      served_.sleep();
      done_ = true;
    }
  }

 private:
  static void Serve(Request& request) {
    auto& self = static_cast<Call&>(request);
    self.body_();
    self.served_.wakeup();
  }

  std::function<void()> body_;
  Note served_;
  bool done_ = false;
};

// A pool's threads need it to their end, and nobody waits for that.
class BlockingPoolTest : public testing::Test {
 protected:
  BlockingPoolTest() {
    g_no_threads = false;
    g_refused = 0;
    g_started = 0;
    g_before_refusal = nullptr;
  }
  ~BlockingPoolTest() override {
    pool_.set_idle_time(milliseconds(0));
    // What is idle by now goes on waiting for as long as it was told; one call
    // for each ends that.
    while (pool_.stats().threads != 0) {
      Call call([] {});
      pool_.submit(call);
    }
  }

  std::unique_ptr<Call> Submit(std::function<void()> body) {
    auto call = std::make_unique<Call>(std::move(body));
    pool_.submit(*call);
    return call;
  }
  bool EventuallyThreads(std::uint64_t threads) {
    return Eventually([&] { return pool_.stats().threads == threads; });
  }

  // Never destroyed, as the process's.
  static Pool& NewPool() {
    static auto& pools = *new std::vector<std::unique_ptr<Pool>>;
    pools.push_back(std::make_unique<Pool>());
    return *pools.back();
  }

  Pool& pool_ = NewPool();
};

TEST_F(BlockingPoolTest, ServesOnAnotherThread) {
  std::thread::id served;
  Submit([&] { served = std::this_thread::get_id(); });
  EXPECT_NE(served, std::thread::id());
  EXPECT_NE(served, std::this_thread::get_id());
  const BlockingStats stats = pool_.stats();
  EXPECT_EQ(stats.calls, 1u);
  EXPECT_EQ(stats.direct, 0u);
  EXPECT_EQ(stats.queued, 0u);
  EXPECT_EQ(stats.peak_queued, 1u);
  EXPECT_EQ(stats.peak_threads, 1u);
}

TEST_F(BlockingPoolTest, OneThreadServesOneCallAfterTheOther) {
  pool_.set_idle_time(kLongIdle);
  for (int i = 0; i < 100; ++i) {
    Submit([] {});
    // The next call finds it idle.
    ASSERT_TRUE(Eventually([] { return g_resting == 1; }));
  }
  EXPECT_EQ(pool_.stats().calls, 100u);
  EXPECT_EQ(g_started, 1);
}

#if !defined(_WIN32)
TEST_F(BlockingPoolTest, AllSignalsAreBlocked) {
  sigset_t mask;
  sigemptyset(&mask);
  Submit([&] { pthread_sigmask(SIG_BLOCK, nullptr, &mask); });
  for (const int signal : {SIGINT, SIGTERM, SIGALRM, SIGUSR1, SIGCHLD}) {
    EXPECT_EQ(sigismember(&mask, signal), 1) << signal;
  }
}
#endif

// Calls that all must run at once.
TEST_F(BlockingPoolTest, GrowsToTheMaximumAndNotBeyond) {
  constexpr std::size_t kMax = 7;
  pool_.set_max_threads(kMax);
  std::atomic<int> running{0};
  std::atomic<bool> go{false};
  std::vector<std::unique_ptr<Call>> calls;
  for (std::size_t i = 0; i < 3 * kMax; ++i) {
    calls.push_back(Submit([&] {
      ++running;
      while (!go) std::this_thread::sleep_for(milliseconds(1));
    }));
  }
  EXPECT_TRUE(Eventually([&] { return running == static_cast<int>(kMax); }));
  // Every submit() has started what it would.
  EXPECT_EQ(g_started, static_cast<int>(kMax));
  EXPECT_EQ(running, static_cast<int>(kMax));
  BlockingStats stats = pool_.stats();
  EXPECT_EQ(stats.threads, kMax);
  EXPECT_EQ(stats.queued, 2 * kMax);
  go = true;
  calls.clear();
  stats = pool_.stats();
  EXPECT_EQ(stats.calls, 3 * kMax);
  EXPECT_EQ(stats.peak_threads, kMax);
  EXPECT_GE(stats.peak_queued, 2 * kMax);
  EXPECT_EQ(stats.queued, 0u);
  EXPECT_EQ(stats.direct, 0u);
}

TEST_F(BlockingPoolTest, FirstInFirstOut) {
  pool_.set_max_threads(1);
  std::atomic<bool> go{false};
  std::vector<int> order;
  std::vector<std::unique_ptr<Call>> calls;
  calls.push_back(Submit([&] {
    while (!go) std::this_thread::sleep_for(milliseconds(1));
  }));
  for (int i = 0; i < 50; ++i) {
    calls.push_back(Submit([&order, i] { order.push_back(i); }));
  }
  go = true;
  calls.clear();
  ASSERT_EQ(order.size(), 50u);
  for (int i = 0; i < 50; ++i) EXPECT_EQ(order[i], i);
}

TEST_F(BlockingPoolTest, IdleThreadsLeaveAndOthersCome) {
  pool_.set_idle_time(milliseconds(5));
  for (int round = 0; round < 3; ++round) {
    std::atomic<int> running{0};
    std::vector<std::unique_ptr<Call>> calls;
    for (int i = 0; i < 4; ++i) {
      calls.push_back(Submit([&] {
        ++running;
        Eventually([&] { return running == 4; });
      }));
    }
    calls.clear();
    EXPECT_EQ(running, 4);
    EXPECT_TRUE(EventuallyThreads(0));
  }
  EXPECT_EQ(pool_.stats().peak_threads, 4u);
}

TEST_F(BlockingPoolTest, ARaisedMaximumServesWhatIsQueued) {
  pool_.set_max_threads(1);
  std::atomic<int> running{0};
  std::vector<std::unique_ptr<Call>> calls;
  for (int i = 0; i < 5; ++i) {
    calls.push_back(Submit([&] {
      ++running;
      Eventually([&] { return running == 5; });
    }));
  }
  EXPECT_TRUE(Eventually([&] { return running == 1; }));
  pool_.set_max_threads(5);
  // Nobody submits anything any more.
  EXPECT_TRUE(Eventually([&] { return running == 5; }));
  calls.clear();
  EXPECT_EQ(pool_.stats().peak_threads, 5u);
}

TEST_F(BlockingPoolTest, ALoweredMaximumSendsThreadsAway) {
  pool_.set_idle_time(hours(1));
  std::atomic<int> running{0};
  std::vector<std::unique_ptr<Call>> calls;
  for (int i = 0; i < 5; ++i) {
    calls.push_back(Submit([&] {
      ++running;
      Eventually([&] { return running == 5; });
      if (running == 5) pool_.set_max_threads(2);
    }));
  }
  calls.clear();
  EXPECT_TRUE(Eventually([&] { return pool_.stats().threads <= 2; }));
}

TEST_F(BlockingPoolTest, LimitsHaveBounds) {
  EXPECT_EQ(pool_.max_threads(), Pool::kDefaultMaxThreads);
  pool_.set_max_threads(0);
  EXPECT_EQ(pool_.max_threads(), Pool::kMinThreads);
  EXPECT_EQ(pool_.idle_time(), std::chrono::seconds(1));
  pool_.set_idle_time(hours::max());
  EXPECT_GT(pool_.idle_time(), hours(24 * 365));
  Submit([] {});
  pool_.set_idle_time(std::chrono::nanoseconds::min());
  EXPECT_LT(pool_.idle_time(), milliseconds(0));
  pool_.set_idle_time(std::chrono::duration<double>(0.25));
  EXPECT_EQ(pool_.idle_time(), milliseconds(250));
}

// Without threads a call runs where it is submitted.
TEST_F(BlockingPoolTest, ServesItselfWithoutThreads) {
  g_no_threads = true;
  for (int i = 0; i < 3; ++i) {
    std::thread::id served;
    Submit([&] { served = std::this_thread::get_id(); });
    EXPECT_EQ(served, std::this_thread::get_id());
  }
  BlockingStats stats = pool_.stats();
  EXPECT_EQ(stats.calls, 3u);
  EXPECT_EQ(stats.direct, 3u);
  EXPECT_EQ(stats.threads, 0u);
  EXPECT_EQ(stats.peak_threads, 0u);
  EXPECT_EQ(g_refused, 3);
  g_no_threads = false;
  std::thread::id served;
  Submit([&] { served = std::this_thread::get_id(); });
  EXPECT_NE(served, std::this_thread::get_id());
}

// With one that is busy, it waits for that.
TEST_F(BlockingPoolTest, WaitsForTheOnlyThreadThereIs) {
  std::atomic<bool> go{false};
  auto first = Submit([&] {
    while (!go) std::this_thread::sleep_for(milliseconds(1));
  });
  EXPECT_TRUE(EventuallyThreads(1));
  g_no_threads = true;
  std::thread::id served;
  auto second = Submit([&] { served = std::this_thread::get_id(); });
  EXPECT_EQ(pool_.stats().queued, 1u);
  go = true;
  second.reset();
  EXPECT_NE(served, std::this_thread::get_id());
  EXPECT_EQ(pool_.stats().direct, 0u);
}

// Another submit() counts on the thread that is being started, and then it is
// not to be had.
TEST_F(BlockingPoolTest, ServesWhatWasLeftToAThreadThatDidNotCome) {
  pool_.set_idle_time(milliseconds(0));
  std::atomic<bool> go{false};
  std::atomic<int> served{0};
  auto busy = Submit([&] {
    while (!go) std::this_thread::sleep_for(milliseconds(1));
  });
  EXPECT_TRUE(EventuallyThreads(1));
  g_no_threads = true;
  std::unique_ptr<Call> other;
  g_before_refusal = [&] {
    go = true;
    // It serves the request whose submit() this is, and leaves.
    EXPECT_TRUE(Eventually([&] { return served == 1; }));
    EXPECT_TRUE(EventuallyThreads(0));
    other = Submit([&] { ++served; });
    EXPECT_EQ(g_refused, 1);
  };
  Submit([&] { ++served; });
  other.reset();
  EXPECT_EQ(served, 2);
  EXPECT_EQ(g_refused, 1);
  EXPECT_EQ(pool_.stats().direct, 1u);
}

// An idle thread takes what was left to one that did not come.
TEST_F(BlockingPoolTest, AnIdleThreadServesWhatWasLeftToAnother) {
  pool_.set_idle_time(kLongIdle);
  std::atomic<bool> go{false};
  std::atomic<int> served{0};
  auto busy = Submit([&] {
    while (!go) std::this_thread::sleep_for(milliseconds(1));
  });
  EXPECT_TRUE(EventuallyThreads(1));
  g_no_threads = true;
  std::unique_ptr<Call> other;
  g_before_refusal = [&] {
    go = true;
    // It serves the request whose submit() this is, and rests.
    EXPECT_TRUE(Eventually([&] { return served == 1; }));
    EXPECT_TRUE(Eventually([] { return g_resting == 1; }));
    other = Submit([&] { ++served; });
  };
  Submit([&] { ++served; });
  other.reset();
  EXPECT_EQ(served, 2);
  EXPECT_EQ(g_refused, 1);
  EXPECT_EQ(pool_.stats().direct, 0u);
}

TEST_F(BlockingPoolTest, ManySubmittersAndThreadsThatComeAndGo) {
  pool_.set_max_threads(3);
  pool_.set_idle_time(std::chrono::microseconds(50));
  constexpr int kSubmitters = 4;
  const int rounds = Rounds(3000);
  std::atomic<int> served{0};
  {
    std::vector<std::unique_ptr<Thread>> all;
    for (int t = 0; t < kSubmitters; ++t) {
      all.push_back(std::make_unique<Thread>([&, t] {
        Random random = Random::Stream(static_cast<std::uint64_t>(t));
        for (int i = 0; i < rounds; ++i) {
          if (random.OneIn(64)) g_no_threads = random.OneIn(2);
          if (random.OneIn(64)) pool_.set_max_threads(1 + random.Below(4));
          if (random.OneIn(64)) {
            pool_.set_idle_time(random.Microseconds(100));
          }
          if (random.OneIn(8)) {
            std::this_thread::sleep_for(random.Microseconds(150));
          }
          Submit([&] { ++served; });
        }
      }));
    }
  }
  EXPECT_EQ(served, kSubmitters * rounds);
  const BlockingStats stats = pool_.stats();
  EXPECT_EQ(stats.calls, static_cast<std::uint64_t>(kSubmitters * rounds));
  EXPECT_EQ(stats.queued, 0u);
  EXPECT_LE(stats.peak_threads, 4u);
  g_no_threads = false;
}

// The process's pool in the child of a fork, whose parent has idle and busy
// threads and calls in the queue.
TEST(ProcessPool, TheChildOfAForkStartsAnew) {
  if (const char* why = WhyNoFork(Others::kAsleep)) GTEST_SKIP() << why;
  BlockingPool& pool = blocking_pool();
  class Simple : public BlockingRequest {
   public:
    explicit Simple(std::atomic<bool>* go) : BlockingRequest(&Serve), go_(go) {}
    ~Simple() { served_.sleep(); }

   private:
    static void Serve(BlockingRequest& request) {
      auto& self = static_cast<Simple&>(request);
      while (!*self.go_) std::this_thread::sleep_for(milliseconds(1));
      self.served_.wakeup();
    }
    std::atomic<bool>* const go_;
    Note served_;
  };
  pool.set_max_threads(2);
  std::atomic<bool> go{false};
  std::atomic<bool> at_once{true};
  {
    Simple busy1(&go), busy2(&go), queued(&go);
    pool.submit(busy1);
    pool.submit(busy2);
    pool.submit(queued);
    EXPECT_TRUE(Eventually([&] { return pool.stats().threads == 2; }));
    EXPECT_EQ(RunInChild([&] {
                const BlockingStats fresh = pool.stats();
                if (fresh.threads != 0 || fresh.queued != 0) return 1;
                if (fresh.calls != 0) return 2;
                if (pool.max_threads() != 2) return 3;
                for (int i = 0; i < 5; ++i) {
                  Simple one(&at_once), two(&at_once), three(&at_once);
                  pool.submit(one);
                  pool.submit(two);
                  pool.submit(three);
                }
                return pool.stats().calls == 15 ? 0 : 4;
              }),
              0);
    go = true;
  }
  EXPECT_EQ(pool.stats().calls, 3u);
  pool.set_max_threads(BlockingPool::kDefaultMaxThreads);
}

}  // namespace
}  // namespace parkway::test
