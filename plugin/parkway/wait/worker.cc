// SPDX-License-Identifier: Apache-2.0

#include "parkway/wait/worker.h"

#include <new>

#include "parkway/base/checks.h"
#include "parkway/os/os.h"
#include "parkway/wait/process_hooks.h"

namespace parkway::internal {
namespace {

// Every record ever made, newest first. Records are only ever added, so a
// walk needs no lock, and a fork in the middle of one leaves nothing behind:
// the child merely can't reuse records of threads it does not have.
std::atomic<Worker*> g_all{nullptr};

// A chunk as Go's fixed-size allocator takes it from the system.
constexpr std::size_t kChunkBytes = 16 * 1024;

Worker* claim_free_record() {
  // acquire: pairs with the release CAS in add_chunk.
  for (Worker* w = g_all.load(std::memory_order_acquire); w != nullptr;
       w = w->all_next) {
    bool in_use = w->in_use.load(std::memory_order_relaxed);
    // acquire: pairs with the release store in give_back.
    if (!in_use && w->in_use.compare_exchange_strong(
                       in_use, true, std::memory_order_acquire)) {
      return w;
    }
  }
  return nullptr;
}

// Runs in the child of a fork(), which has the calling thread only.
void lose_other_threads() {
  for (Worker* w = g_all.load(std::memory_order_acquire); w != nullptr;
       w = w->all_next) {
    if (w->in_use.load(std::memory_order_relaxed) && w != t_worker) {
      w->lost = true;
    }
  }
}

// Maps a chunk, keeps its first record for the caller and publishes all.
Worker* add_chunk() {
  // Once is enough, and before there is a worker that could be lost. Without
  // memory for the handler, locks that have sleepers while the process forks
  // can't be used in the child.
  if (g_all.load(std::memory_order_relaxed) == nullptr) {
    call_in_forked_child(&lose_other_threads);
  }
  void* memory = os::sysalloc(kChunkBytes);
  if (memory == nullptr) {
    fatal("worker", nullptr, "no memory for a thread's record");
  }
  Worker* const first = new (memory) Worker[kChunkBytes / sizeof(Worker)];
  Worker* const last = first + kChunkBytes / sizeof(Worker) - 1;
  for (Worker* w = first; w != last; ++w) w->all_next = w + 1;
  first->in_use.store(true, std::memory_order_relaxed);
  Worker* head = g_all.load(std::memory_order_relaxed);
  do {
    last->all_next = head;
    // release: pairs with the acquire load in claim_free_record.
  } while (!g_all.compare_exchange_weak(head, first, std::memory_order_release,
                                        std::memory_order_relaxed));
  return first;
}

void give_back(void* record) {
  run_worker_exit_hooks(*static_cast<Worker*>(record));
  t_worker = nullptr;
  // release: the next owner sees all that this thread did with the record.
  static_cast<Worker*>(record)->in_use.store(false, std::memory_order_release);
}

}  // namespace

Worker* make_current_worker() noexcept {
  Worker* w = claim_free_record();
  if (w == nullptr) w = add_chunk();
  w->next_waiter = nullptr;
  w->waits = false;
  w->held_locks = 0;
  // If the system has no exit hook left, the record stays with the dead
  // thread: a leak of one record, not an error.
  os::at_thread_exit(&give_back, w);
  t_worker = w;
  return w;
}

}  // namespace parkway::internal
