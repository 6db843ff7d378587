// SPDX-License-Identifier: Apache-2.0

// Memory that becomes an object of another kind while a wake for the one before
// is still on its way.
#include "parkway/lock/cond_var_slow.h"
#include "parkway/lock/futex_mutex_slow.h"
#include "parkway/lock/queuing_rw_mutex_slow.h"
#include "parkway/lock/semaphore_slow.h"
#include "tests/model/mutex_suites.h"

namespace parkway::model {

// Room for one object after another.
template <class First, class Second>
class Room {
 public:
  template <class T, class... Args>
  T& make(Args... args) {
    return *new (bytes_) T(args...);
  }
  template <class T>
  T& get() {
    return *reinterpret_cast<T*>(bytes_);
  }

 private:
  static constexpr std::size_t kBytes = sizeof(First) > sizeof(Second)
                                            ? sizeof(First)
                                            : sizeof(Second);
  alignas(First) alignas(Second) unsigned char bytes_[kBytes];
};

// Thread 0 gives a permit, and its wake comes late. Who gets the permit makes
// a QueuingRwMutex of the semaphore: its waiters take a wake for ownership.
template <class P>
class SemaphoreThenQueuing : public Suite<SemaphoreThenQueuing<P>, P, 4> {
 public:
  using Semaphore = BasicSemaphore<P>;
  using Mutex = BasicQueuingRwMutex<P>;

  SemaphoreThenQueuing() { room_.template make<Semaphore>(0); }
  ~SemaphoreThenQueuing() { room_.template get<Mutex>().~Mutex(); }

  void thread(unsigned index) {
    if (index == 0) {
      room_.template get<Semaphore>().release();
      return;
    }
    if (index == 1) {
      room_.template get<Semaphore>().acquire();
      room_.template get<Semaphore>().~Semaphore();
      room_.template make<Mutex>();
      made_.store(1, std::memory_order_release);
    } else {
      while (made_.load(std::memory_order_acquire) == 0) P::yield();
    }
    auto& mutex = room_.template get<Mutex>();
    mutex.lock();
    data_.enter();
    mutex.unlock();
  }
  void after() { RL_ASSERT(data_.count() == 3); }

 private:
  Room<Semaphore, Mutex> room_;
  typename P::template Atomic<int> made_{0};
  Protected data_;
};

// The same with a condition variable, whose waits never end for no reason.
template <class P>
class SemaphoreThenCondVar : public Suite<SemaphoreThenCondVar<P>, P, 3> {
 public:
  using Semaphore = BasicSemaphore<P>;
  using CondVar = BasicCondVar<P>;

  SemaphoreThenCondVar() { room_.template make<Semaphore>(0); }
  ~SemaphoreThenCondVar() { room_.template get<CondVar>().~CondVar(); }

  void thread(unsigned index) {
    if (index == 0) {
      room_.template get<Semaphore>().release();
      return;
    }
    if (index == 1) {
      room_.template get<Semaphore>().acquire();
      room_.template get<Semaphore>().~Semaphore();
      mutex_.lock();
      auto& changed = room_.template make<CondVar>();
      made_ = true;
      changed.wait(mutex_);
      RL_ASSERT(changed_);
      mutex_.unlock();
      return;
    }
    for (bool made = false; !made; P::yield()) {
      mutex_.lock();
      made = made_;
      changed_ = made;
      mutex_.unlock();
    }
    room_.template get<CondVar>().notify_one();
  }

 private:
  Room<Semaphore, CondVar> room_;
  BasicFutexMutex<P> mutex_;
  Plain<bool> made_{false};
  Plain<bool> changed_{false};
};

template <class K>
void check_address_reuse() {
  using P = ModelPlatform<K>;
  check<SemaphoreThenQueuing<P>>("a semaphore, then QueuingRwMutex", 300000);
  check<SemaphoreThenCondVar<P>>("a semaphore, then CondVar", 300000);
}

}  // namespace parkway::model

int main(int argc, char** argv) {
  using namespace parkway::model;
  start(argc, argv);
  check_address_reuse<WeakMemory>();
  check_address_reuse<DelayedStore>();
  check_address_reuse<NoBarrier>();
  check_met("a thread slept", coverage.sleeps);
  return finish();
}
