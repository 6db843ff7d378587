// SPDX-License-Identifier: Apache-2.0

// The worker record: what parkway keeps for a thread (Go's "M").
#ifndef PARKWAY_WAIT_WORKER_H_
#define PARKWAY_WAIT_WORKER_H_

#include <atomic>
#include <cstdint>
#include <type_traits>

#include "parkway/os/compiler.h"
#include "parkway/os/has_semaphores.h"
#include "parkway/wait/rw_waiter.h"
#include "parkway/wait/system_semaphore.h"
#include "parkway/wait/wait_platform.h"
#include "parkway/wait/worker_semaphore.h"

namespace parkway {

// One per thread that ever had to wait (in checked builds: that ever locked).
// Taken at first need, given back at thread exit, handed to a later thread, and
// never freed: a wake that comes late touches a record that is still a record.
// The first kFirstWorkers are there from the start, so that a program that has
// no memory left can wait.
struct alignas(64) Worker {
  // Where this thread sleeps for SemaMutex and SemaNote: the semaphore set of
  // the system, or what takes its place. Closed when the thread exits.
  std::conditional_t<os::kHasSemaphores, SystemSemaphore<Platform>,
                     WorkerSemaphore<Platform>>
      semaphore;
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
  // See parkway/wait/priority.h.
  std::int32_t priority = 0;
  std::int64_t priority_read_at = 0;  // 0: not yet
  // Slow unlocks made by this thread; picks every n-th for the oldest waiter.
  std::uint32_t slow_unlocks = 0;
  // The stack layer's, which alone knows what it is: kept from thread to
  // thread, and empty in between.
  void* stacks = nullptr;

  // Its number, for words that have no room for a pointer: see worker_at().
  std::uint32_t index = 0;
  std::atomic<bool> in_use{false};
};

namespace internal {

// The calling thread's record, or null if it has none yet. Not inline, as no
// variable of parkway's is: of an inline one two libraries with a parkway of
// their own would have one together (STB_GNU_UNIQUE), beside tables of their
// own. Not thread_local: it needs no constructor, and so no call to look.
extern PARKWAY_THREAD_LOCAL Worker* t_worker;

// Finds or makes the calling thread's record.
PARKWAY_COLD Worker* make_current_worker() noexcept;

// Records are numbered from 1. They lie in blocks, each twice as long as the
// one before.
inline constexpr unsigned kFirstWorkersBits = 5;
inline constexpr std::uint32_t kFirstWorkers = 1u << kFirstWorkersBits;
inline constexpr unsigned kWorkerIndexBits = 24;
inline constexpr unsigned kWorkerBlocks = kWorkerIndexBits - kFirstWorkersBits;
extern std::atomic<Worker*> worker_blocks[kWorkerBlocks];

}  // namespace internal

// The record with that number, which there is.
inline Worker* worker_at(std::uint32_t index) noexcept {
  const std::uint32_t place = index - 1 + internal::kFirstWorkers;
  const unsigned top = internal::top_bit(place);
  // relaxed: whoever knows the number has it from the record.
  Worker* const block =
      internal::worker_blocks[top - internal::kFirstWorkersBits].load(
          std::memory_order_relaxed);
  return block + (place - (1u << top));
}

// The calling thread's record. It is the thread's until it exits. Null if there
// is no memory for one; then the caller has to wait without.
inline Worker* current_worker() noexcept {
  Worker* w = internal::t_worker;
  return w != nullptr ? w : internal::make_current_worker();
}

inline Worker* Platform::current_worker() noexcept {
  return parkway::current_worker();
}
inline Worker* Platform::waits_in_record() noexcept { return current_worker(); }
inline Worker* Platform::worker_at(std::uint32_t index) noexcept {
  return parkway::worker_at(index);
}

}  // namespace parkway

#endif  // PARKWAY_WAIT_WORKER_H_
