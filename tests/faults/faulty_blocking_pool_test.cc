// SPDX-License-Identifier: Apache-2.0

// BlockingPool over the platform with faults, where every fourth thread can't
// be started.
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <memory>
#include <vector>

#include "parkway/note.h"
#include "parkway/task/blocking_pool_slow.h"
#include "tests/faults/fault_platform.h"
#include "tests/suites/support.h"

namespace parkway::test {
namespace {

struct PoolFaults : Barrier {
  static bool start_thread(void (*function)(void*), void* argument) {
    faults::Step();
    if (faults::Rng().OneIn(4)) return false;
    return os::start_thread(function, argument);
  }
};

using Pool = BasicBlockingPool<PoolFaults>;
using Request = BasicBlockingRequest<PoolFaults>;

class Call : public Request {
 public:
  explicit Call(std::atomic<int>* served) : Request(&Serve), served_(served) {}
  ~Call() { done_.sleep(); }

 private:
  static void Serve(Request& request) {
    auto& self = static_cast<Call&>(request);
    faults::Step();
    ++*self.served_;
    self.done_.wakeup();
  }

  std::atomic<int>* const served_;
  Note done_;
};

TEST(FaultyBlockingPool, ServesEveryCallOnce) {
  constexpr int kSubmitters = 4;
  constexpr std::size_t kMaxThreads = 3;
  // Its threads need it to their end.
  static Pool& pool = *new Pool;
  pool.set_max_threads(kMaxThreads);
  const int rounds = Rounds(400);
  std::atomic<int> served{0};
  {
    std::vector<std::unique_ptr<Thread>> all;
    for (int t = 0; t < kSubmitters; ++t) {
      all.push_back(std::make_unique<Thread>([&, t] {
        Random random = Random::Stream(static_cast<std::uint64_t>(t));
        for (int i = 0; i < rounds; ++i) {
          if (random.OneIn(8)) pool.set_idle_time(random.Microseconds(300));
          if (random.OneIn(8)) {
            pool.set_max_threads(1 + random.Below(kMaxThreads));
          }
          Call one(&served);
          pool.submit(one);
          if (random.OneIn(4)) {
            Call two(&served);
            Call three(&served);
            pool.submit(two);
            pool.submit(three);
          }
        }
      }));
    }
  }
  const BlockingStats stats = pool.stats();
  EXPECT_EQ(stats.calls, static_cast<std::uint64_t>(served.load()));
  EXPECT_GE(served, kSubmitters * rounds);
  EXPECT_EQ(stats.queued, 0u);
  EXPECT_LE(stats.peak_threads, kMaxThreads);
  EXPECT_LE(stats.direct, stats.calls);
  pool.set_idle_time(std::chrono::nanoseconds(0));
  EXPECT_TRUE(Eventually([] {
    std::atomic<int> ignored{0};
    Call call(&ignored);
    pool.submit(call);
    return pool.stats().threads == 0;
  }));
}

}  // namespace
}  // namespace parkway::test
