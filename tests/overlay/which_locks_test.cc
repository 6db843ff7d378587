// SPDX-License-Identifier: Apache-2.0

// Succeeds if absl::Mutex is the one that the argument names, and works.

#include <cstdio>
#include <cstring>

#include "absl/synchronization/mutex.h"
#include "absl/synchronization/notification.h"

#ifdef PARKWAY_IS_ABSL
constexpr char kLocks[] = "parkway";
#else
constexpr char kLocks[] = "stock";
#endif

int main(int argc, char** argv) {
  if (argc != 2 || std::strcmp(argv[1], kLocks) != 0) {
    std::fprintf(stderr, "absl::Mutex is %s\n", kLocks);
    return 1;
  }
  absl::Mutex mutex;
  absl::Notification done;
  {
    absl::MutexLock lock(&mutex);
    mutex.AssertHeld();
    done.Notify();
  }
  return done.HasBeenNotified() && mutex.TryLock() ? 0 : 1;
}
