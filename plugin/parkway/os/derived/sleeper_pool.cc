// SPDX-License-Identifier: Apache-2.0

#include "parkway/os/derived/sleeper_pool.h"

#include <atomic>
#include <cstddef>
#include <new>

#include "parkway/os/derived/small_lock.h"
#include "parkway/os/os.h"

namespace parkway::os::derived {
namespace {

constexpr std::size_t kBlockBytes = 4096;

struct Block {
  Block* next = nullptr;
  Sleeper sleepers[(kBlockBytes - sizeof(Block*)) / sizeof(Sleeper)];
};
static_assert(sizeof(Block) <= kBlockBytes);

// The first one is there from the start: a program without memory can wait.
Block g_first_block;

SmallLock g_lock;
// Guarded by it. The list of blocks is whole at every moment, so that a fork
// may come at any.
Block* g_blocks = &g_first_block;
Sleeper* g_free = nullptr;

void add_sleepers_of(Block& block) {
  for (Sleeper& sleeper : block.sleepers) {
    new (&sleeper) Sleeper;
    sleeper.next = g_free;
    g_free = &sleeper;
  }
}

void lock() {
  if (!g_lock.lock()) return;
  // At the start, and in the child of a fork. There nobody sleeps; semaphores
  // of the parent's have no meaning, and are not to be closed.
  g_free = nullptr;
  for (Block* block = g_blocks; block != nullptr; block = block->next) {
    add_sleepers_of(*block);
  }
}

}  // namespace

Sleeper* take_sleeper() noexcept {
  lock();
  if (g_free == nullptr) {
    if (void* const memory = sysalloc(kBlockBytes)) {
      Block* const block = new (memory) Block;
      block->next = g_blocks;
      std::atomic_signal_fence(std::memory_order_release);
      g_blocks = block;
      add_sleepers_of(*block);
    }
  }
  Sleeper* const taken = g_free;
  if (taken != nullptr) g_free = taken->next;
  g_lock.unlock();
  return taken;
}

void put_back(Sleeper* sleeper) noexcept {
  lock();
  sleeper->next = g_free;
  g_free = sleeper;
  g_lock.unlock();
}

}  // namespace parkway::os::derived
