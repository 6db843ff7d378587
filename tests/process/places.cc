// SPDX-License-Identifier: Apache-2.0

#include "tests/process/places.h"

#include <sys/mman.h>

#include <cstdint>

#include "parkway/task/task_platform.h"
#include "parkway/wait/address_wait.h"
#include "parkway/wait/sleepers.h"
#include "parkway/wait/wait_table.h"
#include "tests/process/child.h"

namespace parkway::test {
namespace {

// Reserved, not used: 64 candidates in a page, and of 2^21 of them one meets
// another in a table of 2^13 slots and one of 2^8 buckets.
constexpr std::size_t kBytes = std::size_t{16} << 30;
constexpr std::size_t kLineBytes = 64;
constexpr std::size_t kPageBytes = 4096;

bool SameSlot(const void* a, const void* b) {
  return &internal::sleeper_slot(a) == &internal::sleeper_slot(b);
}
bool SameBuckets(const void* a, const void* b) {
  return &Platform::bucket(a) == &Platform::bucket(b) &&
         &Platform::address_bucket(a) == &Platform::address_bucket(b) &&
         &TaskPlatform::bucket(a) == &TaskPlatform::bucket(b) &&
         &TaskPlatform::address_bucket(a) == &TaskPlatform::address_bucket(b);
}

// What the child tells.
struct Found {
  void* meeting[kPlaces];
  void* in_the_slot_alone;
  bool all;
};

void Search(char* memory, Found* found) {
  std::size_t count = 0;
  const void* const first = found->meeting[count++] = memory;
  // A page each, so that no two of them are neighbours by chance.
  const char* page = memory;
  for (char* at = memory; at < memory + kBytes; at += kLineBytes) {
    if (at - page < static_cast<std::ptrdiff_t>(kPageBytes)) continue;
    if (!SameSlot(at, first)) continue;
    if (!SameBuckets(at, first)) {
      if (&Platform::bucket(at) != &Platform::bucket(first) &&
          found->in_the_slot_alone == nullptr) {
        found->in_the_slot_alone = at;
        page = at;
      }
      continue;
    }
    page = at;
    found->meeting[count++] = at;
    if (count == kPlaces) break;
  }
  found->all = count == kPlaces && found->in_the_slot_alone != nullptr;
}

bool MakeUsable(void* place) {
  const auto address = reinterpret_cast<std::uintptr_t>(place);
  return mprotect(reinterpret_cast<void*>(address / kPageBytes * kPageBytes),
                  2 * kPageBytes, PROT_READ | PROT_WRITE) == 0;
}

const Found* Find() {
  void* const memory = mmap(nullptr, kBytes + 2 * kPageBytes, PROT_NONE,
                            MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  void* const shared = mmap(nullptr, kPageBytes, PROT_READ | PROT_WRITE,
                            MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED || shared == MAP_FAILED) return nullptr;
  auto* const found = static_cast<Found*>(shared);
  const Outcome outcome = RunChild([&] {
    Search(static_cast<char*>(memory), found);
    return 0;
  });
  if (!Report(outcome, "the search for addresses") || !found->all) {
    return nullptr;
  }
  for (void* const place : found->meeting) {
    if (!MakeUsable(place)) return nullptr;
  }
  return MakeUsable(found->in_the_slot_alone) ? found : nullptr;
}

const Found* FoundOnce() {
  static const Found* const found = Find();
  return found;
}

}  // namespace

void* const* MeetingPlaces() {
  return FoundOnce() == nullptr ? nullptr : FoundOnce()->meeting;
}

void* PlaceInTheSlotAlone() {
  return FoundOnce() == nullptr ? nullptr : FoundOnce()->in_the_slot_alone;
}

}  // namespace parkway::test
