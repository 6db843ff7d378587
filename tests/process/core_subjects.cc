// SPDX-License-Identifier: Apache-2.0

// The subjects of plugin/parkway/lock and plugin/parkway/wait.
#include <atomic>
#include <cstdint>

#include "parkway/base/deadline.h"
#include "parkway/lock/byte_mutex.h"
#include "parkway/lock/cond_var.h"
#include "parkway/lock/futex_mutex.h"
#include "parkway/lock/futex_note.h"
#include "parkway/lock/queuing_mutex.h"
#include "parkway/lock/queuing_rw_mutex.h"
#include "parkway/lock/rw_cond_var.h"
#include "parkway/lock/rw_mutex.h"
#include "parkway/lock/sema_mutex.h"
#include "parkway/lock/sema_note.h"
#include "parkway/lock/semaphore.h"
#include "parkway/os/os.h"
#include "parkway/wait/address_wait.h"
#include "tests/process/subject.h"
#include "tests/process/subject_templates.h"
#include "tests/suites/address_cond_var.h"

namespace parkway::test {
namespace {

// Whoever locks brings a node.
template <class M>
struct ByNode {
  static constexpr bool kManyWait = true;
  using Node = typename M::Node;

  void Hold() { object.lock(held); }
  void Wake() { object.unlock(held); }
  bool Wait() {
    Section([] {});
    return true;
  }
  bool Alone() {
    Node first;
    Node second;
    object.lock(first);
    const bool twice = object.try_lock(second);
    object.unlock(first);
    if (twice || !object.try_lock(second)) return false;
    object.unlock(second);
    return true;
  }
  template <class F>
  void Section(F&& f) {
    Node node;
    object.lock(node);
    f();
    object.unlock(node);
  }

  M object;
  Node held;
};

// RwCondVar with the members of CondVar.
template <bool kShared>
class RwCondVarOf {
 public:
  void wait(RwMutex& mutex) { Wait(mutex, os::kForever); }
  template <class Duration>
  bool wait_for(RwMutex& mutex, const Duration& time) {
    return Wait(mutex, internal::deadline_after(time));
  }
  void notify_one() { impl_.notify_one(); }
  void notify_all() { impl_.notify_all(); }

 private:
  // The caller is the writer. It may wait as a reader all the same.
  bool Wait(RwMutex& mutex, std::int64_t deadline) {
    if (!kShared) return impl_.wait(mutex, false, deadline);
    mutex.downgrade();
    const bool notified = impl_.wait(mutex, true, deadline);
    mutex.unlock_shared();
    mutex.lock();
    return notified;
  }

  RwCondVar impl_;
};

// Any word, and an AddressWaiter on it.
struct ByAddress {
  static constexpr bool kManyWait = true;

  void Hold() { object = false; }
  void Wake() {
    object = true;
    if (AddressWaiter::may_have_waiters(&object)) {
      AddressWaiter::wake_all(&object, AddressKind::kMutexFutex);
    }
  }
  bool Wait() { return WaitUntil(os::kForever); }
  bool Alone() {
    Hold();
    const bool woken = WaitUntil(internal::deadline_after(kShort));
    Wake();
    return !woken && Wait();
  }
  void Brief() {
    AddressWaiter waiter(&object, AddressKind::kMutexFutex);
    waiter.prepare();
    waiter.commit(internal::deadline_after(kShort));
  }

  std::atomic<bool> object{true};

 private:
  bool WaitUntil(std::int64_t deadline) {
    while (!object) {
      AddressWaiter waiter(&object, AddressKind::kMutexFutex);
      waiter.prepare();
      if (object) break;
      if (!waiter.commit(deadline)) return object;
    }
    return true;
  }
};

}  // namespace

SubjectKinds CoreSubjects() {
  return {
      Kind<ByLock<FutexMutex>>("Futex"),
      Kind<ByTimedLock<FutexMutex>>("FutexTimed"),
      Kind<ByLock<ByteMutex>>("Byte"),
      Kind<ByTimedLock<ByteMutex>>("ByteTimed"),
      Kind<ByLock<SharedByteMutex>>("SharedByte", Quirk::kLooksAgain),
      Kind<ByLock<SemaMutex>>("Sema"),
      Kind<ByTimedLock<SemaMutex>>("SemaTimed"),
      Kind<ByLock<RwMutex>>("RwWriter"),
      Kind<ByTimedLock<RwMutex>>("RwWriterTimed"),
      Kind<ReaderBehindWriter<RwMutex>>("RwReader"),
      Kind<TimedReaderBehindWriter<RwMutex>>("RwReaderTimed"),
      Kind<WriterBehindReader<RwMutex>>("RwWriterBehindReader"),
      Kind<TimedWriterBehindReader<RwMutex>>("RwWriterBehindReaderTimed"),
      Kind<ByCondition<RwMutex, false>>("RwCondition"),
      Kind<ByCondition<RwMutex, true>>("RwReaderCondition"),
      Kind<ByNode<QueuingMutex>>("Queuing"),
      Kind<ByLock<QueuingRwMutex>>("QueuingRwWriter"),
      Kind<ReaderBehindWriter<QueuingRwMutex>>("QueuingRwReader"),
      Kind<WriterBehindReader<QueuingRwMutex>>("QueuingRwWriterBehindReader"),
      Kind<ByNotify<CondVar, FutexMutex>>("CondVar"),
      Kind<ByTimedNotify<CondVar, SemaMutex>>("CondVarTimed"),
      Kind<ByNotify<RwCondVarOf<false>, RwMutex>>("RwCondVar"),
      Kind<ByTimedNotify<RwCondVarOf<false>, RwMutex>>("RwCondVarTimed"),
      Kind<ByTimedNotify<RwCondVarOf<true>, RwMutex>>("RwCondVarReader"),
      Kind<ByTimedNotify<AddressCondVar<Platform>, FutexMutex>>(
          "AddressCondVarTimed"),
      Kind<ByPermit<Semaphore>>("Semaphore"),
      Kind<ByTimedPermit<Semaphore>>("SemaphoreTimed"),
      Kind<BySleep<FutexNote>>("FutexNote"),
      Kind<ByTimedSleep<FutexNote>>("FutexNoteTimed"),
      Kind<BySleep<SemaNote>>("SemaNote"),
      Kind<ByTimedSleep<SemaNote>>("SemaNoteTimed"),
      Kind<ByAddress>("Address"),
  };
}

}  // namespace parkway::test
