// SPDX-License-Identifier: Apache-2.0

// IdlePool under clients that change their minds: every item of work is done,
// whoever is woken, and a closed pool lets everybody go.
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include "parkway/os/os.h"
#include "parkway/wait/idle_pool.h"
#include "tests/faults/fault_platform.h"
#include "tests/suites/support.h"

namespace parkway::test {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

// A pool of threads.
template <class P>
class Workers {
 public:
  using Pool = BasicIdlePool<P>;
  using Rest = typename Pool::Rest;

  explicit Workers(int count)
      : members_(new IdleMember<P>[count]),
        pool_(members_.get(), static_cast<std::uint32_t>(count)),
        started_(new bool[count]()) {}

  // That many items for whichever worker comes.
  void Offer(int n) {
    for (int i = 0; i < n; ++i) {
      items_.fetch_add(1, std::memory_order_relaxed);
      pool_.adjust(1);
      Rouse();
    }
  }
  long done() const { return done_.load(std::memory_order_acquire); }

  void Close() {
    pool_.close([this](IdleMember<P>& member) {
      if (started_[Index(member)]) Pool::wake(member);
    });
    // A worker may be about to start another one: whoever was joined is not.
    while (auto thread = AnyThread()) thread->Join();
  }

 private:
  std::size_t Index(const IdleMember<P>& member) const {
    return static_cast<std::size_t>(&member - members_.get());
  }

  std::unique_ptr<Thread> AnyThread() {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (threads_.empty()) return nullptr;
    auto thread = std::move(threads_.back());
    threads_.pop_back();
    return thread;
  }

  void Rouse() {
    IdleMember<P>* const member = pool_.take();
    if (member == nullptr) return;
    if (started_[Index(*member)]) return Pool::wake(*member);
    // Before its thread runs: it can be taken again at once.
    started_[Index(*member)] = true;
    const std::lock_guard<std::mutex> lock(mutex_);
    threads_.push_back(
        std::make_unique<Thread>([this, member] { Work(*member); }));
  }

  void Work(IdleMember<P>& me) {
    Random random = Random::Stream(70 + Index(me));
    for (;;) {
      Rouse();
      int left = items_.load(std::memory_order_relaxed);
      while (left > 0 && !items_.compare_exchange_weak(left, left - 1)) {
      }
      if (left > 0) {
        if (random.OneIn(4)) Burn(random.Microseconds(20));
        done_.fetch_add(1, std::memory_order_release);
        pool_.adjust(-1);
      } else {
        std::this_thread::yield();
      }
      if (random.OneIn(2)) {
        const std::chrono::nanoseconds time = random.Microseconds(30);
        const Rest rest = pool_.rest(me, os::nanotime() + time.count());
        if (rest == Rest::kClosed) return;
        // As a worker that still finds work before it leaves.
        if (rest == Rest::kTimeout && random.OneIn(2)) continue;
      }
      if (pool_.rest(me, os::kForever) == Rest::kClosed) return;
    }
  }

  const std::unique_ptr<IdleMember<P>[]> members_;
  Pool pool_;
  // Whose threads run; handed on with the member.
  const std::unique_ptr<bool[]> started_;
  std::mutex mutex_;  // of threads_
  std::vector<std::unique_ptr<Thread>> threads_;
  std::atomic<int> items_{0};
  std::atomic<long> done_{0};
};

template <class P>
class IdlePoolStress : public testing::Test {};
using Platforms = testing::Types<Platform, Barrier>;
TYPED_TEST_SUITE(IdlePoolStress, Platforms);

// Nothing but the clients' wishes wakes anybody: a lost one hangs the round.
TYPED_TEST(IdlePoolStress, EveryItemIsDone) {
  const auto end = steady_clock::now() + StressTime(milliseconds(1500));
  Random random = Random::Stream(69);
  long rounds = 0;
  do {
    Workers<TypeParam> workers(1 + static_cast<int>(random.Below(6)));
    std::atomic<long> offered{0};
    const int clients = 1 + static_cast<int>(random.Below(3));
    std::vector<std::unique_ptr<Thread>> threads;
    for (int c = 0; c < clients; ++c) {
      threads.push_back(std::make_unique<Thread>([&, c] {
        Random mine = Random::Stream(80 + static_cast<unsigned>(c));
        for (int i = 0; i < 200; ++i) {
          const int n = 1 + static_cast<int>(mine.Below(3));
          offered += n;
          workers.Offer(n);
          // Often until all is quiet, so that all are asleep, or about to be.
          if (mine.OneIn(2)) {
            while (workers.done() < offered) std::this_thread::yield();
          }
          if (mine.OneIn(8)) {
            std::this_thread::sleep_for(mine.Microseconds(60));
          }
        }
      }));
    }
    for (auto& thread : threads) thread->Join();
    while (workers.done() < offered) std::this_thread::yield();
    EXPECT_EQ(workers.done(), offered);
    workers.Close();
    ++rounds;
  } while (steady_clock::now() < end);
  EXPECT_GT(rounds, 0);
}

}  // namespace
}  // namespace parkway::test
