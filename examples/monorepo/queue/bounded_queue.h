// SPDX-License-Identifier: Apache-2.0

// A queue between threads, with room for so many items.

#ifndef QUEUE_BOUNDED_QUEUE_H_
#define QUEUE_BOUNDED_QUEUE_H_

#include <cstddef>
#include <deque>
#include <optional>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"

namespace example {

template <typename T>
class BoundedQueue {
 public:
  explicit BoundedQueue(std::size_t capacity) : capacity_(capacity) {}

  // Waits for room. Returns whether the item was taken: not after Close().
  bool Push(T item) {
    return PushWithin(std::move(item), absl::InfiniteDuration());
  }

  // The same, for so long.
  bool PushWithin(T item, absl::Duration timeout) {
    absl::MutexLock lock(&mutex_);
    if (!mutex_.AwaitWithTimeout(absl::Condition(this, &BoundedQueue::MayPush),
                                 timeout) ||
        closed_) {
      return false;
    }
    items_.push_back(std::move(item));
    return true;
  }

  // Waits for an item; none will come after Close(), once the queue is empty.
  std::optional<T> Pop() {
    mutex_.LockWhen(absl::Condition(
        +[](BoundedQueue* self) { return self->MayPop(); }, this));
    std::optional<T> item;
    if (!items_.empty()) {
      item = std::move(items_.front());
      items_.pop_front();
    }
    mutex_.Unlock();
    return item;
  }

  void Close() {
    absl::MutexLock lock(&mutex_);
    closed_ = true;
  }

 private:
  // Conditions: evaluated with the mutex held.
  bool MayPush() const ABSL_NO_THREAD_SAFETY_ANALYSIS {
    return closed_ || items_.size() < capacity_;
  }
  bool MayPop() const ABSL_NO_THREAD_SAFETY_ANALYSIS {
    return closed_ || !items_.empty();
  }

  const std::size_t capacity_;
  absl::Mutex mutex_;
  std::deque<T> items_ ABSL_GUARDED_BY(mutex_);
  bool closed_ ABSL_GUARDED_BY(mutex_) = false;
};

}  // namespace example

#endif  // QUEUE_BOUNDED_QUEUE_H_
