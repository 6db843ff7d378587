// SPDX-License-Identifier: Apache-2.0

// How many waiters RwMutex wakes: one at a time, also if it was the last in the
// queue; and one more before a thread sleeps, which leaves it its CPU. Who
// comes later relies on that one for a while.
#include <limits>

#include "tests/model/handoff_suite.h"

namespace parkway::model {
namespace {

// Runs in which nobody had come in between.
std::uint64_t g_second_stays = 0;
std::uint64_t g_second_goes = 0;
std::uint64_t g_looked = 0;

template <class P>
class OnItsWay : public Handoff<OnItsWay<P>, P, 4> {
 public:
  void thread(unsigned index) {
    if (index == 0) return notifier();
    if (index == kObserver) return observer();
    // One after the other, so that both sleep on the condition: none of them
    // has ever been in the mutex's queue.
    if (index == kSecond) in_order_ = this->await_sleep_of(kFirst);
    taker();
  }

 private:
  static constexpr int kFirst = 1;
  static constexpr int kSecond = 2;
  static constexpr int kObserver = 3;

  void taker() {
    this->mutex_.lock();
    while (tokens_ == 0) {
      this->changed_.wait(this->mutex_, false, os::kForever);
    }
    tokens_ = tokens_ - 1;
    ++taken_;
    this->data_.enter();
    const bool last = taken_ == 2;
    this->mutex_.unlock();
    if (last) done_.notify_all();
  }

  void give() {
    this->mutex_.lock();
    tokens_ = tokens_ + 1;
    this->changed_.notify_one();
    this->mutex_.unlock();
  }

  void notifier() {
    const bool both = this->await_sleep_of(kFirst) &&
                      this->await_sleep_of(kSecond) && in_order_;
    kernel.runs_from[kFirst] = kernel.runs_from[kSecond] = 1;
    give();
    const std::uint64_t wakes = kernel.wake_calls;
    give();
    if (both && taken_ == 0) {
      RL_ASSERT(kernel.wake_calls == wakes);
      ++g_second_stays;
      wakes_ = wakes;
    }
    this->mutex_.lock();
    this->reach(1);
    while (taken_ < 2) done_.wait(this->mutex_, false, os::kForever);
    this->mutex_.unlock();
  }

  // Lets the takers run once the notifier sleeps.
  void observer() {
    this->await_step(1);
    if (this->await_sleep_of(0) && taken_ == 0 && wakes_ != 0) {
      RL_ASSERT(kernel.wake_calls == wakes_ + 1);
      ++g_second_goes;
    }
    kernel.stage = 1;
  }

  BasicRwCondVar<P> done_;
  Plain<int> tokens_{0};
  // For the suite itself: changes between two scheduling points only.
  int taken_ = 0;
  bool in_order_ = false;
  std::uint64_t wakes_ = 0;
};

template <class P>
class NeverComes : public Handoff<NeverComes<P>, P, 3> {
 public:
  void thread(unsigned index) {
    if (index == 0) return owner();
    if (index == 1) return this->writer();
    late();
  }

 private:
  // Wakes thread 1, which does not run; the next release leaves it the mutex.
  void owner() {
    this->mutex_.lock();
    woken_ = this->await_sleep_of(1);
    kernel.runs_from[1] = 1;
    this->mutex_.unlock();
    if (!this->mutex_.try_lock()) return;
    this->reach(1);
    if (this->await_sleep_of(2) && woken_) {
      ++g_looked;
      // Until the late one has had its turn, or the run is too long.
      kernel.patience = std::numeric_limits<int>::max();
    }
    this->mutex_.unlock();
  }

  void late() {
    this->await_step(1);
    this->writer();
    kernel.stage = 1;
  }

  // As in_order_.
  bool woken_ = false;
};

// Looks may come at any time.
template <class K>
struct Looking : K {
  static constexpr std::int64_t kOnItsWayNs = 1;
};

template <class K>
void check_never_comes() {
  g_looked = 0;
  check<NeverComes<ModelPlatform<Looking<K>>>>("never comes", 100000);
  check_met("one that queued behind it looked", g_looked);
}

template <class K>
void check_on_its_way() {
  using P = ModelPlatform<K>;
  g_second_stays = g_second_goes = 0;
  check<OnItsWay<P>>("one on its way", 100000);
  check_met("the second stayed asleep", g_second_stays);
  check_met("a thread that slept woke the second", g_second_goes);
}

}  // namespace
}  // namespace parkway::model

int main(int argc, char** argv) {
  using namespace parkway::model;
  start(argc, argv);
  check_on_its_way<DelayedStore>();
  check_on_its_way<NoBarrier>();
  check_never_comes<DelayedStore>();
  check_never_comes<NoBarrier>();
  return finish();
}
