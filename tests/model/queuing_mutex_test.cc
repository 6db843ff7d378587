// SPDX-License-Identifier: Apache-2.0

// QueuingMutex under C++'s memory model, as processors run it, and over
// futexes of semaphores.
#include "parkway/lock/futex_mutex_slow.h"
#include "parkway/lock/queuing_mutex_slow.h"
#include "tests/model/mutex_suites.h"

namespace parkway::model {

// With a node for each thread.
template <class P>
class WithNodes {
 public:
  void lock() { mutex_.lock(nodes_[self()]); }
  bool try_lock() { return mutex_.try_lock(nodes_[self()]); }
  void unlock() { mutex_.unlock(nodes_[self()]); }

 private:
  using Mutex = BasicQueuingMutex<P>;

  Mutex mutex_;
  typename Mutex::Node nodes_[kMaxThreads];
};

// Node and mutex are gone as soon as nobody needs them: each thread's node when
// its unlock() has returned, the mutex after the last.
template <class P, int kThreads>
class DestroyNodes : public Suite<DestroyNodes<P, kThreads>, P, kThreads> {
 public:
  void thread(unsigned) {
    bool last = false;
    {
      typename BasicQueuingMutex<P>::Node node;
      mutex_->lock(node);
      data_.enter();
      last = data_.count() == kThreads;
      mutex_->unlock(node);
    }
    if (last) mutex_.destroy();
  }

 private:
  Slot<BasicQueuingMutex<P>> mutex_;
  Protected data_;
};

template <class K>
void check_queuing_mutex() {
  using P = ModelPlatform<K>;
  using Mutex = WithNodes<P>;
  constexpr Budget kCalm{0, 0, 0};
  check<Exclusion<P, Mutex, 2, 2>>("exclusion, 2 threads twice", 100000);
  check<Exclusion<P, Mutex, 3, 1>>("exclusion, 3 threads", 100000);
  check<Exclusion<P, Mutex, 3, 2>>("exclusion, 3 threads twice", 100000);
  check<Exclusion<P, Mutex, 4, 1>>("exclusion, 4 threads", 100000);
  check<Mixed<P, Mutex, false>>("lock and try_lock", 100000);
  check<DestroyNodes<P, 2>>("destroyed after the last of 2", 100000);
  check<DestroyNodes<P, 3>>("destroyed after the last of 3", 100000);
  check_met("a thread slept", coverage.sleeps);
  check_met("a sleep ended for no reason", coverage.spurious);
  check<Exclusion<P, Mutex, 2, 1>, Search::kFull>("exclusion, 2 threads",
                                                  500000, 0, kCalm);
  check<Exclusion<P, Mutex, 3, 1>, Search::kContextBound>(
      "exclusion, 3 threads", 500000, 3, kCalm);
  check<DestroyNodes<P, 2>, Search::kContextBound>(
      "destroyed after the last of 2", 500000, 4);
}

}  // namespace parkway::model

int main(int argc, char** argv) {
  using namespace parkway::model;
  start(argc, argv);
  check_queuing_mutex<WeakMemory>();
  check_queuing_mutex<DelayedStore>();
  const Shorter shorter(2, 20);
  check_queuing_mutex<OnlySemaphoresNoBarrier>();
  return finish();
}
