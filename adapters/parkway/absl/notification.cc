// SPDX-License-Identifier: Apache-2.0

#include "parkway/absl/notification.h"

#include "parkway/absl/fatal.h"

PARKWAY_ABSL_NAMESPACE_BEGIN

// Notify() publishes the event before its last use of the members; taking the
// mutex waits until it has given that back, which is its last touch.
Notification::~Notification() { MutexLock lock(mutex_); }

void Notification::Notify() {
  internal::TraceSignal(this, kTraced);
  MutexLock lock(mutex_);
  if (notified_.load(std::memory_order_relaxed)) {
    internal::Fatal("Notification", this, "Notify() was called a second time");
  }
  // release: pairs with Happened().
  notified_.store(true, std::memory_order_release);
}

void Notification::WaitForNotification() const {
  internal::TraceWait(this, kTraced);
  if (!Happened()) {
    mutex_.LockWhen(Condition(this, &Notification::Happened));
    mutex_.unlock();
  }
  internal::TraceContinue(this, kTraced);
}

bool Notification::WaitForNotificationWithTimeout(
    ::absl::Duration timeout) const {
  internal::TraceWait(this, kTraced);
  bool happened = Happened();
  if (!happened) {
    happened = mutex_.LockWhenWithTimeout(
        Condition(this, &Notification::Happened), timeout);
    mutex_.unlock();
  }
  internal::TraceContinue(happened ? this : nullptr, kTraced);
  return happened;
}

bool Notification::WaitForNotificationWithDeadline(
    ::absl::Time deadline) const {
  internal::TraceWait(this, kTraced);
  bool happened = Happened();
  if (!happened) {
    happened = mutex_.LockWhenWithDeadline(
        Condition(this, &Notification::Happened), deadline);
    mutex_.unlock();
  }
  internal::TraceContinue(happened ? this : nullptr, kTraced);
  return happened;
}

PARKWAY_ABSL_NAMESPACE_END
