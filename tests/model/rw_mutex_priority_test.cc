// SPDX-License-Identifier: Apache-2.0

// RwMutex and RwCondVar where threads have priorities: in a certain order, and
// mixed under C++'s memory model.
#include <cstdint>
#include <utility>

#include "tests/model/handoff_suite.h"
#include "tests/model/rw_mutex_suites.h"

namespace parkway::model {
namespace {

// Runs of a suite in which all have slept when they should.
std::uint64_t in_order = 0;

template <class K>
struct Prioritised : K {
  static constexpr unsigned kPriorities = 3;
};

// Threads that come one after the other while thread 0 holds the mutex, and get
// it by their priorities. The first kConditions of them wait for a condition,
// which thread 0 makes true at last; all but these for the mutex alone.
template <class P, int kConditions, bool kNotified>
class InOrder : public Handoff<InOrder<P, kConditions, kNotified>, P, 5> {
 public:
  InOrder() {
    for (int i = 1; i < kThreads; ++i) kernel.priority[i] = kPriority[i];
  }
  void thread(unsigned index) {
    const int me = static_cast<int>(index);
    return me == 0 ? holder() : waiter(me);
  }

 private:
  static constexpr int kThreads = 5;
  static constexpr int kPriority[kThreads] = {0, 2, 1, 3, 2};
  static constexpr int kPlace[kThreads] = {0, 1, 3, 0, 2};

  void holder() {
    if (!kNotified && kConditions == 0) this->mutex_.lock();
    bool all = true;
    for (int i = 1; i < kThreads; ++i) {
      this->reach(i);
      all = this->await_sleep_of(i) && all;
    }
    if (kNotified || kConditions > 0) this->mutex_.lock();
    this->flag_ = true;
    if (kNotified) this->changed_.notify_all();
    in_order_ = all;
    if (all) ++in_order;
    this->mutex_.unlock();
  }

  void waiter(int me) {
    this->await_step(me);
    this->mutex_.lock();
    if (kNotified) {
      while (!this->flag_) {
        this->changed_.wait(this->mutex_, false, os::kForever);
      }
    } else if (me <= kConditions) {
      this->mutex_.await(is_set(), os::kForever, false);
    }
    this->data_.enter();
    RL_ASSERT(!in_order_ || places_ == kPlace[me]);
    ++places_;
    this->mutex_.unlock();
  }

  Predicate is_set() const {
    return {[](const void* c) -> bool {
              return static_cast<const InOrder*>(c)->flag_;
            },
            [](const void* a, const void* b) { return a == b; }, this};
  }

  Plain<bool> in_order_{false};  // all slept when thread 0 left
  Plain<int> places_{0};
};

template <class K>
void check_priorities() {
  using P = ModelPlatform<K>;
  using Mutex = BasicRwMutex<P>;
  check<InOrder<P, 0, false>>("in order, writers", 30000);
  check_met("writers in order", std::exchange(in_order, 0));
  check<InOrder<P, 4, false>>("in order, one condition", 30000);
  check_met("waiters for a condition in order", std::exchange(in_order, 0));
  check<InOrder<P, 0, true>>("in order, notified", 30000);
  check_met("notified waiters in order", std::exchange(in_order, 0));
  check<Exclusion<P, Mutex, 3, 1>>("writers, 3", 100000);
  check<Readers<P, Mutex, 4, 2, 1>>("2 writers, 2 readers", 100000);
  check<DowngradedAwaited<P, true>>("downgrade, a condition", 100000);
  check<Awaiting<P, 2, 1, 1>>("await, the writer timed", 100000);
  check<Awaiting<P, 3, 1, 1>>("await, 3, 1 timed", 200000);
  check<AwaitingRounds<P, 2, 1, true>>("await rounds, a reader and a writer",
                                       200000);
  check<AwaitingRounds<P, 3, -1, false>>("await rounds, 3", 200000);
  check<GivesUp<P>>("one that waits behind another gives up", 100000);
  check<AwaitingOne<P, 3, 1>>("await the same, 3, 1 timed", 200000);
  check<Notified<P, 2, 1, true, false>>("notify_one held, 2, 1 timed", 100000);
  check<Notified<P, 2, 0, true, true>>("notify_all held, 2", 100000);
  check_met("a thread slept", coverage.sleeps);
  check_met("a deadline came", coverage.timeouts);
}

}  // namespace
}  // namespace parkway::model

int main(int argc, char** argv) {
  using namespace parkway::model;
  start(argc, argv);
  check_priorities<Prioritised<WeakMemory>>();
  const Shorter shorter(3, 3);
  check_priorities<Prioritised<NoBarrier>>();
  return finish();
}
