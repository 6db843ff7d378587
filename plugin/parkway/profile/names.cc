// SPDX-License-Identifier: Apache-2.0

#include "parkway/profile/names.h"

#include <cstring>

#include "parkway/profile/contention.h"
#include "parkway/profile/contention_profile.h"
#include "parkway/profile/try_lock.h"

namespace parkway {
namespace internal {
namespace {

struct Named {
  const void* lock;
  char name[kLongestName + 1];
};
constexpr int kMost = 1024;
TryLock g_lock;
Named g_named[kMost];  // in no order; lock null: free
int g_used = 0;        // behind the last

Named* find(const void* lock) {
  for (int i = 0; i < g_used; ++i) {
    if (g_named[i].lock == lock) return &g_named[i];
  }
  return nullptr;
}

Named* find_or_make(const void* lock) {
  Named* named = find(lock);
  if (named == nullptr) named = find(nullptr);
  if (named == nullptr && g_used < kMost) named = &g_named[g_used++];
  return named;
}

}  // namespace

void find_lock_name(const void* lock, char* name) noexcept {
  name[0] = '\0';
  if (lock == nullptr || !g_lock.enter(TryLock::kPatiently)) return;
  if (const Named* const named = find(lock)) {
    std::memcpy(name, named->name, sizeof(named->name));
  }
  g_lock.leave();
}

}  // namespace internal

bool set_lock_name(const void* lock, const char* name) noexcept {
  using namespace internal;
  const bool goes = name == nullptr || *name == '\0';
  if (lock == nullptr || (!goes && !profiling())) return false;
  if (!g_lock.enter(TryLock::kPatiently)) return false;
  Named* const named = goes ? find(lock) : find_or_make(lock);
  if (named != nullptr) {
    named->lock = goes ? nullptr : lock;
    std::strncpy(named->name, goes ? "" : name, kLongestName);
    named->name[kLongestName] = '\0';
  }
  g_lock.leave();
  return named != nullptr;
}

}  // namespace parkway
