// SPDX-License-Identifier: Apache-2.0

// What children do with a subject, to prove that it works there.
#ifndef PARKWAY_TESTS_PROCESS_USES_H_
#define PARKWAY_TESTS_PROCESS_USES_H_

#include <atomic>
#include <memory>
#include <vector>

#include "tests/process/child.h"
#include "tests/process/subject.h"
#include "tests/suites/support.h"

namespace parkway::test {

// Nobody holds it or waits for it.
inline void UseAlone(Subject& subject) {
  Step("use by one thread");
  Demand(subject.Alone(), "a use by one thread did not do what it should");
}

// Calls f() with more of the stack in use. In the child of a fork new threads
// have the stacks of those that are gone: what waits there now must not lie
// just where what waited there lay.
template <class F>
[[gnu::noinline]] void CallDeeper(F&& f) {
  volatile char gap[4096];
  gap[0] = 0;
  f();
  gap[sizeof(gap) - 1] = 0;
}

// Threads that wait for a subject. The destructor waits for the ends of the
// waits, Right() as well.
class Waiters {
 public:
  // Returns when they are asleep.
  Waiters(Subject& subject, int count) {
    for (int i = 0; i < count; ++i) {
      threads_.push_back(std::make_unique<Thread>([&] {
        if (deeper_) {
          CallDeeper([&] { right_ += subject.Wait(); });
        } else {
          right_ += subject.Wait();
        }
      }));
      threads_.back()->WaitAsleep();
    }
  }
  // For threads in the child of a fork.
  static void Deeper() { deeper_ = true; }
  // Whether all ended as they should.
  bool Right() {
    const int count = static_cast<int>(threads_.size());
    threads_.clear();
    return right_ == count;
  }

 private:
  static inline bool deeper_ = false;
  std::atomic<int> right_{0};
  std::vector<std::unique_ptr<Thread>> threads_;
};

// The calling thread has held it with Hold(), and now lets go threads of its
// own that wait.
inline void WakeOwnWaiters(const SubjectKind& kind, Subject& subject) {
  Step("threads of this process begin to wait");
  Waiters::Deeper();
  Waiters waiters(subject, kind.many_wait ? 2 : 1);
  Step("threads of this process wait and are let go");
  subject.Wake();
  Demand(waiters.Right(), "a wait did not end as it should");
}

// All of it, of an object that nobody holds or waits for.
inline void UseWithThreads(const SubjectKind& kind, Subject& subject) {
  UseAlone(subject);
  subject.Hold();
  WakeOwnWaiters(kind, subject);
  UseAlone(subject);
}

}  // namespace parkway::test

#endif  // PARKWAY_TESTS_PROCESS_USES_H_
