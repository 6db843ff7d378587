// SPDX-License-Identifier: Apache-2.0

#include "parkway/stack/stack_freelist.h"

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <new>
#include <utility>

#include "parkway/base/checks.h"
#include "parkway/base/sanitizers.h"
#include "parkway/os/compiler.h"
#include "parkway/os/os.h"
#include "parkway/stack/free_stack.h"
#include "parkway/stack/stack_class.h"
#include "parkway/stack/stack_depot.h"
#include "parkway/stack/stack_source.h"
#include "parkway/wait/exit_hooks.h"
#include "parkway/wait/worker.h"

namespace parkway {
namespace internal {
namespace {

using Counter = std::atomic<std::uint64_t>;

// relaxed: statistics, here and below.
void add(Counter& counter, std::uint64_t n) {
  counter.fetch_add(n, std::memory_order_relaxed);
}
std::uint64_t read(const Counter& counter) {
  return counter.load(std::memory_order_relaxed);
}

// Bytes that workers have, and the most that they ever had.
class Out {
 public:
  void take(std::uint64_t bytes) {
    const std::uint64_t sum =
        now_.fetch_add(bytes, std::memory_order_relaxed) + bytes;
    std::uint64_t before = peak();
    while (before < sum && !peak_.compare_exchange_weak(
                               before, sum, std::memory_order_relaxed)) {
    }
  }
  void give(std::uint64_t bytes) {
    now_.fetch_sub(bytes, std::memory_order_relaxed);
  }
  std::uint64_t peak() const { return read(peak_); }

 private:
  Counter now_{0};
  Counter peak_{0};
};

// What all workers share of one class. Two cache lines apart from its
// neighbours, because pairs of lines are fetched together.
struct alignas(128) Shared {
  constexpr explicit Shared(unsigned index) : source(index) {}

  BasicStackDepot<Platform> depot;
  StackSource source;
  Out out;
  Counter spills{0};
  Counter refills{0};
  Counter returns{0};
  Counter failures{0};
};

template <class>
struct SharedTable;
template <std::size_t... kIndex>
struct SharedTable<std::index_sequence<kIndex...>> {
  Shared classes[sizeof...(kIndex)] = {Shared(kIndex)...};
};

SharedTable<std::make_index_sequence<kStackClasses>> g_shared;
// Of all classes together.
Out g_out;

std::atomic<std::size_t> g_limit_shared_bytes{StackLimits().shared_bytes};
std::atomic<std::size_t> g_limit_warm_bytes{StackLimits().warm_bytes};
std::atomic<std::size_t> g_limit_whole_bytes{StackLimits().whole_bytes};
std::atomic<bool> g_limit_lazily{StackLimits().lazily};

// One page each, never given back: a worker record keeps its own.
struct Registered : StackFreelist {
  Registered* next = nullptr;
};
std::atomic<Registered*> g_freelists{nullptr};

void give_back_stacks(Worker& worker) {
  if (worker.stacks == nullptr) return;
  static_cast<Registered*>(worker.stacks)->give_back();
  t_stacks = nullptr;
}

// Null if there is no memory for it.
StackFreelist* my_freelist() {
  Worker* const worker = current_worker();
  if (worker == nullptr) return nullptr;
  if (worker->stacks == nullptr) {
    call_at_worker_exit(&give_back_stacks);
    void* const memory = os::sysalloc(sizeof(Registered));
    if (memory == nullptr) return nullptr;
    auto* const made = new (memory) Registered;
    made->next = g_freelists.load(std::memory_order_relaxed);
    // release: pairs with the acquire in stats_of().
    while (!g_freelists.compare_exchange_weak(made->next, made,
                                              std::memory_order_release,
                                              std::memory_order_relaxed)) {
    }
    worker->stacks = made;
  }
  t_stacks = static_cast<Registered*>(worker->stacks);
  return t_stacks;
}

std::uint64_t bytes_of(const FreeStack* batch, unsigned index) {
  return batch->count * std::uint64_t{class_bytes(index)};
}

// A worker has the batch, or has it no longer.
void count_taken(const FreeStack* batch, unsigned index) {
  g_shared.classes[index].out.take(bytes_of(batch, index));
  g_out.take(bytes_of(batch, index));
}
void count_given(const FreeStack* batch, unsigned index) {
  g_shared.classes[index].out.give(bytes_of(batch, index));
  g_out.give(bytes_of(batch, index));
}

// How many stacks of `each` bytes fit in.
std::uint32_t fitting(std::size_t bytes, std::size_t each) {
  constexpr std::size_t kMost = INT32_MAX;
  return static_cast<std::uint32_t>(std::min(bytes / each, kMost));
}

// How many stacks may be in the depot, whole and warm.
std::uint32_t whole_limit(unsigned index) {
  return fitting(std::min(g_limit_whole_bytes.load(std::memory_order_relaxed),
                          g_limit_shared_bytes.load(std::memory_order_relaxed)),
                 class_bytes(index));
}
std::uint32_t warm_limit(unsigned index) {
  return fitting(g_limit_shared_bytes.load(std::memory_order_relaxed),
                 std::min(class_bytes(index),
                          g_limit_warm_bytes.load(std::memory_order_relaxed)));
}

// Takes the memory below the warm part.
void cool(FreeStack* batch, unsigned index) {
  const std::size_t warm = g_limit_warm_bytes.load(std::memory_order_relaxed);
  if (class_bytes(index) <= warm) return;
  const bool lazily = g_limit_lazily.load(std::memory_order_relaxed);
  for (FreeStack* s = batch; s != nullptr; s = s->next) {
    os::release_stack(stack_of(s, index), class_bytes(index) - warm, lazily);
  }
}

void give_to_system(FreeStack* batch, unsigned index) {
  Shared& shared = g_shared.classes[index];
  add(shared.returns, batch->count);
  shared.source.give(batch, g_limit_lazily.load(std::memory_order_relaxed));
}

// A worker has no use for the batch.
void spill(FreeStack* batch, unsigned index) {
  Shared& shared = g_shared.classes[index];
  count_given(batch, index);
  add(shared.spills, 1);
  if (shared.depot.put_whole(batch, whole_limit(index))) return;
  const std::uint32_t limit = warm_limit(index);
  if (shared.depot.warm() + batch->count <= limit) {
    cool(batch, index);
    if (shared.depot.put_warm(batch, limit)) return;
  }
  give_to_system(batch, index);
}

// Somebody else's, or from the system. Null if there is none.
FreeStack* refill(unsigned index) {
  Shared& shared = g_shared.classes[index];
  FreeStack* batch = shared.depot.get();
  if (batch != nullptr) {
    add(shared.refills, 1);
  } else {
    // New ones cost memory as soon as they are in a list.
    const std::uint32_t some = magazine_capacity(index) / 4;
    batch = shared.source.take(some);
    if (batch == nullptr) {
      stack_trim();
      batch = shared.source.take(1);
    }
    if (batch == nullptr) {
      add(shared.failures, 1);
      return nullptr;
    }
  }
  count_taken(batch, index);
  return batch;
}

StackStats stats_of(unsigned index) {
  const Shared& shared = g_shared.classes[index];
  StackStats stats;
  std::uint64_t cached = shared.depot.stacks();
  for (const Registered* r = g_freelists.load(std::memory_order_acquire);
       r != nullptr; r = r->next) {
    cached += r->of(index).cached();
  }
  const std::uint64_t bytes = class_bytes(index);
  stats.cached = cached * bytes;
  stats.unbacked = shared.source.unused() * bytes;
  const std::uint64_t all = shared.source.slots() * bytes;
  // Below zero for a moment while others are at it.
  if (all > stats.cached + stats.unbacked) {
    stats.in_use = all - stats.cached - stats.unbacked;
  }
  stats.from_system = shared.source.mapped();
  stats.peak = shared.out.peak();
  stats.spills = read(shared.spills);
  stats.refills = read(shared.refills);
  stats.returns = read(shared.returns);
  stats.failures = read(shared.failures);
  return stats;
}

}  // namespace

PARKWAY_THREAD_LOCAL StackFreelist* t_stacks = nullptr;

void* stack_alloc_slow(std::size_t bytes, StackGuard guard) noexcept {
  if (bytes > kMaxStackBytes) {
    errno = EINVAL;
    return nullptr;
  }
  const unsigned index = stack_class(bytes, guard);
  StackFreelist* const mine = my_freelist();
  FreeStack* stack = nullptr;
  if (mine != nullptr) {
    StackFreelist::Magazines& magazines = mine->of(index);
    stack = magazines.take();
    if (stack == nullptr && !magazines.exchange_empty()) {
      if (FreeStack* const batch = refill(index)) magazines.refill(batch);
    }
    if (stack == nullptr) stack = magazines.take();
  } else if ((stack = refill(index)) != nullptr && stack->next != nullptr) {
    FreeStack* const rest = stack->next;
    rest->count = stack->count - 1;
    spill(rest, index);
  }
  if (stack == nullptr) {
    errno = ENOMEM;
    return nullptr;
  }
  if constexpr (kChecks) mark_in_use(stack);
  return stack_of(stack, index);
}

void stack_free_slow(void* stack, unsigned index) noexcept {
  FreeStack* const freed = free_stack(stack, index);
  StackFreelist* const mine = my_freelist();
  if (mine == nullptr) {
    freed->next = nullptr;
    freed->count = 1;
    spill(freed, index);
    return;
  }
  StackFreelist::Magazines& magazines = mine->of(index);
  if (magazines.put(freed, magazine_capacity(index))) return;
  FreeStack* const batch = magazines.exchange_full();
  magazines.put(freed, magazine_capacity(index));
  if (batch != nullptr) spill(batch, index);
}

void check_stack(void* stack, std::size_t bytes, StackGuard guard) noexcept {
  constexpr const char* kType = "stack";
  StackChunk* const chunk = chunk_of(stack);
  if (chunk == nullptr)
    fatal(kType, stack, "freed, but not from stack_alloc()");
  if (bytes > kMaxStackBytes ||
      chunk->stack_class != stack_class(bytes, guard)) {
    fatal(kType, stack,
          "freed with a size or guard that it was not allocated with");
  }
  const int slot = slot_of(*chunk, stack);
  if (slot < 0) fatal(kType, stack, "freed, but it does not begin here");
  const unsigned index = chunk->stack_class;
  unpoison_stack(free_stack(stack, index), sizeof(FreeStack));
  if (g_shared.classes[index].source.has(*chunk, slot) ||
      free_stack(stack, index)->mark == mark_of(free_stack(stack, index))) {
    fatal(kType, stack, "freed twice");
  }
}

}  // namespace internal

void StackFreelist::give_back() noexcept {
  for (unsigned index = 0; index < internal::kStackClasses; ++index) {
    while (internal::FreeStack* const batch = of(index).drain()) {
      internal::spill(batch, index);
    }
  }
}

StackStats stack_stats() noexcept {
  StackStats sum;
  for (unsigned index = 0; index < internal::kStackClasses; ++index) {
    const StackStats one = internal::stats_of(index);
    sum.in_use += one.in_use;
    sum.cached += one.cached;
    sum.unbacked += one.unbacked;
    sum.from_system += one.from_system;
    sum.spills += one.spills;
    sum.refills += one.refills;
    sum.returns += one.returns;
    sum.failures += one.failures;
  }
  sum.peak = internal::g_out.peak();
  return sum;
}

StackStats stack_stats(std::size_t bytes, StackGuard guard) noexcept {
  return bytes <= kMaxStackBytes
             ? internal::stats_of(internal::stack_class(bytes, guard))
             : StackStats();
}

void set_stack_limits(const StackLimits& limits) noexcept {
  internal::g_limit_shared_bytes.store(limits.shared_bytes,
                                       std::memory_order_relaxed);
  const std::size_t page = os::page_bytes();
  std::size_t warm = limits.warm_bytes;
  // Whole pages, and the list is in the topmost one.
  if (warm < kMaxStackBytes) warm = (warm + page - 1) / page * page;
  if (warm < page) warm = page;
  internal::g_limit_warm_bytes.store(warm, std::memory_order_relaxed);
  internal::g_limit_whole_bytes.store(limits.whole_bytes,
                                      std::memory_order_relaxed);
  internal::g_limit_lazily.store(limits.lazily, std::memory_order_relaxed);
}

StackLimits stack_limits() noexcept {
  StackLimits limits;
  limits.shared_bytes =
      internal::g_limit_shared_bytes.load(std::memory_order_relaxed);
  limits.warm_bytes =
      internal::g_limit_warm_bytes.load(std::memory_order_relaxed);
  limits.whole_bytes =
      internal::g_limit_whole_bytes.load(std::memory_order_relaxed);
  limits.lazily = internal::g_limit_lazily.load(std::memory_order_relaxed);
  return limits;
}

std::size_t stack_trim() noexcept {
  StackFreelist* const mine = internal::t_stacks;
  std::size_t bytes = 0;
  for (unsigned index = 0; index < internal::kStackClasses; ++index) {
    internal::Shared& shared = internal::g_shared.classes[index];
    if (mine != nullptr) {
      while (internal::FreeStack* const batch = mine->of(index).drain()) {
        internal::count_given(batch, index);
        bytes += internal::bytes_of(batch, index);
        internal::give_to_system(batch, index);
      }
    }
    // In one list, so that whole chunks are seen as such.
    internal::FreeStack* all = nullptr;
    std::uint32_t count = 0;
    while (internal::FreeStack* batch = shared.depot.get()) {
      count += batch->count;
      for (internal::FreeStack* next; batch != nullptr; batch = next) {
        next = batch->next;
        batch->next = all;
        all = batch;
      }
    }
    if (all == nullptr) continue;
    all->count = count;
    bytes += internal::bytes_of(all, index);
    internal::give_to_system(all, index);
  }
  return bytes;
}

}  // namespace parkway
