// SPDX-License-Identifier: Apache-2.0

#include "parkway/wait/worker.h"

#include <new>

#include "parkway/os/compiler.h"
#include "parkway/os/os.h"
#include "parkway/wait/exit_hooks.h"
#include "parkway/wait/word_lock.h"

namespace parkway::internal {
namespace {

// Not constructed at the start: all zero is what they are.
alignas(Worker) unsigned char g_first_workers[kFirstWorkers * sizeof(Worker)];

// For who adds a block. A fork in the middle of that leaves the child at most
// a block that nobody knows.
WordLock g_growth;

std::uint32_t block_length(unsigned block) { return kFirstWorkers << block; }

Worker* claim_free_record() {
  for (unsigned block = 0; block < kWorkerBlocks; ++block) {
    // acquire: pairs with the release in add_block().
    Worker* const workers =
        worker_blocks[block].load(std::memory_order_acquire);
    if (workers == nullptr) return nullptr;
    for (Worker* w = workers; w != workers + block_length(block); ++w) {
      bool in_use = w->in_use.load(std::memory_order_relaxed);
      // acquire: pairs with the release store in give_back().
      if (!in_use && w->in_use.compare_exchange_strong(
                         in_use, true, std::memory_order_acquire)) {
        return w;
      }
    }
  }
  return nullptr;
}

// False if there is no memory for it. The first of all is not taken from the
// system. Needs g_growth.
bool add_block() {
  unsigned block = 0;
  while (block < kWorkerBlocks &&
         worker_blocks[block].load(std::memory_order_relaxed) != nullptr) {
    ++block;
  }
  void* memory = nullptr;
  if (block == 0) {
    memory = g_first_workers;
  } else if (block < kWorkerBlocks) {
    memory = os::sysalloc(block_length(block) * sizeof(Worker));
  }
  if (memory != nullptr) {
    Worker* const workers = new (memory) Worker[block_length(block)];
    for (std::uint32_t i = 0; i < block_length(block); ++i) {
      workers[i].index = block_length(block) - kFirstWorkers + i + 1;
    }
    // release: pairs with the acquire in claim_free_record().
    worker_blocks[block].store(workers, std::memory_order_release);
  }
  return memory != nullptr;
}

// Null if there is no memory for it.
Worker* add_record() {
  g_growth.lock();
  // Others may have added a block while this thread waited for the lock. Blocks
  // double: a crowd of threads that added one each would take all memory.
  Worker* record = claim_free_record();
  while (record == nullptr && add_block()) record = claim_free_record();
  g_growth.unlock();
  return record;
}

void give_back(void* record) {
  run_worker_exit_hooks(*static_cast<Worker*>(record));
  // Nobody is about to wake this thread: who takes it out of a queue to do so
  // is waited for, by its wakeup.
  static_cast<Worker*>(record)->semaphore.close();
  t_worker = nullptr;
  // release: the next owner sees all that this thread did with the record.
  static_cast<Worker*>(record)->in_use.store(false, std::memory_order_release);
}

}  // namespace

PARKWAY_THREAD_LOCAL Worker* t_worker = nullptr;

std::atomic<Worker*> worker_blocks[kWorkerBlocks];

Worker* make_current_worker() noexcept {
  Worker* w = claim_free_record();
  if (w == nullptr) w = add_record();
  if (w == nullptr) return nullptr;
  w->next_waiter = nullptr;
  w->waits = false;
  w->held_locks = 0;
  w->priority_read_at = 0;
  // If the system has no exit hook left, the record stays with the dead
  // thread: a leak of one record, not an error.
  os::at_thread_exit(&give_back, w);
  t_worker = w;
  return w;
}

}  // namespace parkway::internal
