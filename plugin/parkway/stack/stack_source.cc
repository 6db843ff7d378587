// SPDX-License-Identifier: Apache-2.0

#include "parkway/stack/stack_source.h"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <new>

#include "parkway/base/checks.h"
#include "parkway/base/thread_annotations.h"
#include "parkway/os/compiler.h"
#include "parkway/os/os.h"
#include "parkway/stack/free_stack.h"
#include "parkway/stack/stack_class.h"
#include "parkway/wait/word_lock.h"

namespace parkway::internal {
namespace {

// ---- From an address to its chunk: a tree of two levels over all addresses
// that a process has, on 64 bits without asking for more than 2^48, in units of
// kChunkAlign.

constexpr bool kWide = sizeof(void*) == 8;
constexpr unsigned kUnitBits = (kWide ? 48 : 32) - kChunkAlignBits;
constexpr unsigned kLeafBits = kWide ? 14 : 10;
constexpr std::uintptr_t kUnits = std::uintptr_t{1} << kUnitBits;
constexpr std::uintptr_t kLeafSize = std::uintptr_t{1} << kLeafBits;

using Leaf = std::atomic<StackChunk*>[kLeafSize];
std::atomic<Leaf*> g_leaves[kUnits / kLeafSize];

// Null if the address is too high or, with `make`, if there is no memory.
std::atomic<StackChunk*>* entry_of(std::uintptr_t unit, bool make) {
  if (unit >= kUnits) return nullptr;
  std::atomic<Leaf*>& place = g_leaves[unit >> kLeafBits];
  // acquire: pairs with the release of whoever made the leaf.
  Leaf* leaf = place.load(std::memory_order_acquire);
  if (leaf == nullptr) {
    if (!make) return nullptr;
    void* const memory = os::sysalloc(sizeof(Leaf));
    if (memory == nullptr) return nullptr;
    auto* const made = static_cast<Leaf*>(memory);
    // The loser's stays unused: untouched address space.
    if (place.compare_exchange_strong(leaf, made, std::memory_order_acq_rel)) {
      leaf = made;
    }
  }
  return &(*leaf)[unit & (kLeafSize - 1)];
}

// False if there is no memory for a leaf; then nothing is entered.
bool enter(StackChunk& chunk) {
  const auto unit =
      reinterpret_cast<std::uintptr_t>(chunk.memory) / kChunkAlign;
  const std::uintptr_t count = chunk.bytes / kChunkAlign;
  for (std::uintptr_t i = 0; i < count; ++i) {
    if (entry_of(unit + i, true) == nullptr) return false;
  }
  for (std::uintptr_t i = 0; i < count; ++i) {
    // release: pairs with the acquire of chunk_of().
    entry_of(unit + i, false)->store(&chunk, std::memory_order_release);
  }
  return true;
}

void remove(const StackChunk& chunk) {
  const auto unit =
      reinterpret_cast<std::uintptr_t>(chunk.memory) / kChunkAlign;
  for (std::uintptr_t i = 0; i < chunk.bytes / kChunkAlign; ++i) {
    entry_of(unit + i, false)->store(nullptr, std::memory_order_relaxed);
  }
}

// ---- Descriptors: from pages that are never given back, for all classes. The
// list is whole at every moment, so that a fork may come at any.

WordLock g_descriptors_lock;
StackChunk* g_descriptors = nullptr;

void push_descriptor(StackChunk* chunk) {
  chunk->next = g_descriptors;
  std::atomic_signal_fence(std::memory_order_release);
  g_descriptors = chunk;
}

StackChunk* make_descriptor() {
  std::lock_guard<WordLock> guard(g_descriptors_lock);
  if (g_descriptors == nullptr) {
    constexpr std::size_t kBytes = 4096;
    void* const memory = os::sysalloc(kBytes);
    if (memory == nullptr) return nullptr;
    auto* const chunks = new (memory) StackChunk[kBytes / sizeof(StackChunk)];
    for (std::size_t i = 0; i < kBytes / sizeof(StackChunk); ++i) {
      push_descriptor(&chunks[i]);
    }
  }
  StackChunk* const chunk = g_descriptors;
  g_descriptors = chunk->next;
  return new (chunk) StackChunk;
}

void drop_descriptor(StackChunk* chunk) {
  std::lock_guard<WordLock> guard(g_descriptors_lock);
  push_descriptor(chunk);
}

// ---- Sizes.

bool has_guard(unsigned index) { return index < kStackSizes; }

std::size_t guard_bytes(unsigned index) {
  return has_guard(index) ? os::page_bytes() : 0;
}

// From one stack to the next. Where pages are larger than a guarded stack, it
// has one to itself, and lies at the end of it.
std::size_t stride_of(unsigned index) {
  std::size_t bytes = class_bytes(index);
  if (has_guard(index) && bytes < os::page_bytes()) bytes = os::page_bytes();
  return bytes + guard_bytes(index);
}

// Few mappings for small stacks, little address space for large ones.
constexpr std::uint32_t kSlotsOfLarge = 16;

char* stack_at(const StackChunk& chunk, int slot) {
  return chunk.memory +
         stride_of(chunk.stack_class) * (static_cast<std::size_t>(slot) + 1) -
         class_bytes(chunk.stack_class);
}

bool test(const std::uint64_t* bits, int slot) {
  return (bits[slot / 64] >> (slot % 64) & 1) != 0;
}
void set(std::uint64_t* bits, int slot) {
  bits[slot / 64] |= std::uint64_t{1} << (slot % 64);
}
void reset(std::uint64_t* bits, int slot) {
  bits[slot / 64] &= ~(std::uint64_t{1} << (slot % 64));
}

void add(std::atomic<std::uint64_t>& counter, std::uint64_t n) {
  // relaxed: a statistic.
  counter.fetch_add(n, std::memory_order_relaxed);
}

}  // namespace

StackChunk* chunk_of(const void* address) noexcept {
  const std::atomic<StackChunk*>* const entry =
      entry_of(reinterpret_cast<std::uintptr_t>(address) / kChunkAlign, false);
  // acquire: pairs with the release of enter().
  return entry != nullptr ? entry->load(std::memory_order_acquire) : nullptr;
}

int slot_of(const StackChunk& chunk, const void* stack) noexcept {
  const auto end =
      static_cast<std::size_t>(static_cast<const char*>(stack) - chunk.memory) +
      class_bytes(chunk.stack_class);
  const std::size_t stride = stride_of(chunk.stack_class);
  if (end % stride != 0 || end / stride > chunk.slots) return -1;
  return static_cast<int>(end / stride) - 1;
}

// Holds the lock of a source, and leaves a sign for the child of a fork.
class StackSource::Change {
 public:
  explicit Change(StackSource& source) noexcept
      PARKWAY_NO_THREAD_SAFETY_ANALYSIS : source_(source) {
    const bool inherited = source.lock_.lock();
    if (inherited && source.changing_) source.recover();
    source.changing_ = true;
    // Before anything is changed; and, below, after everything.
    std::atomic_signal_fence(std::memory_order_release);
  }
  ~Change() PARKWAY_NO_THREAD_SAFETY_ANALYSIS {
    std::atomic_signal_fence(std::memory_order_release);
    source_.changing_ = false;
    source_.lock_.unlock();
  }
  Change(const Change&) = delete;
  Change& operator=(const Change&) = delete;

 private:
  StackSource& source_;
};

// Slots that take() has its hands on.
struct StackSource::Taken {
  static constexpr std::uint32_t kMax = 32;
  struct Slot {
    StackChunk* chunk;
    int slot;
    bool guarded;
  };
  Slot slots[kMax];
  std::uint32_t count = 0;
};

FreeStack* StackSource::take(std::uint32_t wanted) noexcept {
  Taken taken;
  while (take_slots(&taken, wanted) == 0) {
    if (!add_chunk()) return nullptr;
  }
  Taken failed;
  FreeStack* first = nullptr;
  std::uint32_t count = 0;
  for (std::uint32_t i = 0; i < taken.count; ++i) {
    const Taken::Slot& at = taken.slots[i];
    char* const stack = stack_at(*at.chunk, at.slot);
    if (!at.guarded) {
      char* const slot =
          at.chunk->memory + stride_of(class_) * static_cast<unsigned>(at.slot);
      if (!os::guard_stack(slot, guard_bytes(class_))) {
        failed.slots[failed.count++] = at;
        continue;
      }
    }
    auto* const made = new (free_stack(stack, class_)) FreeStack;
    if constexpr (kChecks) mark_free(made);
    made->next = first;
    first = made;
    ++count;
  }
  if (failed.count != 0) put_back(failed);
  if (first != nullptr) first->count = count;
  return first;
}

std::uint32_t StackSource::take_slots(Taken* taken,
                                      std::uint32_t wanted) noexcept {
  if (wanted > Taken::kMax) wanted = Taken::kMax;
  const Change change(*this);
  while (taken->count < wanted && listed_ != nullptr) {
    StackChunk& chunk = *listed_;
    for (int word = 0; taken->count < wanted && chunk.unused_count != 0;) {
      if (chunk.unused[word] == 0) {
        ++word;
        continue;
      }
      const int slot =
          word * 64 + static_cast<int>(lowest_bit(chunk.unused[word]));
      reset(chunk.unused, slot);
      --chunk.unused_count;
      const bool guarded = !has_guard(class_) || test(chunk.guarded, slot);
      set(chunk.guarded, slot);
      taken->slots[taken->count++] = {&chunk, slot, guarded};
    }
    if (chunk.unused_count == 0) unlist(chunk);
  }
  unused_.fetch_sub(taken->count, std::memory_order_relaxed);
  return taken->count;
}

void StackSource::put_back(const Taken& taken) noexcept {
  const Change change(*this);
  for (std::uint32_t i = 0; i < taken.count; ++i) {
    reset(taken.slots[i].chunk->guarded, taken.slots[i].slot);
    set_unused(*taken.slots[i].chunk, taken.slots[i].slot);
  }
}

bool StackSource::add_chunk() noexcept {
  const std::size_t stride = stride_of(class_);
  std::size_t slots = kChunkAlign / stride;
  if (slots < kSlotsOfLarge) slots = kSlotsOfLarge;
  if (slots > StackChunk::kMaxSlots) slots = StackChunk::kMaxSlots;
  StackChunk* chunk = map_chunk(static_cast<std::uint32_t>(slots));
  // The address space may have room for one.
  if (chunk == nullptr) chunk = map_chunk(1);
  if (chunk == nullptr) return false;
  const Change change(*this);
  add(slots_, chunk->slots);
  add(unused_, chunk->slots);
  add(mapped_, chunk->bytes);
  list(*chunk);
  return true;
}

StackChunk* StackSource::map_chunk(std::uint32_t slots) noexcept {
  StackChunk* const chunk = make_descriptor();
  if (chunk == nullptr) return nullptr;
  const std::size_t stride = stride_of(class_);
  chunk->bytes = (slots * stride + kChunkAlign - 1) / kChunkAlign * kChunkAlign;
  chunk->stack_class = class_;
  const std::size_t fit = chunk->bytes / stride;
  chunk->slots = static_cast<std::uint32_t>(
      fit < StackChunk::kMaxSlots ? fit : StackChunk::kMaxSlots);
  for (; chunk->unused_count < chunk->slots; ++chunk->unused_count) {
    set(chunk->unused, static_cast<int>(chunk->unused_count));
  }
  chunk->memory = static_cast<char*>(os::map_stacks(chunk->bytes, kChunkAlign));
  if (chunk->memory != nullptr) {
    if (enter(*chunk)) return chunk;
    os::unmap_stacks(chunk->memory, chunk->bytes);
  }
  drop_descriptor(chunk);
  return nullptr;
}

void StackSource::set_unused(StackChunk& chunk, int slot) noexcept {
  set(chunk.unused, slot);
  ++chunk.unused_count;
  add(unused_, 1);
  if (!chunk.listed) list(chunk);
}

void StackSource::list(StackChunk& chunk) noexcept {
  chunk.listed = true;
  chunk.previous = nullptr;
  chunk.next = listed_;
  if (listed_ != nullptr) listed_->previous = &chunk;
  listed_ = &chunk;
}

void StackSource::unlist(StackChunk& chunk) noexcept {
  if (!chunk.listed) return;
  chunk.listed = false;
  (chunk.previous != nullptr ? chunk.previous->next : listed_) = chunk.next;
  if (chunk.next != nullptr) chunk.next->previous = chunk.previous;
}

// In three steps, because memory may only be taken from a stack while nobody
// else can get it: take out the chunks that are complete with these stacks;
// free the memory of the others; then say that those are unused.
void StackSource::give(FreeStack* batch, bool lazily) noexcept {
  FreeStack* rest = nullptr;
  StackChunk* complete = nullptr;
  {
    const Change change(*this);
    for (FreeStack* s = batch; s != nullptr; s = s->next) {
      ++chunk_of(s)->leaving;
    }
    for (FreeStack *s = batch, *next; s != nullptr; s = next) {
      next = s->next;
      StackChunk& chunk = *chunk_of(s);
      if (chunk.leaving + chunk.unused_count == chunk.slots) {
        if (!chunk.complete) take_out(chunk, &complete);
      } else {
        s->next = rest;
        rest = s;
      }
    }
    for (FreeStack* s = rest; s != nullptr; s = s->next) --chunk_of(s)->leaving;
  }
  unmap(complete);
  complete = nullptr;
  while (rest != nullptr) {
    constexpr std::uint32_t kAtOnce = 32;
    void* stacks[kAtOnce];
    std::uint32_t count = 0;
    for (; rest != nullptr && count < kAtOnce; ++count) {
      stacks[count] = stack_of(rest, class_);
      rest = rest->next;
      if (class_bytes(class_) % os::page_bytes() == 0) {
        os::release_stack(stacks[count], class_bytes(class_), lazily);
      }
    }
    {
      const Change change(*this);
      for (std::uint32_t i = 0; i < count; ++i) {
        StackChunk& chunk = *chunk_of(stacks[i]);
        set_unused(chunk, slot_of(chunk, stacks[i]));
        if (chunk.unused_count == chunk.slots) take_out(chunk, &complete);
      }
    }
    unmap(complete);
    complete = nullptr;
  }
}

void StackSource::take_out(StackChunk& chunk, StackChunk** complete) noexcept {
  unlist(chunk);
  chunk.complete = true;
  slots_.fetch_sub(chunk.slots, std::memory_order_relaxed);
  unused_.fetch_sub(chunk.unused_count, std::memory_order_relaxed);
  mapped_.fetch_sub(chunk.bytes, std::memory_order_relaxed);
  chunk.next = *complete;
  *complete = &chunk;
}

void StackSource::unmap(StackChunk* complete) noexcept {
  while (complete != nullptr) {
    StackChunk* const chunk = complete;
    complete = chunk->next;
    remove(*chunk);
    os::unmap_stacks(chunk->memory, chunk->bytes);
    drop_descriptor(chunk);
  }
}

bool StackSource::has(StackChunk& chunk, int slot) noexcept {
  const Change change(*this);
  return test(chunk.unused, slot);
}

// In the child of a fork that has caught another thread in a Change. The bits
// are true whatever it was about to do: a slot that it was taking was nobody's
// yet, and one that it was giving is nobody's any more. The rest is made anew
// from them.
void StackSource::recover() noexcept {
  listed_ = nullptr;
  std::uint64_t slots = 0;
  std::uint64_t unused = 0;
  std::uint64_t mapped = 0;
  for (std::size_t i = 0; i < kUnits / kLeafSize; ++i) {
    Leaf* const leaf = g_leaves[i].load(std::memory_order_acquire);
    if (leaf == nullptr) continue;
    for (std::size_t j = 0; j < kLeafSize; ++j) {
      StackChunk* const chunk = (*leaf)[j].load(std::memory_order_acquire);
      // A chunk that was about to be unmapped stays as it is, for good.
      if (chunk == nullptr || chunk->stack_class != class_ || chunk->complete) {
        continue;
      }
      // Once, where it begins.
      const auto begin = reinterpret_cast<std::uintptr_t>(chunk->memory);
      if (begin / kChunkAlign != i * kLeafSize + j) continue;
      chunk->leaving = 0;
      chunk->unused_count = 0;
      for (std::size_t word = 0; word < StackChunk::kMaxSlots / 64; ++word) {
        chunk->unused_count += count_bits(chunk->unused[word]);
        // Who was taking it had not made its guard yet.
        chunk->guarded[word] &= ~chunk->unused[word];
      }
      chunk->listed = false;
      if (chunk->unused_count != 0) list(*chunk);
      slots += chunk->slots;
      unused += chunk->unused_count;
      mapped += chunk->bytes;
    }
  }
  slots_.store(slots, std::memory_order_relaxed);
  unused_.store(unused, std::memory_order_relaxed);
  mapped_.store(mapped, std::memory_order_relaxed);
}

}  // namespace parkway::internal
