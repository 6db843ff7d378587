// SPDX-License-Identifier: Apache-2.0

#include "parkway/os/fork_generation.h"

#include <new>

#include "parkway/os/os.h"

namespace parkway::internal {

std::atomic<ForkMark*> fork_mark{nullptr};

namespace {

// Not wiped: how many numbers this process and those that it descends from have
// used up.
std::atomic<std::uint32_t> g_count{0};

// Not wiped either: somebody has been about to write a mark.
std::atomic<bool> g_asked{false};

// Where the system can't wipe memory.
ForkMark g_wiped_by_handler;
void wipe() { new (&g_wiped_by_handler) ForkMark; }

ForkMark* make_mark() {
  if (void* memory = os::map_wiped_on_fork(sizeof(ForkMark))) {
    return static_cast<ForkMark*>(memory);  // all zero is what it is
  }
  // Without memory for the handler a child takes itself for its parent.
  os::at_fork_in_child(&wipe);
  return &g_wiped_by_handler;
}

}  // namespace

std::uint32_t make_fork_generation() noexcept {
  constexpr std::uint32_t kGenerations = (std::uint32_t{1} << 30) - 1;
  auto* mark = fork_mark.load(std::memory_order_acquire);
  if (mark == nullptr) {
    auto* const made = make_mark();
    // release: pairs with the acquire in fork_generation(). Two threads that
    // are the first map a page each, and one of them is used.
    if (fork_mark.compare_exchange_strong(mark, made, std::memory_order_acq_rel,
                                          std::memory_order_acquire)) {
      mark = made;
    }
  }
  // Before the generation is there for others. Two threads that are the first
  // of all may take their process for a forked one: that only makes them look
  // more closely.
  if (g_asked.exchange(true, std::memory_order_relaxed)) {
    mark->forked.store(true, std::memory_order_relaxed);
  }
  // Counted before the mark has it: a child made between the two must not come
  // upon its parent's number. Numbers of threads that lose are left out.
  const std::uint32_t next =
      g_count.fetch_add(1, std::memory_order_relaxed) % kGenerations + 1;
  std::uint32_t known = 0;
  // release: whoever forks after it has seen the mark has counted it as well.
  return mark->generation.compare_exchange_strong(known, next,
                                                  std::memory_order_acq_rel)
             ? next
             : known;
}

bool forked_since_first_use() noexcept {
  fork_generation();
  // relaxed: written before the generation.
  return fork_mark.load(std::memory_order_acquire)
      ->forked.load(std::memory_order_relaxed);
}

}  // namespace parkway::internal
