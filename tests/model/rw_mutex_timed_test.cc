// SPDX-License-Identifier: Apache-2.0

// RwMutex's waits with deadlines, as processors run it.
#include "tests/model/handoff_suite.h"
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

enum class Wait { kForCondition, kForNotify, kNotified };

// A reader stays until another one's wait beside it has ended, by time or
// because it was notified; a writer waits behind the two.
template <class P, Wait kWait>
class EndsBesideAReader : public Suite<EndsBesideAReader<P, kWait>, P, 3> {
 public:
  void thread(unsigned index) {
    if (index == 0) {
      mutex_.lock_shared();
      if (kWait == Wait::kNotified && !notified_beside()) return;
      read_.lock();
      while (!ended_) came_.wait(read_, false, os::kForever);
      read_.unlock();
      mutex_.unlock_shared();
    } else if (index == 1) {
      mutex_.lock_shared();
      waits_ = true;
      const std::int64_t soon = P::now() + 1;
      if (kWait == Wait::kForCondition) {
        RL_ASSERT(!mutex_.await({&never, &same, this}, soon, true));
      } else if (kWait == Wait::kForNotify) {
        RL_ASSERT(!changed_.wait(mutex_, true, soon));
      } else {
        while (!may_go_) changed_.wait(mutex_, true, os::kForever);
      }
      mutex_.unlock_shared();
      read_.lock();
      ended_ = true;
      read_.unlock();
      came_.notify_one();
    } else if (await([this] { return waits_; })) {
      mutex_.lock();
      mutex_.unlock();
    }
  }
  void after() { this->expect_free(mutex_); }

 private:
  // False, and the mutex is free, if the other one does not wait yet.
  bool notified_beside() {
    const auto sleeps = [] { return kernel.asleep_on[1] != nullptr; };
    const bool beside = await(sleeps);
    may_go_ = true;
    if (beside) {
      changed_.notify_one();
      return true;
    }
    mutex_.unlock_shared();
    mutex_.lock();
    mutex_.unlock();
    changed_.notify_one();
    return false;
  }
  static bool never(const void*) { return false; }
  static bool same(const void* a, const void* b) { return a == b; }

  BasicRwMutex<P> mutex_;
  BasicRwCondVar<P> changed_;
  BasicRwMutex<P> read_;
  BasicRwCondVar<P> came_;
  Plain<bool> ended_{false};
  // These change between two scheduling points only.
  bool waits_ = false;
  bool may_go_ = false;
};

// A holder stays until another's timed lock has ended, while a third waits for
// a condition.
template <class P, bool kHeldShared>
class GivesUpBesideACondition
    : public Suite<GivesUpBesideACondition<P, kHeldShared>, P, 3> {
 public:
  void thread(unsigned index) {
    if (index == 0) {
      kHeldShared ? mutex_.lock_shared() : mutex_.lock();
      read_.lock();
      while (!ended_) came_.wait(read_, false, os::kForever);
      read_.unlock();
      kHeldShared ? mutex_.unlock_shared() : mutex_.unlock();
      mutex_.lock();
      met_ = true;
      mutex_.unlock();
    } else if (index == 1) {
      mutex_.lock_shared();
      RL_ASSERT(mutex_.await({&met, &same, this}, os::kForever, true));
      mutex_.unlock_shared();
    } else {
      if (mutex_.try_lock_for(kShort)) mutex_.unlock();
      read_.lock();
      ended_ = true;
      read_.unlock();
      came_.notify_one();
    }
  }
  void after() { this->expect_free(mutex_); }

 private:
  static bool met(const void* self) {
    return static_cast<const GivesUpBesideACondition*>(self)->met_;
  }
  static bool same(const void* a, const void* b) { return a == b; }

  BasicRwMutex<P> mutex_;
  BasicRwMutex<P> read_;
  BasicRwCondVar<P> came_;
  Plain<bool> ended_{false};
  Plain<bool> met_{false};
};

// A release wakes a writer and looks no further. It comes too late, after
// a reader: one that stays until another's condition, behind the writer and
// true by then, has been found so; or one that leaves at once, and a second
// reader waits behind the writer.
template <class P, bool kStays>
class GivesUpLate : public Handoff<GivesUpLate<P, kStays>, P, kStays ? 4 : 5> {
 public:
  void thread(unsigned index) {
    if (index == 0) return holder();
    if (index == kReader) {
      this->mutex_.lock_shared();
      while (!this->flag_) {
        this->changed_.wait(this->mutex_, true, os::kForever);
      }
      read_.lock();
      while (kStays && in_order_ && !seen_)
        came_.wait(read_, false, os::kForever);
      read_.unlock();
      this->mutex_.unlock_shared();
    } else if (index == kWriter) {
      this->await_step(2);
      if (this->mutex_.try_lock_for(kShort)) this->mutex_.unlock();
    } else if (index == kSecondReader) {
      this->await_step(2);
      this->await_sleep_of(kWriter);
      this->mutex_.lock_shared();
      this->mutex_.unlock_shared();
    } else {
      this->await_step(1);
      this->mutex_.lock_shared();
      RL_ASSERT(this->mutex_.await({&met, &same, this}, os::kForever, true));
      this->mutex_.unlock_shared();
      read_.lock();
      seen_ = true;
      read_.unlock();
      came_.notify_one();
    }
  }

 private:
  static constexpr int kReader = 1;
  static constexpr int kWriter = 2;
  static constexpr int kConditional = 3;
  static constexpr int kSecondReader = 4;

  void holder() {
    this->await_sleep_of(kReader);
    this->reach(1);
    this->await_sleep_of(kConditional);
    this->mutex_.lock();
    kernel.runs_from[kWriter] = 1;
    kernel.timed_from[kWriter] = 2;
    kernel.runs_from[kReader] = 2;
    this->reach(2);
    this->await_sleep_of(kWriter);
    if (!kStays) this->await_sleep_of(kSecondReader);
    this->flag_ = true;
    this->mutex_.unlock();
    this->changed_.notify_one();
    this->mutex_.lock();
    met_ = true;
    kernel.stage = 1;
    rl::yield(1, $);
    in_order_ = this->await_sleep_of(kWriter);
    kernel.runs_from[kWriter] = 2;
    this->mutex_.unlock();
    kernel.stage = 2;
  }

  static bool met(const void* self) {
    rl::yield(1, $);
    return static_cast<const GivesUpLate*>(self)->met_;
  }
  static bool same(const void* a, const void* b) { return a == b; }

  BasicRwMutex<P> read_;
  BasicRwCondVar<P> came_;
  Plain<bool> met_{false};
  Plain<bool> seen_{false};
  // The writer has lost, and is first in the queue; nobody else is on its way.
  Plain<bool> in_order_{false};
};

template <class K>
void check_timed() {
  using P = ModelPlatform<K>;
  using Mutex = BasicRwMutex<P>;
  check<Timed<P, Mutex, 2, 1>>("writers, 1 of 2 timed", 100000);
  check<Timed<P, Mutex, 3, 2>>("writers, 2 of 3 timed", 100000);
  check<TimedReaders<P, 2, 1>>("1 timed writer, 1 reader", 100000);
  check<TimedReaders<P, 2, 2>>("1 timed writer, 1 timed reader", 100000);
  check<TimedReaders<P, 3, 2>>("2 timed, 1 writer", 100000);
  check<TimedReaders<P, 4, 2>>("2 timed, 1 writer, 1 reader", 100000);
  check<LetsReadersIn<P>>("a writer gives up before a reader", 200000);
  check<EndsBesideAReader<P, Wait::kForCondition>>(
      "timed condition, beside a reader", 100000);
  check<EndsBesideAReader<P, Wait::kForNotify>>("timed notify, beside a reader",
                                                100000);
  check<EndsBesideAReader<P, Wait::kNotified>>("notified beside a reader",
                                               100000);
  check<GivesUpBesideACondition<P, true>>(
      "gives up beside a condition, held shared", 100000);
  check<GivesUpBesideACondition<P, false>>("gives up beside a condition, held",
                                           100000);
  check<GivesUpLate<P, true>>("gives up late, before a condition", 100000);
  check<GivesUpLate<P, false>>("gives up late, before a reader that leaves",
                               100000);
  check_met("a thread slept", coverage.sleeps);
  check_met("a deadline came", coverage.timeouts);
}

}  // namespace
}  // namespace parkway::model

int main(int argc, char** argv) {
  using namespace parkway::model;
  using P = ModelPlatform<DelayedStore>;
  constexpr Budget kCalm{0, 0, 0};
  start(argc, argv);
  check_timed<DelayedStore>();
  check<TimedReaders<P, 2, 1>, Search::kContextBound>(
      "1 timed writer, 1 reader", 200000, 4, kCalm);
  const Shorter shorter(2, 2);
  check_timed<NoBarrier>();
  return finish();
}
