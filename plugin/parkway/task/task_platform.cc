// SPDX-License-Identifier: Apache-2.0

#include "parkway/task/task_platform.h"

#include "parkway/lock/cond_var_slow.h"
#include "parkway/lock/futex_mutex_slow.h"
#include "parkway/lock/futex_note_slow.h"
#include "parkway/lock/rw_mutex_slow.h"
#include "parkway/lock/semaphore_slow.h"
#include "parkway/wait/address_wait_slow.h"
#include "parkway/wait/process_hooks.h"

namespace parkway {

namespace internal {

PaddedTaskBuckets task_table[kTaskBuckets];

namespace {

void forget_waiters_of_parent() {
  for (PaddedTaskBuckets& buckets : task_table) {
    buckets.wait.forget_waiters();
    buckets.address.forget_waiters();
  }
}

}  // namespace
}  // namespace internal

void TaskPlatform::watch_forks_slow() noexcept {
  // Its waiters count as sleepers of the process as well.
  Platform::watch_forks();
  internal::call_in_forked_child(&internal::forget_waiters_of_parent);
  // release: pairs with the acquire in watch_forks().
  internal::task_forks_watched.store(true, std::memory_order_release);
}

template class BasicAddressWaiter<TaskPlatform>;
template class BasicFutexMutex<TaskMutexPolicy>;
template class BasicRwMutex<TaskPlatform>;
template class BasicCondVar<TaskPlatform>;
template class BasicSemaphore<TaskPlatform>;
template class BasicFutexNote<TaskNotePolicy>;

}  // namespace parkway
