// parkway::absl::Notification: something happens once, any number of threads
// wait for it.
//
// Origin: the interface of absl/synchronization/notification.h, over Mutex and
// CondVar of parkway/absl/mutex.h.

#ifndef PARKWAY_ADAPTERS_ABSL_NOTIFICATION_H_
#define PARKWAY_ADAPTERS_ABSL_NOTIFICATION_H_

#include <atomic>
#include <chrono>

#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "parkway/absl/mutex.h"
#include "parkway/cond_var.h"
#include "parkway/mutex.h"

namespace parkway {
namespace absl {

// One event. Every member may be called by any thread at any time.
//
// Ordering: what happened before Notify() is visible to whoever has seen it: by
// a wait, or by HasBeenNotified() returning true. Ownership: no allocation.
// Whoever has seen the event may destroy the object at once, even while
// Notify() is still returning in another thread.
class Notification {
 public:
  // Nothing has happened yet.
  constexpr Notification() noexcept = default;

  // The event has happened already when `prenotify` is true.
  explicit Notification(bool prenotify) noexcept : notified_(prenotify) {}

  Notification(const Notification&) = delete;
  Notification& operator=(const Notification&) = delete;

  // Notify() publishes the event before its last use of the members; taking the
  // mutex waits until it has given that back, which is its last touch.
  ~Notification() {
    mutex_.lock();
    mutex_.unlock();
  }

  // Whether the event has happened. Never blocks.
  bool HasBeenNotified() const {
    return notified_.load(std::memory_order_acquire);
  }

  // Waits, without limit, for the event.
  void WaitForNotification() const {
    if (HasBeenNotified()) {
      return;
    }
    mutex_.lock();
    while (!notified_.load(std::memory_order_relaxed)) {
      changed_.wait(mutex_);
    }
    mutex_.unlock();
  }

  // Waits for the event until `timeout` has passed on the monotonic clock.
  // Returns whether it has happened. InfiniteDuration() waits without limit;
  // zero and less only look.
  bool WaitForNotificationWithTimeout(::absl::Duration timeout) const {
    if (HasBeenNotified()) {
      return true;
    }
    if (timeout == ::absl::InfiniteDuration()) {
      WaitForNotification();
      return true;
    }
    // One deadline for all turns of the loop, or spurious wakeups would
    // lengthen the wait.
    const auto deadline =
        std::chrono::steady_clock::now() + internal::WaitLimit(timeout);
    mutex_.lock();
    while (!notified_.load(std::memory_order_relaxed)) {
      if (!changed_.wait_until(mutex_, deadline)) {
        break;
      }
    }
    const bool happened = notified_.load(std::memory_order_relaxed);
    mutex_.unlock();
    return happened;
  }

  // The same with a point of time. It becomes a length when the call starts: a
  // system clock that is set later does not move it. InfiniteFuture() waits
  // without limit.
  bool WaitForNotificationWithDeadline(::absl::Time deadline) const {
    if (deadline == ::absl::InfiniteFuture()) {
      WaitForNotification();
      return true;
    }
    return WaitForNotificationWithTimeout(deadline - ::absl::Now());
  }

  // The event happens: all waits end. A second call ends the program.
  void Notify() {
    mutex_.lock();
    if (notified_.load(std::memory_order_relaxed)) {
      internal::Fatal("Notification", this, "Notify was called a second time");
    }
    notified_.store(true, std::memory_order_release);
    changed_.notify_all();
    mutex_.unlock();
  }

 private:
  // Waiting changes these and not the event: hence mutable.
  mutable ::parkway::Mutex mutex_;
  mutable ::parkway::CondVar changed_;
  std::atomic<bool> notified_{false};
};

}  // namespace absl
}  // namespace parkway

#endif  // PARKWAY_ADAPTERS_ABSL_NOTIFICATION_H_
