// SPDX-License-Identifier: Apache-2.0

// In the child of a fork nobody waits any more, in none of this layer's tables.
#include "parkway/wait/address_wait.h"
#include "parkway/wait/process_hooks.h"
#include "parkway/wait/sleepers.h"
#include "parkway/wait/wait_platform.h"
#include "parkway/wait/wait_table.h"

namespace parkway {
namespace {

void forget_waiters_of_parent() {
  using namespace internal;
  for (PaddedWaitBucket& padded : wait_table) padded.bucket.forget_waiters();
  for (PaddedAddressBucket& padded : address_table) {
    padded.bucket.forget_waiters();
  }
  for (SleeperSlot& slot : sleeper_table.slots) {
    slot.store(0, std::memory_order_relaxed);
  }
  for (PaddedWaitBucket& padded : wait_table) padded.bucket.announce_marks();
}

}  // namespace

void Platform::watch_forks_slow() noexcept {
  internal::call_in_forked_child(&forget_waiters_of_parent);
  // release: pairs with the acquire in watch_forks().
  internal::forks_watched.store(true, std::memory_order_release);
}

}  // namespace parkway
