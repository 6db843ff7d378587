// SPDX-License-Identifier: Apache-2.0

// RwMutex's waits with deadlines, as processors run it.
#include "tests/model/shared_mutex_suites.h"

namespace parkway::model {
namespace {

// The first kTimed threads try with a deadline, twice; odd ones are readers.
template <class P, int kThreads, int kTimed>
class TimedReaders
    : public Suite<TimedReaders<P, kThreads, kTimed>, P, kThreads> {
 public:
  void thread(unsigned index) {
    const bool timed = index < static_cast<unsigned>(kTimed);
    for (int i = 0; i < (timed ? 2 : 1); ++i) {
      if (index % 2 == 0) {
        if (!timed) {
          mutex_.lock();
        } else if (!mutex_.try_lock_for(kShort)) {
          continue;
        }
        data_.enter();
        ++written_[index];
        mutex_.unlock();
      } else {
        if (!timed) {
          mutex_.lock_shared();
        } else if (!mutex_.try_lock_shared_for(kShort)) {
          continue;
        }
        const int seen = data_.count();
        rl::ctx().sched();
        RL_ASSERT(seen == data_.count());
        mutex_.unlock_shared();
      }
    }
  }
  void after() {
    int written = 0;
    for (int n : written_) written += n;
    RL_ASSERT(data_.count() == written);
    this->expect_free(mutex_);
    // No writer's mark is left.
    RL_ASSERT(mutex_.try_lock_shared());
    mutex_.unlock_shared();
  }

 private:
  BasicRwMutex<P> mutex_;
  Protected data_;
  int written_[kThreads] = {};
};

// A reader stays until another reader has come, which waits behind a writer
// that gives up.
template <class P>
class LetsReadersIn : public Suite<LetsReadersIn<P>, P, 3> {
 public:
  void thread(unsigned index) {
    if (index == 0) {
      mutex_.lock_shared();
      read_.lock();
      while (!has_read_) came_.wait(read_, false, os::kForever);
      read_.unlock();
      mutex_.unlock_shared();
    } else if (index == 1) {
      if (mutex_.try_lock_for(kShort)) mutex_.unlock();
    } else {
      mutex_.lock_shared();
      read_.lock();
      has_read_ = true;
      read_.unlock();
      came_.notify_one();
      mutex_.unlock_shared();
    }
  }
  void after() { this->expect_free(mutex_); }

 private:
  BasicRwMutex<P> mutex_;
  BasicRwMutex<P> read_;
  BasicRwCondVar<P> came_;
  Plain<bool> has_read_{false};
};

}  // namespace
}  // namespace parkway::model

int main(int argc, char** argv) {
  using namespace parkway::model;
  using P = ModelPlatform<DelayedStore>;
  using Mutex = parkway::BasicRwMutex<P>;
  constexpr Budget kCalm{0, 0, 0};
  start(argc, argv);
  check<Timed<P, Mutex, 2, 1>>("writers, 1 of 2 timed", 100000);
  check<Timed<P, Mutex, 3, 2>>("writers, 2 of 3 timed", 100000);
  check<TimedReaders<P, 2, 1>>("1 timed writer, 1 reader", 100000);
  check<TimedReaders<P, 2, 2>>("1 timed writer, 1 timed reader", 100000);
  check<TimedReaders<P, 3, 2>>("2 timed, 1 writer", 100000);
  check<TimedReaders<P, 4, 2>>("2 timed, 1 writer, 1 reader", 100000);
  check<LetsReadersIn<P>>("a writer gives up before a reader", 200000);
  check_met("a thread slept", coverage.sleeps);
  check_met("a deadline came", coverage.timeouts);
  check<TimedReaders<P, 2, 1>, Search::kContextBound>(
      "1 timed writer, 1 reader", 200000, 4, kCalm);
  return finish();
}
