// SPDX-License-Identifier: Apache-2.0

// The subjects of adapters/parkway/absl.
#include <optional>

#include "absl/time/time.h"
#include "parkway/absl/barrier.h"
#include "parkway/absl/blocking_counter.h"
#include "parkway/absl/mutex.h"
#include "parkway/absl/notification.h"
#include "tests/process/subject.h"
#include "tests/process/subject_templates.h"

namespace parkway::test {
namespace {

// Our namespaces are called as theirs.
namespace pabsl = ::parkway::absl;

inline ::absl::Duration AsAbsl(std::chrono::nanoseconds time) {
  return ::absl::Nanoseconds(time.count());
}

// parkway::absl::CondVar with the members of CondVar.
class AbslCondVarOf {
 public:
  void wait(pabsl::Mutex& mutex) { impl_.Wait(&mutex); }
  bool wait_for(pabsl::Mutex& mutex, std::chrono::nanoseconds time) {
    return !impl_.WaitWithTimeout(&mutex, AsAbsl(time));
  }
  void notify_one() { impl_.Signal(); }
  void notify_all() { impl_.SignalAll(); }

 private:
  pabsl::CondVar impl_;
};

// Await() as the writer, LockWhen() as the reader.
template <bool kShared>
struct ByAbslCondition {
  static constexpr bool kManyWait = true;

  void Hold() { Set(false); }
  void Wake() { Set(true); }
  bool Wait() {
    const pabsl::Condition is_set(&set);
    if (kShared) {
      object.ReaderLockWhen(is_set);
      const bool met = set;
      object.ReaderUnlock();
      return met;
    }
    object.Lock();
    object.Await(is_set);
    const bool met = set;
    object.Unlock();
    return met;
  }
  bool Alone() {
    const pabsl::Condition is_set(&set);
    const bool before = set;
    Set(false);
    object.Lock();
    bool met = object.AwaitWithTimeout(is_set, AsAbsl(kShort));
    object.Unlock();
    met = object.ReaderLockWhenWithTimeout(is_set, AsAbsl(kShort)) || met;
    object.ReaderUnlock();
    Set(true);
    const bool unmet = !Wait();
    Set(before);
    return !met && !unmet && SharedAlone(object);
  }
  void Brief() {
    const pabsl::Condition is_set(&set);
    object.LockWhenWithTimeout(is_set, AsAbsl(kShort));
    object.Unlock();
  }
  void Freeze() { object.Lock(); }
  void Thaw() { object.Unlock(); }

  pabsl::Mutex object;
  bool set = true;

 private:
  void Set(bool to) {
    object.Lock();
    set = to;
    object.Unlock();
  }
};

// Of these each serves once.
struct ByNotification {
  static constexpr bool kManyWait = true;

  void Hold() { object.emplace(); }
  void Wake() { object->Notify(); }
  bool Wait() {
    object->WaitForNotification();
    return object->HasBeenNotified();
  }
  bool Alone() {
    Hold();
    if (object->WaitForNotificationWithTimeout(AsAbsl(kShort))) return false;
    Wake();
    return Wait();
  }

  std::optional<pabsl::Notification> object;
};

struct ByBarrier {
  static constexpr bool kManyWait = false;

  void Hold() { object.emplace(2); }
  void Wake() { Wait(); }
  bool Wait() {
    object->Block();
    return true;
  }
  bool Alone() {
    object.emplace(1);
    return object->Block();
  }

  std::optional<pabsl::Barrier> object;
};

struct ByBlockingCounter {
  static constexpr bool kManyWait = false;

  void Hold() { object.emplace(1); }
  void Wake() { object->DecrementCount(); }
  bool Wait() {
    object->Wait();
    return true;
  }
  bool Alone() {
    Hold();
    return object->DecrementCount() && Wait();
  }

  std::optional<pabsl::BlockingCounter> object;
};

}  // namespace

SubjectKinds AbslSubjects() {
  return {
      Kind<ByLock<pabsl::Mutex>>("AbslWriter"),
      Kind<ReaderBehindWriter<pabsl::Mutex>>("AbslReader"),
      Kind<WriterBehindReader<pabsl::Mutex>>("AbslWriterBehindReader"),
      Kind<ByAbslCondition<false>>("AbslAwait"),
      Kind<ByAbslCondition<true>>("AbslReaderLockWhen"),
      Kind<ByNotify<AbslCondVarOf, pabsl::Mutex>>("AbslCondVar"),
      Kind<ByTimedNotify<AbslCondVarOf, pabsl::Mutex>>("AbslCondVarTimed"),
      Kind<ByNotification>("AbslNotification"),
      Kind<ByBarrier>("AbslBarrier", Quirk::kCountsWaiters),
      Kind<ByBlockingCounter>("AbslBlockingCounter", Quirk::kCountsWaiters),
  };
}

}  // namespace parkway::test
