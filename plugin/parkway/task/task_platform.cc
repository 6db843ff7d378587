// SPDX-License-Identifier: Apache-2.0

#include "parkway/task/task_platform.h"

#include "parkway/lock/cond_var_slow.h"
#include "parkway/lock/futex_mutex_slow.h"
#include "parkway/lock/futex_note_slow.h"
#include "parkway/lock/rw_mutex_slow.h"
#include "parkway/lock/semaphore_slow.h"
#include "parkway/wait/address_wait_slow.h"

namespace parkway {

namespace internal {

PaddedTaskBuckets task_table[kTaskBuckets];

}  // namespace internal

template class BasicAddressWaiter<TaskPlatform>;
template class BasicFutexMutex<TaskMutexPolicy>;
template class BasicRwMutex<TaskPlatform>;
template class BasicCondVar<TaskPlatform>;
template class BasicSemaphore<TaskPlatform>;
template class BasicFutexNote<TaskNotePolicy>;

}  // namespace parkway
