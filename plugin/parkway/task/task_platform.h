// SPDX-License-Identifier: Apache-2.0

// The locks that tasks wait for without holding a thread: the algorithms of the
// thread types, whose waits are parks (parkway/task/park.h).
#ifndef PARKWAY_TASK_TASK_PLATFORM_H_
#define PARKWAY_TASK_TASK_PLATFORM_H_

#include <cstddef>
#include <cstdint>

#include "parkway/lock/cond_var.h"
#include "parkway/lock/futex_mutex.h"
#include "parkway/lock/futex_note.h"
#include "parkway/lock/rw_mutex.h"
#include "parkway/lock/semaphore.h"
#include "parkway/task/park.h"
#include "parkway/wait/address_futex.h"
#include "parkway/wait/address_hash.h"
#include "parkway/wait/wait_platform.h"
#include "parkway/wait/wait_table.h"

namespace parkway {

// Platform, for what a task may lock on one thread and unlock on another.
// Nothing of a wait is kept with the thread while the task sleeps.
//
// A wait spins as a thread's does before it parks: a lock that comes free
// within some microseconds is not worth a switch of stacks. It does not yield:
// there are other tasks to run, and a yield may give the worker's CPU to
// another process for milliseconds.
struct TaskPlatform : Platform {
  template <class P>
  using WaitSemaphore = WaiterSemaphore<ParkPlatform>;
  // A task may unlock on another thread than it locked on.
  static constexpr bool kHeldLocks = false;

  static SpinLimits spin_limits() noexcept {
    SpinLimits limits = Platform::spin_limits();
    limits.yields = 0;
    return limits;
  }

  // A task that was woken may stay behind others of its worker for any time.
  static constexpr std::int64_t kOnItsWayNs = 0;

  // The thread's is not the task's.
  static std::int32_t priority() noexcept { return 0; }

  // Never made: see waits_in_record().
  struct Worker {
    RwWaiter<TaskPlatform> waiter;
    bool waits;
  };
  // Never a thread's: the caller may have changed threads since it looked last.
  static Worker* waits_in_record() noexcept { return nullptr; }

  static WaitBucket<TaskPlatform>& bucket(const void* key) noexcept;
  static AddressBucket<TaskPlatform>& address_bucket(
      const void* address) noexcept;
};

struct TaskMutexPolicy : AddressFutex<TaskPlatform, std::uint32_t> {
  static constexpr const char* kMutexName = "TaskMutex";
};
using TaskNotePolicy = AddressFutex<TaskPlatform, std::uint32_t>;

extern template class BasicAddressWaiter<TaskPlatform>;
extern template class BasicFutexMutex<TaskMutexPolicy>;
extern template class BasicRwMutex<TaskPlatform>;
extern template class BasicCondVar<TaskPlatform>;
extern template class BasicSemaphore<TaskPlatform>;
extern template class BasicFutexNote<TaskNotePolicy>;

// FutexMutex, RwMutex, CondVar, Semaphore and FutexNote, for tasks and threads
// mixed. What their headers say holds, for "thread" read "task or thread";
// waiters are woken oldest first.
using TaskMutex = BasicFutexMutex<TaskMutexPolicy>;
using TaskRwMutex = BasicRwMutex<TaskPlatform>;
using TaskCondVar = BasicCondVar<TaskPlatform>;
using TaskSemaphore = BasicSemaphore<TaskPlatform>;
using TaskNote = BasicFutexNote<TaskNotePolicy>;

static_assert(sizeof(TaskMutex) == 4);

namespace internal {

inline constexpr std::size_t kTaskBuckets = kAddressHashes;

struct alignas(64) PaddedTaskBuckets {
  WaitBucket<TaskPlatform> wait;
  AddressBucket<TaskPlatform> address;
};

// All zero at start.
extern PaddedTaskBuckets task_table[kTaskBuckets];

inline PaddedTaskBuckets& task_buckets(const void* key) noexcept {
  return task_table[address_hash(key)];
}

}  // namespace internal

inline WaitBucket<TaskPlatform>& TaskPlatform::bucket(
    const void* key) noexcept {
  return internal::task_buckets(key).wait;
}
inline AddressBucket<TaskPlatform>& TaskPlatform::address_bucket(
    const void* address) noexcept {
  return internal::task_buckets(address).address;
}

}  // namespace parkway

#endif  // PARKWAY_TASK_TASK_PLATFORM_H_
