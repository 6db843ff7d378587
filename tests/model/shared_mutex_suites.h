// SPDX-License-Identifier: Apache-2.0

// What is asked of every reader-writer lock.
#ifndef PARKWAY_TESTS_MODEL_SHARED_MUTEX_SUITES_H_
#define PARKWAY_TESTS_MODEL_SHARED_MUTEX_SUITES_H_

#include "parkway/lock/rw_cond_var_slow.h"
#include "parkway/lock/rw_mutex_slow.h"
#include "tests/model/mutex_suites.h"

namespace parkway::model {

// Threads from kWriters on are readers, who see what writers wrote and no
// writer beside them.
template <class P, class Mutex, int kThreads, int kWriters, int kRounds>
class Readers : public Suite<Readers<P, Mutex, kThreads, kWriters, kRounds>, P,
                             kThreads> {
 public:
  void thread(unsigned index) {
    for (int i = 0; i < kRounds; ++i) {
      if (index < static_cast<unsigned>(kWriters)) {
        mutex_.lock();
        data_.enter();
        mutex_.unlock();
      } else {
        mutex_.lock_shared();
        const int seen = data_.count();
        rl::ctx().sched();
        RL_ASSERT(seen == data_.count());
        mutex_.unlock_shared();
      }
    }
  }
  void after() {
    RL_ASSERT(data_.count() == kWriters * kRounds);
    this->expect_no_sleepers();
    RL_ASSERT(mutex_.try_lock());
    RL_ASSERT(!mutex_.try_lock_shared());
    mutex_.unlock();
  }

 private:
  Mutex mutex_;
  Protected data_;
};

// A writer becomes a reader and waits for kReaders others to read beside it,
// which have been waiting or come later.
template <class P, class Mutex, int kReaders>
class Downgraded
    : public Suite<Downgraded<P, Mutex, kReaders>, P, kReaders + 1> {
 public:
  void thread(unsigned index) {
    if (index == 0) {
      mutex_.lock();
      data_.enter();
      mutex_.downgrade();
      read_.lock();
      while (readers_ < kReaders) all_read_.wait(read_, false, os::kForever);
      read_.unlock();
      mutex_.unlock_shared();
      return;
    }
    mutex_.lock_shared();
    const int seen = data_.count();
    read_.lock();
    ++readers_;
    read_.unlock();
    all_read_.notify_one();
    RL_ASSERT(seen == data_.count());
    mutex_.unlock_shared();
  }
  void after() { this->expect_free(mutex_); }

 private:
  Mutex mutex_;
  Protected data_;
  BasicRwMutex<P> read_;
  BasicRwCondVar<P> all_read_;
  Plain<int> readers_{0};
};

// Each thread reads, then writes, as an upgraded reader if it can, and reads
// what it wrote as a downgraded writer; the last kWriters only write.
template <class P, class Mutex, int kThreads, int kWriters>
class Upgraded
    : public Suite<Upgraded<P, Mutex, kThreads, kWriters>, P, kThreads> {
 public:
  void thread(unsigned index) {
    if (index >= static_cast<unsigned>(kThreads - kWriters)) {
      mutex_.lock();
      data_.enter();
      mutex_.unlock();
      return;
    }
    mutex_.lock_shared();
    const int before = data_.count();
    const bool upgraded = mutex_.try_upgrade();
    if (!upgraded) {
      mutex_.unlock_shared();
      mutex_.lock();
    }
    RL_ASSERT(!upgraded || before == data_.count());
    data_.enter();
    const int after = data_.count();
    mutex_.downgrade();
    rl::ctx().sched();
    RL_ASSERT(after == data_.count());
    mutex_.unlock_shared();
  }
  void after() {
    RL_ASSERT(data_.count() == kThreads);
    this->expect_free(mutex_);
  }

 private:
  Mutex mutex_;
  Protected data_;
};

// The last to leave, a reader or a writer, destroys the mutex.
template <class P, class Mutex, int kThreads>
class DestroyShared
    : public Suite<DestroyShared<P, Mutex, kThreads>, P, kThreads> {
 public:
  void thread(unsigned index) {
    const bool shared = index == 1;
    bool last = false;
    if (shared) {
      mutex_->lock_shared();
      seen_ = true;
      mutex_->unlock_shared();
    }
    mutex_->lock();
    data_.enter();
    last = data_.count() == kThreads;
    mutex_->unlock();
    if (last) mutex_.destroy();
  }

 private:
  Slot<Mutex> mutex_;
  Protected data_;
  Plain<bool> seen_{false};
};

}  // namespace parkway::model

#endif  // PARKWAY_TESTS_MODEL_SHARED_MUTEX_SUITES_H_
