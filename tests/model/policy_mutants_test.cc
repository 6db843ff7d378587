// SPDX-License-Identifier: Apache-2.0

// Policies that break one promise each. Passes only if Relacy reports every
// one: otherwise "nothing found" in the other tests would mean nothing.
#include "parkway/lock/futex_mutex_slow.h"
#include "parkway/lock/futex_note_slow.h"
#include "parkway/lock/sema_mutex_slow.h"
#include "parkway/lock/sema_note_slow.h"
#include "tests/model/mutex_suites.h"
#include "tests/model/note_suites.h"
#include "tests/model/notice_suites.h"

namespace parkway::model {

// A release that publishes nothing.
struct RelaxedRelease : DelayedStore {
  static constexpr std::memory_order kReleaseOrder = std::memory_order_relaxed;
};
// membarrier that does nothing.
struct IdleBarrier : DelayedStore {
  static constexpr bool kBarrierWorks = false;
};
// The same where it is a pair of fences.
struct NoFences : WeakMemory {
  static constexpr bool kBarrierWorks = false;
};
// A membarrier that fails now and then, and sleepers that do not look again.
struct FailsUnseen : FailingBarrier {
  static constexpr std::int64_t kSettleNs = 2 * kFar;
};
// The same, and they look again before the stores have arrived.
struct SettlesTooSoon : FailingBarrier {
  static constexpr bool kSettles = false;
};
// A futex that sleeps whatever the word says.
struct BlindSleep : WeakMemory {
  static constexpr bool kSleepChecksValue = false;
};
struct NoAcquire : WeakMemory {
  static constexpr Weaken kWeaken = Weaken::kAcquire;
};
struct NoRelease : WeakMemory {
  static constexpr Weaken kWeaken = Weaken::kRelease;
};
// A semaphore that loses a wakeup now and then.
template <class P>
class LossySemaphore {
 public:
  bool sleep(std::int64_t deadline) { return semaphore_.sleep(deadline); }
  void wakeup() {
    if (rl::rand(4) != 0) semaphore_.wakeup();
  }

 private:
  WorkerSemaphore<P> semaphore_;
};
struct LosesWakeup : WeakMemory {
  template <class P>
  using Semaphore = LossySemaphore<P>;
};

template <class K, template <class> class Mutex>
void mutex_caught(const char* name, rl::test_result_e one,
                  rl::test_result_e other) {
  using P = ModelPlatform<K>;
  check_caught<Exclusion<P, Mutex<P>, 2, 2>>(name, 1000000, one, other);
}

// One that hardly any random schedule comes upon.
template <class K, template <class> class Mutex>
void mutex_caught_by_search(const char* name, rl::test_result_e result) {
  using P = ModelPlatform<K>;
  constexpr unsigned kPreemptions = 4;
  check_caught<Exclusion<P, Mutex<P>, 2, 1>, Search::kContextBound>(
      name, 4000000, result, result, kPreemptions);
}

template <class K>
void notices_caught(const char* name) {
  using P = ModelPlatform<K>;
  constexpr auto kDeadlock = rl::test_result_deadlock;
  check_caught<Notices<P, 1, 1, 2>>(name, 1000000, kDeadlock, kDeadlock);
}

template <class K, template <class> class Note>
void note_caught(const char* name, rl::test_result_e one,
                 rl::test_result_e other) {
  using P = ModelPlatform<K>;
  check_caught<HandOver<P, Note<P>, false>>(name, 1000000, one, other);
}

}  // namespace parkway::model

int main(int argc, char** argv) {
  using namespace parkway;
  using namespace parkway::model;
  constexpr auto kRace = rl::test_result_data_race;
  constexpr auto kDeadlock = rl::test_result_deadlock;
  start(argc, argv);
  mutex_caught<RelaxedRelease, BasicFutexMutex>("FutexMutex, relaxed release",
                                                kRace, kRace);
  mutex_caught_by_search<IdleBarrier, BasicFutexMutex>(
      "FutexMutex, idle barrier", kDeadlock);
  mutex_caught<NoFences, BasicFutexMutex>("FutexMutex, no fences", kDeadlock,
                                          kDeadlock);
  mutex_caught<FailsUnseen, BasicFutexMutex>(
      "FutexMutex, failed barrier, no second look", kDeadlock, kDeadlock);
  mutex_caught_by_search<SettlesTooSoon, BasicFutexMutex>(
      "FutexMutex, failed barrier, looks too soon", kDeadlock);
  mutex_caught<BlindSleep, BasicFutexMutex>("FutexMutex, blind sleep",
                                            kDeadlock, kDeadlock);
  mutex_caught<NoAcquire, BasicFutexMutex>("FutexMutex, no acquire", kRace,
                                           kRace);
  mutex_caught<NoRelease, BasicFutexMutex>("FutexMutex, no release", kRace,
                                           kRace);
  mutex_caught<BlindSleep, BasicSemaMutex>("SemaMutex, blind sleep", kDeadlock,
                                           kDeadlock);
  mutex_caught<NoAcquire, BasicSemaMutex>("SemaMutex, no acquire", kRace,
                                          kRace);
  mutex_caught<NoRelease, BasicSemaMutex>("SemaMutex, no release", kRace,
                                          kRace);
  mutex_caught<LosesWakeup, BasicSemaMutex>("SemaMutex, lost wakeup", kDeadlock,
                                            kDeadlock);
  note_caught<BlindSleep, BasicFutexNote>("FutexNote, blind sleep", kDeadlock,
                                          kDeadlock);
  note_caught<NoAcquire, BasicFutexNote>("FutexNote, no acquire", kRace, kRace);
  note_caught<NoRelease, BasicFutexNote>("FutexNote, no release", kRace, kRace);
  note_caught<NoAcquire, BasicSemaNote>("SemaNote, no acquire", kRace, kRace);
  note_caught<NoRelease, BasicSemaNote>("SemaNote, no release", kRace, kRace);
  note_caught<LosesWakeup, BasicSemaNote>("SemaNote, lost wakeup", kDeadlock,
                                          kDeadlock);
  notices_caught<IdleBarrier>("AddressWaiter, idle barrier");
  notices_caught<NoFences>("AddressWaiter, no fences");
  notices_caught<FailsUnseen>("AddressWaiter, failed barrier, no second look");
  return finish();
}
