// SPDX-License-Identifier: Apache-2.0

// BlockingCounter: one thread waits for a number of others.
//
// Origin: the class of the same name in
// absl/synchronization/blocking_counter.h.
#ifndef PARKWAY_ABSL_BLOCKING_COUNTER_H_
#define PARKWAY_ABSL_BLOCKING_COUNTER_H_

#include <atomic>

#include "absl/base/thread_annotations.h"
#include "parkway/absl/mutex.h"
#include "parkway/absl/namespace.h"
#include "parkway/absl/tracing.h"

PARKWAY_ABSL_NAMESPACE_BEGIN

// Counts down to zero. Ordering: what happened before any DecrementCount() is
// visible after Wait(), and after the DecrementCount() that returned true.
// Ownership: 24 bytes, no allocation; may be destroyed as soon as Wait() has
// returned.
class BlockingCounter {
 public:
  // `initial_count` calls of DecrementCount() are to come. Not negative.
  explicit BlockingCounter(int initial_count);
  BlockingCounter(const BlockingCounter&) = delete;
  BlockingCounter& operator=(const BlockingCounter&) = delete;

  // Returns whether the count is zero now. Once more than that ends the
  // program.
  bool DecrementCount();

  // Waits, without limit, until the count is zero. By one thread, once.
  void Wait();

 private:
  static constexpr internal::Traced kTraced =
      internal::Traced::kBlockingCounter;

  Mutex lock_;
  std::atomic<int> count_;
  int num_waiting_ ABSL_GUARDED_BY(lock_) = 0;
  bool done_ ABSL_GUARDED_BY(lock_);
};

PARKWAY_ABSL_NAMESPACE_END

#endif  // PARKWAY_ABSL_BLOCKING_COUNTER_H_
