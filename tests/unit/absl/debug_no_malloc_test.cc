// SPDX-License-Identifier: Apache-2.0

// The debugging aids do not call malloc: this program's would notice.
#include <gtest/gtest.h>
#include <stdlib.h>
#include <unistd.h>

#include <cstring>

#include "parkway/absl/deadlock.h"
#include "parkway/absl/events.h"
#include "parkway/absl/namespace.h"

namespace {

thread_local bool t_forbidden = false;

void Notice(const char* name) {
  if (!t_forbidden) return;
  t_forbidden = false;
  // Nothing here is to allocate.
  const char text[] = " was called\n";
  (void)!write(2, name, std::strlen(name));
  (void)!write(2, text, sizeof(text) - 1);
  abort();
}

}  // namespace

// glibc's own, which the functions below stand in front of.
extern "C" {
void* __libc_malloc(size_t bytes);
void* __libc_calloc(size_t count, size_t bytes);
void* __libc_realloc(void* block, size_t bytes);
void __libc_free(void* block);

void* malloc(size_t bytes) {
  Notice("malloc");
  return __libc_malloc(bytes);
}
void* calloc(size_t count, size_t bytes) {
  Notice("calloc");
  return __libc_calloc(count, bytes);
}
void* realloc(void* block, size_t bytes) {
  Notice("realloc");
  return __libc_realloc(block, bytes);
}
void free(void* block) {
  Notice("free");
  __libc_free(block);
}
}

PARKWAY_ABSL_NAMESPACE_BEGIN
namespace internal {
namespace {

TEST(DebugNoMallocDeathTest, TheProgramsMallocNotices) {
  EXPECT_DEATH(
      {
        t_forbidden = true;
        void* volatile block = malloc(1);
        free(block);
      },
      "malloc was called");
}

void UseDeadlockDetection() {
  SetMutexDeadlockDetectionMode(OnDeadlockCycle::kReport);
  constexpr int kMutexes = 3000;
  static char mutexes[kMutexes];
  for (int i = 0; i + 3 < kMutexes; ++i) {
    for (int j = 0; j < 3; ++j) {
      BeforeLock(&mutexes[i + j]);
      Locked(&mutexes[i + j], false);
    }
    for (int j = 0; j < 3; ++j) Unlocked(&mutexes[i + j]);
  }
  Locked(&mutexes[5], false);
  BeforeLock(&mutexes[1]);  // a report with names
  Unlocked(&mutexes[5]);
  for (char& mutex : mutexes) Forget(&mutex);
  SetMutexDeadlockDetectionMode(OnDeadlockCycle::kIgnore);
}

void UseEvents() {
  static char objects[500];
  for (char& object : objects) EnsureEvent(&object, "a name", false);
  SetLog(&objects[0], true);
  PostEvent(&objects[0], EventKind::kLockReturning);
  for (char& object : objects) ForgetEvent(&object);
}

TEST(DebugNoMallocTest, NothingCallsMalloc) {
  t_forbidden = true;
  UseDeadlockDetection();
  UseEvents();
  t_forbidden = false;
}

}  // namespace
}  // namespace internal
PARKWAY_ABSL_NAMESPACE_END
