// SPDX-License-Identifier: Apache-2.0

#include "parkway/absl/notification.h"

#include "parkway/absl/fatal.h"

PARKWAY_ABSL_NAMESPACE_BEGIN

// Notify() publishes the event before its last use of the members; taking the
// mutex waits until it has given that back, which is its last touch.
Notification::~Notification() { MutexLock lock(&mutex_); }

void Notification::Notify() {
  MutexLock lock(&mutex_);
  if (notified_.load(std::memory_order_relaxed)) {
    internal::Fatal("Notification", this, "Notify() was called a second time");
  }
  // release: pairs with HasBeenNotified().
  notified_.store(true, std::memory_order_release);
}

void Notification::WaitForNotification() const {
  if (HasBeenNotified()) return;
  mutex_.LockWhen(Condition(this, &Notification::HasBeenNotified));
  mutex_.Unlock();
}

bool Notification::WaitForNotificationWithTimeout(
    ::absl::Duration timeout) const {
  if (HasBeenNotified()) return true;
  const bool happened = mutex_.LockWhenWithTimeout(
      Condition(this, &Notification::HasBeenNotified), timeout);
  mutex_.Unlock();
  return happened;
}

bool Notification::WaitForNotificationWithDeadline(
    ::absl::Time deadline) const {
  if (HasBeenNotified()) return true;
  const bool happened = mutex_.LockWhenWithDeadline(
      Condition(this, &Notification::HasBeenNotified), deadline);
  mutex_.Unlock();
  return happened;
}

PARKWAY_ABSL_NAMESPACE_END
