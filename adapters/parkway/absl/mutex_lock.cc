// SPDX-License-Identifier: Apache-2.0

#include "parkway/absl/mutex_lock.h"

#include "parkway/absl/fatal.h"

PARKWAY_ABSL_NAMESPACE_BEGIN

void ReleasableMutexLock::Release() {
  if (mu_ == nullptr) {
    internal::Fatal("ReleasableMutexLock", this,
                    "Release() may only be called once");
  }
  Mutex* const mu = mu_;
  mu_ = nullptr;
  mu->unlock();
}

PARKWAY_ABSL_NAMESPACE_END
