// SPDX-License-Identifier: Apache-2.0

#include "parkway/absl/blocking_counter.h"

#include "parkway/absl/fatal.h"

PARKWAY_ABSL_NAMESPACE_BEGIN

BlockingCounter::BlockingCounter(int initial_count)
    : count_(initial_count), done_(initial_count == 0) {
  if (initial_count < 0) {
    // In upstream's words, which its test expects.
    internal::Fatal("BlockingCounter", this,
                    "BlockingCounter initial_count negative");
  }
}

bool BlockingCounter::DecrementCount() {
  // acq_rel: the last one sees what happened before the others.
  const int left = count_.fetch_sub(1, std::memory_order_acq_rel) - 1;
  if (left < 0) {
    internal::Fatal("BlockingCounter", this,
                    "DecrementCount() was called too many times");
  }
  if (left > 0) return false;
  internal::TraceSignal(this, kTraced);
  // Wait() returns only after this has given the mutex back, its last touch.
  MutexLock lock(lock_);
  done_ = true;
  return true;
}

void BlockingCounter::Wait() {
  internal::TraceWait(this, kTraced);
  {
    MutexLock lock(lock_);
    if (num_waiting_++ != 0) {
      internal::Fatal("BlockingCounter", this, "Wait() was called twice");
    }
    lock_.Await(Condition(&done_));
  }
  internal::TraceContinue(this, kTraced);
}

PARKWAY_ABSL_NAMESPACE_END
