// SPDX-License-Identifier: Apache-2.0

#include "parkway/profile/sites.h"

#include <algorithm>
#include <atomic>
#include <cstring>
#include <new>

#include "parkway/base/per_process.h"
#include "parkway/os/os.h"
#include "parkway/profile/try_lock.h"

namespace parkway::internal {
namespace {

// Of one process: what its parent has noted is in the parent's profile, and
// a thread that is not here may have the lock.
struct Book {
  TryLock lock;
  std::atomic<Notes*> notes{nullptr};
  // Counted without the lock that was not to be had.
  std::atomic<std::uint64_t> left_out{0};
  std::atomic<std::int64_t> began{os::nanotime()};
};
PerProcess<Book> g_book;

int bucket_of(std::uint64_t ns) {
  int bucket = 0;
  while (ns > 1 && bucket < Site::kBuckets - 1) {
    ns >>= 1;
    ++bucket;
  }
  return bucket;
}

// The site of such waits; null if there is no place for one more.
Site* find(Notes& notes, const Wait& wait, const Stack& waiter,
           const Stack& releaser) {
  const std::uint64_t hash =
      waiter.hash() ^ releaser.hash() * 31 ^
      reinterpret_cast<std::uintptr_t>(wait.lock) * 0x9E3779B97F4A7C15u;
  constexpr std::uint32_t kMostLooks = 64;
  for (std::uint32_t i = 0; i < kMostLooks; ++i) {
    Site& site = notes.sites[(hash + i) % Notes::kSites];
    if (site.count == 0) {
      site.kind = wait.kind;
      site.lock = wait.lock;
      site.waiter = waiter;
      site.releaser = releaser;
      return &site;
    }
    if (site.kind == wait.kind && site.lock == wait.lock &&
        site.waiter == waiter && site.releaser == releaser) {
      return &site;
    }
  }
  return nullptr;
}

}  // namespace

bool prepare_notes() noexcept {
  Book& book = g_book.get();
  // acquire, and release below: another thread's preparation.
  if (book.notes.load(std::memory_order_acquire) != nullptr) return true;
  auto* const memory = static_cast<Notes*>(os::sysalloc(sizeof(Notes)));
  if (memory == nullptr) return false;
  Notes* none = nullptr;
  // Two that begin at once: the memory of one stays unused.
  book.notes.compare_exchange_strong(none, memory, std::memory_order_release,
                                     std::memory_order_relaxed);
  return true;
}

void note(const Wait& wait, const Stack& waiter,
          const Stack& releaser) noexcept {
  // In the child of a fork there may be none yet.
  if (!prepare_notes()) return;
  Book& book = g_book.get();
  Notes* const notes = book.notes.load(std::memory_order_acquire);
  if (!book.lock.enter(TryLock::kBriefly)) {
    book.left_out.fetch_add(wait.weight, std::memory_order_relaxed);
    return;
  }
  Site* const site = find(*notes, wait, waiter, releaser);
  if (site == nullptr) {
    notes->left_out += wait.weight;
  } else {
    const auto ns =
        static_cast<std::uint64_t>(std::max<std::int64_t>(wait.nanoseconds, 0));
    site->count += wait.weight;
    site->slept += wait.slept ? wait.weight : 0;
    site->nanoseconds += ns * wait.weight;
    site->longest = std::max(site->longest, ns);
    site->histogram[bucket_of(ns)] += wait.weight;
    notes->events[notes->happened++ % Notes::kEvents] = {
        wait.start, wait.nanoseconds,
        static_cast<std::uint32_t>(site - notes->sites), wait.thread};
  }
  book.lock.leave();
}

void forget_notes() noexcept {
  Book& book = g_book.get();
  book.began.store(os::nanotime(), std::memory_order_relaxed);
  Notes* const notes = book.notes.load(std::memory_order_acquire);
  if (notes == nullptr || !book.lock.enter(TryLock::kPatiently)) return;
  // Not by an assignment, which needs a second one on the stack.
  std::memset(static_cast<void*>(notes), 0, sizeof(*notes));
  book.left_out.store(0, std::memory_order_relaxed);
  book.lock.leave();
}

std::int64_t notes_began() noexcept {
  return g_book.get().began.load(std::memory_order_relaxed);
}

Notes* copy_notes() noexcept {
  Book& book = g_book.get();
  const Notes* const notes = book.notes.load(std::memory_order_acquire);
  if (notes == nullptr) return nullptr;
  auto* const copy = new (std::nothrow) Notes;
  if (copy == nullptr) return nullptr;
  if (!book.lock.enter(TryLock::kPatiently)) {
    delete copy;
    return nullptr;
  }
  *copy = *notes;
  book.lock.leave();
  copy->left_out += book.left_out.load(std::memory_order_relaxed);
  return copy;
}

}  // namespace parkway::internal
