#include "parkway/task_platform.h"

#include "parkway/address_wait_slow.h"
#include "parkway/cond_var_slow.h"
#include "parkway/futex_mutex_slow.h"
#include "parkway/futex_note_slow.h"
#include "parkway/rw_mutex_slow.h"
#include "parkway/semaphore_slow.h"

namespace parkway {

namespace internal {

PaddedTaskBuckets task_table[kTaskBuckets];

void forget_task_waiters_of_parent() noexcept {
  for (PaddedTaskBuckets& buckets : task_table) {
    buckets.wait.forget_waiters();
    buckets.address.forget_waiters();
  }
}

}  // namespace internal

void TaskPlatform::current_worker() noexcept { parkway::current_worker(); }

template class BasicFutexMutex<TaskTablePlatform>;
template class BasicAddressWaiter<TaskPlatform>;
template class BasicFutexMutex<TaskMutexPolicy>;
template class BasicRwMutex<TaskPlatform>;
template class BasicCondVar<TaskPlatform>;
template class BasicSemaphore<TaskPlatform>;
template class BasicFutexNote<TaskNotePolicy>;

}  // namespace parkway
