// SPDX-License-Identifier: Apache-2.0

#include "parkway/absl/barrier.h"

#include "parkway/absl/fatal.h"

PARKWAY_ABSL_NAMESPACE_BEGIN

bool Barrier::Block() {
  MutexLock lock(lock_);
  if (--num_to_block_ < 0) {
    internal::Fatal("Barrier", this,
                    "Block() was called by more threads than it was made for");
  }
  const auto is_zero = [](int* number) { return *number == 0; };
  lock_.Await(Condition(+is_zero, &num_to_block_));
  // The one who is told true comes last: nobody uses the barrier after it.
  return --num_to_exit_ == 0;
}

PARKWAY_ABSL_NAMESPACE_END
