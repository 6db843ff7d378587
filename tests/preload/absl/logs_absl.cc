// SPDX-License-Identifier: Apache-2.0

// What Abseil writes of single objects, and of the order in which locks are
// taken, where it was built to look at that.
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"

namespace {

void LogsEverything() {
  absl::Mutex mu;
  absl::CondVar cv;
  mu.EnableDebugLog("mu");
  cv.EnableDebugLog("cv");
  mu.Lock();
  static_cast<void>(!mu.TryLock());
  mu.Unlock();
  mu.ReaderLock();
  mu.ReaderUnlock();
  if (mu.TryLock()) mu.Unlock();
  mu.Lock();
  cv.WaitWithTimeout(&mu, absl::Milliseconds(1));
  mu.Unlock();
  cv.Signal();
}

void TakesThemInBothOrders() {
  absl::SetMutexDeadlockDetectionMode(absl::OnDeadlockCycle::kReport);
  absl::Mutex a;
  absl::Mutex b;
  a.Lock();
  b.Lock();
  b.Unlock();
  a.Unlock();
  b.Lock();
  a.Lock();
  a.Unlock();
  b.Unlock();
}

}  // namespace

int main() {
  LogsEverything();
  TakesThemInBothOrders();
}
