// SPDX-License-Identifier: Apache-2.0

// What CondVar promises with each mutex, as a typed suite over CondVarTypes.
#ifndef PARKWAY_TESTS_SUITES_COND_VAR_SUITE_H_
#define PARKWAY_TESTS_SUITES_COND_VAR_SUITE_H_

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <deque>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "tests/suites/mutex_suite.h"  // SlowClock, IsFree
#include "tests/suites/support.h"

namespace parkway::test {

template <class C, class M>
struct CondVarTypes {
  using CondVar = C;
  using Mutex = M;
};

template <class Types>
inline constexpr int kCondVarRounds = Rounds(5000);

// Whether a wait_until() goes by its clock to the end, and not only at first.
template <class CondVar>
inline constexpr bool kAsksClocksAgain = true;

template <class Types>
class CondVarSuite : public testing::Test {
 protected:
  using CondVar = typename Types::CondVar;
  using Mutex = typename Types::Mutex;
  using Guard = std::lock_guard<Mutex>;

  // A thread that waits once, bare: no predicate hides a stray wake. A waiter
  // counted in waiting_ is on the list for everybody who holds mutex_.
  std::unique_ptr<Thread> Waiter(int id) {
    const int before = Locked([this] { return waiting_; });
    auto thread = std::make_unique<Thread>([this, id] {
      mutex_.lock();
      ++waiting_;
      changed_.wait(mutex_);
      woken_.push_back(id);
      mutex_.unlock();
    });
    EXPECT_TRUE(Eventually(
        [&] { return Locked([this] { return waiting_; }) == before + 1; }));
    return thread;
  }

  template <class F>
  auto Locked(F f) {
    Guard guard(mutex_);
    return f();
  }

  std::size_t Woken() {
    return Locked([this] { return woken_.size(); });
  }

  Mutex mutex_;
  CondVar changed_;
  int waiting_ = 0;
  std::vector<int> woken_;
};
TYPED_TEST_SUITE_P(CondVarSuite);

TYPED_TEST_P(CondVarSuite, NotifyWithoutWaiterIsForgotten) {
  this->changed_.notify_one();
  this->changed_.notify_all();
  std::lock_guard<typename TypeParam::Mutex> guard(this->mutex_);
  EXPECT_FALSE(
      this->changed_.wait_for(this->mutex_, std::chrono::milliseconds(1)));
}

TYPED_TEST_P(CondVarSuite, NotifyOneWakesTheOldestAndNobodyElse) {
  std::vector<std::unique_ptr<Thread>> waiters;
  for (int i = 0; i < 5; ++i) waiters.push_back(this->Waiter(i));
  for (std::size_t i = 0; i < waiters.size(); ++i) {
    EXPECT_EQ(this->Woken(), i);
    if (i % 2 == 0) {
      this->changed_.notify_one();
    } else {
      this->Locked([this] { this->changed_.notify_one(); });
    }
    ASSERT_TRUE(Eventually([&] { return this->Woken() == i + 1; }));
    // One that was woken by mistake would not sleep.
    for (std::size_t k = i + 1; k < waiters.size(); ++k) {
      EXPECT_TRUE(waiters[k]->WaitAsleep());
    }
    EXPECT_EQ(this->Woken(), i + 1);
  }
  EXPECT_THAT(this->woken_, testing::ElementsAre(0, 1, 2, 3, 4));
}

TYPED_TEST_P(CondVarSuite, NotifyAllWakesAllThatWait) {
  for (const int waiters : {1, 2, 7}) {
    this->woken_.clear();
    std::vector<std::unique_ptr<Thread>> all;
    for (int i = 0; i < waiters; ++i) all.push_back(this->Waiter(i));
    this->changed_.notify_all();
    for (auto& thread : all) thread->Join();
    EXPECT_EQ(this->woken_.size(), static_cast<std::size_t>(waiters));
  }
}

// As many notifies as waiters wake them all, however close they follow.
TYPED_TEST_P(CondVarSuite, ManyNotifyOneWakeAsManyWaiters) {
  std::vector<std::unique_ptr<Thread>> all;
  for (int i = 0; i < 6; ++i) all.push_back(this->Waiter(i));
  for (int i = 0; i < 6; ++i) this->changed_.notify_one();
  for (auto& thread : all) thread->Join();
  EXPECT_EQ(this->woken_.size(), 6u);
}

TYPED_TEST_P(CondVarSuite, WaitReleasesTheMutexAndTakesItAgain) {
  auto waiter = this->Waiter(0);
  EXPECT_TRUE(IsFree(this->mutex_));
  this->mutex_.lock();
  this->changed_.notify_one();
  EXPECT_TRUE(this->woken_.empty());
  // For the mutex now.
  EXPECT_TRUE(waiter->WaitAsleep());
  EXPECT_TRUE(this->woken_.empty());
  this->mutex_.unlock();
  waiter->Join();
  EXPECT_EQ(this->woken_.size(), 1u);
  EXPECT_TRUE(IsFree(this->mutex_));
}

TYPED_TEST_P(CondVarSuite, PredicateIsAskedWithTheMutexHeld) {
  bool ready = false;
  bool done = false;
  std::atomic<int> asked{0};
  Thread waiter([&] {
    std::lock_guard<typename TypeParam::Mutex> guard(this->mutex_);
    this->changed_.wait(this->mutex_, [&] {
      ++asked;
      return ready;
    });
    done = true;
  });
  ASSERT_TRUE(Eventually([&] { return asked == 1; }));
  this->Locked([this] { this->changed_.notify_all(); });
  // Not ready: it asks again and waits on.
  ASSERT_TRUE(Eventually([&] { return asked == 2; }));
  EXPECT_FALSE(this->Locked([&] { return done; }));
  this->Locked([&] { ready = true; });
  this->changed_.notify_one();
  waiter.Join();
  EXPECT_TRUE(done);
  // A predicate that holds needs no wait.
  std::lock_guard<typename TypeParam::Mutex> guard(this->mutex_);
  this->changed_.wait(this->mutex_, [] { return true; });
}

TYPED_TEST_P(CondVarSuite, TimedWaitEndsByTime) {
  using std::chrono::steady_clock;
  using std::chrono::system_clock;
  auto& mutex = this->mutex_;
  auto& changed = this->changed_;
  mutex.lock();
  const auto for_time = [&](auto timeout) {
    const auto start = steady_clock::now();
    EXPECT_FALSE(changed.wait_for(mutex, timeout));
    EXPECT_GE(steady_clock::now() - start, timeout);
    EXPECT_FALSE(IsFree(mutex));
  };
  for_time(std::chrono::nanoseconds(0));
  EXPECT_FALSE(changed.wait_for(mutex, std::chrono::hours::min()));
  for_time(std::chrono::milliseconds(3));
  for_time(std::chrono::duration<double, std::milli>(1.5));
  const auto until = [&](auto at) {
    using Clock = typename decltype(at)::clock;
    EXPECT_FALSE(changed.wait_until(mutex, at));
    EXPECT_GE(Clock::now(), at);
    EXPECT_FALSE(IsFree(mutex));
  };
  until(steady_clock::time_point());
  until(steady_clock::time_point::min());
  until(steady_clock::now() + std::chrono::milliseconds(3));
  if constexpr (kAsksClocksAgain<typename TypeParam::CondVar>) {
    until(system_clock::now() + std::chrono::milliseconds(3));
    until(SlowClock::now() + std::chrono::milliseconds(3));
  }
  mutex.unlock();
}

TYPED_TEST_P(CondVarSuite, TimedWaitEndsByNotify) {
  const auto check = [this](auto wait) {
    bool waiting = false;
    bool notified = false;
    Thread waiter([&] {
      std::lock_guard<typename TypeParam::Mutex> guard(this->mutex_);
      waiting = true;
      notified = wait(this->changed_, this->mutex_);
    });
    ASSERT_TRUE(
        Eventually([&] { return this->Locked([&] { return waiting; }); }));
    this->changed_.notify_one();
    waiter.Join();
    EXPECT_TRUE(notified);
  };
  using std::chrono::hours;
  check([](auto& c, auto& m) { return c.wait_for(m, hours(1)); });
  check([](auto& c, auto& m) { return c.wait_for(m, hours::max()); });
  check([](auto& c, auto& m) {
    return c.wait_until(m, std::chrono::steady_clock::now() + hours(1));
  });
  check([](auto& c, auto& m) {
    return c.wait_until(m, std::chrono::system_clock::time_point::max());
  });
  check([](auto& c, auto& m) {
    return c.wait_until(m, SlowClock::now() + hours(1));
  });
}

// A waiter that gives up leaves the list whole, wherever it stood.
TYPED_TEST_P(CondVarSuite, TimeoutInTheMiddleOfTheList) {
  for (int place = 0; place < 3; ++place) {
    // One whose time was up before the list was whole shows nothing.
    bool shown = false;
    for (std::chrono::milliseconds time(40); !shown; time *= 2) {
      this->woken_.clear();
      bool given_up = false;
      std::vector<std::unique_ptr<Thread>> all;
      std::unique_ptr<Thread> timed;
      for (int i = 0; i < 3; ++i) {
        if (i == place) {
          const int before = this->Locked([this] { return this->waiting_; });
          timed = std::make_unique<Thread>([this, time, &given_up] {
            this->mutex_.lock();
            ++this->waiting_;
            EXPECT_FALSE(this->changed_.wait_for(this->mutex_, time));
            given_up = true;
            this->mutex_.unlock();
          });
          ASSERT_TRUE(Eventually([&] {
            return this->Locked([this] { return this->waiting_; }) ==
                   before + 1;
          }));
        } else {
          all.push_back(this->Waiter(i));
        }
      }
      shown = this->Locked([&] { return !given_up; });
      timed->Join();
      this->changed_.notify_one();
      this->changed_.notify_one();
      for (auto& thread : all) thread->Join();
      EXPECT_EQ(this->woken_.size(), 2u);
    }
  }
}

// No notify is missed: every item goes through, with waiters that give up now
// and then, and every notify_one counts.
TYPED_TEST_P(CondVarSuite, QueueLosesNothing) {
  auto& mutex = this->mutex_;
  auto& not_empty = this->changed_;
  typename TypeParam::CondVar not_full;
  std::deque<int> queue;
  const int items = kCondVarRounds<TypeParam>;
  constexpr int kProducers = 2;
  constexpr int kConsumers = 3;
  long sum = 0;
  int taken = 0;
  {
    std::vector<std::unique_ptr<Thread>> all;
    for (int p = 0; p < kProducers; ++p) {
      all.push_back(std::make_unique<Thread>([&] {
        for (int i = 1; i <= items; ++i) {
          mutex.lock();
          not_full.wait(mutex, [&] { return queue.size() < 4; });
          queue.push_back(i);
          mutex.unlock();
          not_empty.notify_one();
        }
      }));
    }
    for (int c = 0; c < kConsumers; ++c) {
      all.push_back(std::make_unique<Thread>([&, c] {
        Random random = Random::Stream(10 + c);
        for (;;) {
          mutex.lock();
          while (queue.empty() && taken < kProducers * items) {
            if (c == 0) {
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
      }));
    }
  }
  EXPECT_EQ(taken, kProducers * items);
  EXPECT_EQ(sum, kProducers * (static_cast<long>(items) * (items + 1) / 2));
}

// A notify counts for a waiter or it does not: the notified one says so.
TYPED_TEST_P(CondVarSuite, TimeoutRacesNotify) {
  auto& mutex = this->mutex_;
  auto& changed = this->changed_;
  Random random = Random::Stream(20);
  const int rounds = kCondVarRounds<TypeParam> / 20;
  for (int i = 0; i < rounds; ++i) {
    const auto wait_time = random.Microseconds(200);
    const auto notify_time = random.Microseconds(200);
    bool waiting = false;
    bool timed_notified = false;
    bool other_notified = false;
    Thread timed([&] {
      std::lock_guard<typename TypeParam::Mutex> guard(mutex);
      waiting = true;
      timed_notified = changed.wait_for(mutex, wait_time);
    });
    ASSERT_TRUE(
        Eventually([&] { return this->Locked([&] { return waiting; }); }));
    this->Locked([&] { waiting = false; });
    Thread other([&] {
      std::lock_guard<typename TypeParam::Mutex> guard(mutex);
      waiting = true;
      changed.wait(mutex);
      other_notified = true;
    });
    ASSERT_TRUE(
        Eventually([&] { return this->Locked([&] { return waiting; }); }));
    Burn(notify_time);
    changed.notify_one();
    timed.Join();
    // It went to the timed waiter, the oldest, or else to the other one.
    if (timed_notified) {
      EXPECT_FALSE(this->Locked([&] { return other_notified; }));
      changed.notify_one();
    }
    other.Join();
    EXPECT_TRUE(other_notified);
  }
}

// "Once nobody waits and every notify has returned": the notified thread does
// not come back to the CondVar, though it may not have run yet.
TYPED_TEST_P(CondVarSuite, MemoryMayGoAwayAfterTheLastNotify) {
  Page page;
  auto& mutex = this->mutex_;
  for (int i = 0; i < kCondVarRounds<TypeParam> / 50; ++i) {
    auto* changed = new (page.memory()) typename TypeParam::CondVar;
    bool waiting = false;
    Thread waiter([&] {
      std::lock_guard<typename TypeParam::Mutex> guard(mutex);
      waiting = true;
      changed->wait(mutex);
    });
    ASSERT_TRUE(
        Eventually([&] { return this->Locked([&] { return waiting; }); }));
    changed->notify_all();
    page.Revoke();
    waiter.Join();
    page.Restore();
  }
}

REGISTER_TYPED_TEST_SUITE_P(
    CondVarSuite, NotifyWithoutWaiterIsForgotten,
    NotifyOneWakesTheOldestAndNobodyElse, NotifyAllWakesAllThatWait,
    ManyNotifyOneWakeAsManyWaiters, WaitReleasesTheMutexAndTakesItAgain,
    PredicateIsAskedWithTheMutexHeld, TimedWaitEndsByTime,
    TimedWaitEndsByNotify, TimeoutInTheMiddleOfTheList, QueueLosesNothing,
    TimeoutRacesNotify, MemoryMayGoAwayAfterTheLastNotify);

}  // namespace parkway::test

#endif  // PARKWAY_TESTS_SUITES_COND_VAR_SUITE_H_
