// SPDX-License-Identifier: Apache-2.0

// The worker record: what parkway keeps for a thread (Go's "M").
#ifndef PARKWAY_WAIT_WORKER_H_
#define PARKWAY_WAIT_WORKER_H_

#include <atomic>
#include <cstdint>

#include "parkway/wait/rw_waiter.h"
#include "parkway/wait/wait_platform.h"
#include "parkway/wait/worker_semaphore.h"

namespace parkway {

// One per thread that ever had to wait (in checked builds: that ever locked).
// Made at first need, given back at thread exit, handed to a later thread, and
// never freed: a wake that comes late touches a record that is still a record.
// Aligned so that the low bits of its address are free for lock words.
struct alignas(64) Worker {
  // Where this thread sleeps for SemaMutex and SemaNote.
  WorkerSemaphore<Platform> semaphore;
  // The next waiter of the list that this worker is in. Written by its thread
  // before it publishes itself with a release CAS on the list's head, after
  // that only by whoever owns the list.
  Worker* next_waiter = nullptr;
  // Its place in a queue of parkway/wait/wait_table.h, and whether that is in
  // use.
  RwWaiter<Platform> waiter = {};
  bool waits = false;
  // Mutexes held by the thread. Kept in checked builds only.
  std::int32_t held_locks = 0;
  // Slow unlocks made by this thread; picks every n-th for the oldest waiter.
  std::uint32_t slow_unlocks = 0;
  // The stack layer's, which alone knows what it is: kept from thread to
  // thread, and empty in between.
  void* stacks = nullptr;

  // The thread did not come along when the process forked: nobody is left to
  // wake. Set in the child before it can have a second thread.
  bool lost = false;

  // Registry (worker.cc).
  Worker* all_next = nullptr;
  std::atomic<bool> in_use{false};
};

namespace internal {

// The calling thread's record, or null if it has none yet.
inline thread_local Worker* t_worker = nullptr;

// Finds or makes the calling thread's record. Fatal if memory is exhausted.
[[gnu::cold]] Worker* make_current_worker() noexcept;

}  // namespace internal

// The calling thread's record. It is the thread's until it exits.
inline Worker* current_worker() noexcept {
  Worker* w = internal::t_worker;
  return w != nullptr ? w : internal::make_current_worker();
}

inline Worker* Platform::current_worker() noexcept {
  return parkway::current_worker();
}
inline Worker* Platform::waits_in_record() noexcept {
  watch_forks();
  return current_worker();
}

}  // namespace parkway

#endif  // PARKWAY_WAIT_WORKER_H_
