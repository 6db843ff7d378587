// SPDX-License-Identifier: Apache-2.0

// Notification: something happens once, any number of threads wait for it.
//
// Origin: the class of the same name in absl/synchronization/notification.h.
#ifndef PARKWAY_ABSL_NOTIFICATION_H_
#define PARKWAY_ABSL_NOTIFICATION_H_

#include <atomic>

#include "absl/base/attributes.h"
#include "absl/time/time.h"
#include "parkway/absl/mutex.h"
#include "parkway/absl/namespace.h"
#include "parkway/absl/tracing.h"

PARKWAY_ABSL_NAMESPACE_BEGIN

// One event. Every member may be called by any thread at any time.
//
// Ordering: what happened before Notify() is visible to whoever has seen it: by
// a wait, or by HasBeenNotified() returning true. Ownership: 16 bytes, no
// allocation. Whoever has seen the event may destroy the object at once, even
// while Notify() is still returning in another thread.
class Notification {
 public:
  // Nothing has happened yet.
  constexpr Notification() noexcept = default;
  // The event has happened already when `prenotify` is true.
  explicit constexpr Notification(bool prenotify) noexcept
      : notified_(prenotify) {}
  Notification(const Notification&) = delete;
  Notification& operator=(const Notification&) = delete;
  ~Notification();

  // Whether the event has happened. Never blocks.
  ABSL_MUST_USE_RESULT bool HasBeenNotified() const {
    if (!Happened()) return false;
    internal::TraceObserved(this, kTraced);
    return true;
  }

  // Wait for the event: without a limit, or until the time is up. With a limit
  // they return whether it has happened; one that is past only looks.
  void WaitForNotification() const;
  bool WaitForNotificationWithTimeout(::absl::Duration timeout) const;
  bool WaitForNotificationWithDeadline(::absl::Time deadline) const;

  // The event happens: all waits end. A second call ends the program.
  void Notify();

 private:
  static constexpr internal::Traced kTraced = internal::Traced::kNotification;

  bool Happened() const {
    // acquire: pairs with the store in Notify().
    return notified_.load(std::memory_order_acquire);
  }

  mutable Mutex mutex_;
  std::atomic<bool> notified_{false};  // written under mutex_
};

PARKWAY_ABSL_NAMESPACE_END

#endif  // PARKWAY_ABSL_NOTIFICATION_H_
