#include "parkway/wait_table.h"

#include "parkway/sleepers.h"

namespace parkway::internal {

PaddedWaitBucket wait_table[kWaitBuckets];

void forget_waiters_of_parent() noexcept {
  for (PaddedWaitBucket& padded : wait_table) padded.bucket.forget_waiters();
  for (SleeperSlot& slot : sleeper_table.slots) {
    slot.store(0, std::memory_order_relaxed);
  }
  for (PaddedWaitBucket& padded : wait_table) padded.bucket.announce_marks();
}

}  // namespace parkway::internal
