// SPDX-License-Identifier: Apache-2.0

#include "parkway/profile/watches.h"

#include <atomic>

#include "parkway/base/per_process.h"
#include "parkway/os/os.h"
#include "parkway/profile/try_lock.h"

namespace parkway::internal {
namespace {

// One place for all locks that hash to it: a second lock is not watched.
struct Place {
  std::atomic<const void*> lock{nullptr};
  TryLock guard;
  // The rest needs the guard.
  std::int32_t users = 0;
  std::int64_t released = 0;  // os::nanotime()
  Stack releaser = {};
};
constexpr int kPlaceBits = 7;
// In the child of a fork nobody waits at first.
struct Places {
  Place places[1 << kPlaceBits];
};
PerProcess<Places> g_places;
Place& place_at(int number) { return g_places.get().places[number]; }

int number_of(const void* lock) {
  const std::uint64_t product =
      static_cast<std::uint64_t>(reinterpret_cast<std::uintptr_t>(lock)) *
      0x9E3779B97F4A7C15u;
  return static_cast<int>(product >> (64 - kPlaceBits));
}

}  // namespace

std::int32_t watch(const void* lock) noexcept {
  const int number = number_of(lock);
  Place& place = place_at(number);
  if (!place.guard.enter(TryLock::kBriefly)) return -1;
  const bool mine =
      place.users == 0 || place.lock.load(std::memory_order_relaxed) == lock;
  if (mine) {
    if (place.users++ == 0) place.releaser.depth = 0;
    place.lock.store(lock, std::memory_order_relaxed);
  }
  place.guard.leave();
  return mine ? number : -1;
}

bool is_watched(const void* lock) noexcept {
  return place_at(number_of(lock)).lock.load(std::memory_order_relaxed) == lock;
}

void note_releaser(const void* lock, const Stack& stack) noexcept {
  Place& place = place_at(number_of(lock));
  if (!place.guard.enter(TryLock::kBriefly)) return;
  if (place.lock.load(std::memory_order_relaxed) == lock) {
    place.releaser = stack;
    place.released = os::nanotime();
  }
  place.guard.leave();
}

void end_watch(std::int32_t number, std::int64_t start,
               Stack* releaser) noexcept {
  releaser->depth = 0;
  if (number < 0) return;
  Place& place = place_at(number);
  // Else the place stays as it is, for this lock alone.
  if (!place.guard.enter(TryLock::kPatiently)) return;
  if (place.released >= start) *releaser = place.releaser;
  if (--place.users == 0) place.lock.store(nullptr, std::memory_order_relaxed);
  place.guard.leave();
}

}  // namespace parkway::internal
