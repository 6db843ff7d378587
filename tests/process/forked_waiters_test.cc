// SPDX-License-Identifier: Apache-2.0

// In the child of a fork nobody waits that waited in the parent: for the very
// object that the child goes on with. What the thread that forks has held it
// holds, and gives back, in the child as well; no wake is spent on a thread
// that is not there, none of them keeps others out, and no lock inside the
// object stays with a thread that was about to leave.
#include <gtest/gtest.h>
#include <pthread.h>

#include <atomic>
#include <chrono>
#include <memory>
#include <vector>

#include "parkway/absl/mutex.h"
#include "parkway/lock/queuing_rw_mutex.h"
#include "parkway/lock/rw_mutex.h"
#include "parkway/task/task_platform.h"
#include "parkway/tbb/rw_mutex.h"
#include "parkway/tbb/spin_rw_mutex.h"
#include "parkway/tbb/task/task_rw_mutex.h"
#include "tests/process/budget.h"
#include "tests/process/child.h"
#include "tests/process/subject.h"
#include "tests/process/uses.h"
#include "tests/suites/support.h"

namespace parkway::test {
namespace {

constexpr ChildOptions kProgram = {100, &fork};
constexpr int kWaiters = 8;
// Threads whose time is up all the time, so that a fork finds some of them on
// their way out: the more of them, the longer is the way.
constexpr int kLeavers = 12;
constexpr int kForks = 3;
constexpr int kForksWithLeavers = 60;
constexpr std::chrono::milliseconds kTime{100};

class ForkedWaiters : public SubjectTest {
 protected:
  void SetUp() override {
    if (kTsan) {
      GTEST_SKIP() << "TSan does not support threads in the child of a process "
                      "with threads";
    }
  }

  // The program: a process in which nothing of parkway has been used. The
  // object is held by the thread that forks, and waited for by others.
  static int Program(bool in_a_handler) {
    // As long as the process.
    object_ = kind().Make().release();
    Subject& object = *object_;
    if (in_a_handler) {
      pthread_atfork([] { object_->Freeze(); }, [] { object_->Thaw(); },
                     [] {
                       object_->Thaw();
                       LetGo(0);
                     });
    }
    object.Hold();
    Waiters waiters(object, kind().many_wait ? kWaiters : 1);
    bool right = ForkRepeatedly(in_a_handler, kForks);
    if (kind().has_brief && right) {
      std::atomic<bool> stop{false};
      std::vector<std::unique_ptr<Thread>> leavers;
      for (int i = 0; i < kLeavers; ++i) {
        leavers.push_back(std::make_unique<Thread>([&] {
          while (!stop) object.Brief();
        }));
      }
      right = ForkRepeatedly(in_a_handler, kForksWithLeavers);
      stop = true;
    }
    Step("the parent's own waiters are let go");
    object.Wake();
    return waiters.Right() && right ? 0 : kWrong;
  }

 private:
  // In the child. Every second one keeps what it holds until threads of its own
  // wait for it; they do so behind those that are gone.
  static void LetGo(int fork) {
    if (fork % 2 == 1) {
      WakeOwnWaiters(kind(), *object_);
    } else {
      Step("what was held at the fork is given back");
      object_->Wake();
    }
    UseAlone(*object_);
  }

  static bool ForkRepeatedly(bool in_a_handler, int forks) {
    Budget budget(forks, kTime);
    for (int i = 0; budget.Next(); ++i) {
      if (!in_a_handler) object_->Freeze();
      const Outcome outcome = RunChild([&] {
        if (!in_a_handler) {
          object_->Thaw();
          LetGo(i);
        }
        UseWithThreads(kind(), *object_);
        return 0;
      });
      if (!in_a_handler) object_->Thaw();
      if (!Report(outcome, "a child")) return false;
    }
    return true;
  }

  static inline Subject* object_ = nullptr;
};

TEST_P(ForkedWaiters, AreGoneAfterwards) {
  const Outcome outcome = RunChild([] { return Program(false); }, kProgram);
  EXPECT_TRUE(EndedWell(outcome));
}

TEST_P(ForkedWaiters, AreGoneInAHandler) {
  const Outcome outcome = RunChild([] { return Program(true); }, kProgram);
  EXPECT_TRUE(EndedWell(outcome));
}

INSTANTIATE_TEST_SUITE_P(All, ForkedWaiters,
                         testing::ValuesIn(Only([](const SubjectKind& kind) {
                           return kind.quirk != Quirk::kCountsWaiters;
                         })),
                         NameOf);

// ---- A reader forks while a writer waits ----

// The writer keeps new readers out. In the child there is no writer.
template <class M>
int ForkAsAReader() {
  static M mutex;
  mutex.lock_shared();
  Thread writer([] {
    mutex.lock();
    mutex.unlock();
  });
  writer.WaitAsleep();
  const Outcome outcome = RunChild([] {
    Step("the reader that has forked leaves");
    mutex.unlock_shared();
    Demand(mutex.try_lock_shared(), "a free mutex keeps readers out");
    mutex.unlock_shared();
    Step("a reader comes to a free mutex");
    mutex.lock_shared();
    Demand(!mutex.try_lock(), "a writer got in beside a reader");
    mutex.unlock_shared();
    Step("a writer comes to a free mutex");
    mutex.lock();
    mutex.unlock();
    return 0;
  });
  mutex.unlock_shared();
  return Report(outcome, "the child") ? 0 : kWrong;
}

template <class M>
class ForkedReader : public testing::Test {};
using SharedMutexes =
    testing::Types<RwMutex, QueuingRwMutex, TaskRwMutex, absl::Mutex,
                   tbb::rw_mutex, tbb::spin_rw_mutex, tbb::task_rw_mutex>;
TYPED_TEST_SUITE(ForkedReader, SharedMutexes);

TYPED_TEST(ForkedReader, LetsReadersIn) {
  if (kTsan) GTEST_SKIP() << "TSan does not support that";
  const Outcome outcome = RunChild(&ForkAsAReader<TypeParam>);
  EXPECT_TRUE(EndedWell(outcome));
}

}  // namespace
}  // namespace parkway::test
