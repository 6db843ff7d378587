// SPDX-License-Identifier: Apache-2.0

// The locking members of Mutex, as releases from 20250814 on declare them: the
// capitals are inline, and call these.
#include "absl/synchronization/mutex.h"
#include "parkway/absl/preload/locks/ours.h"

namespace absl {
ABSL_NAMESPACE_BEGIN

namespace ours = ::parkway::preload::ours;
using ::parkway::preload::as;

void Mutex::lock() { as<ours::Mutex>(this).lock(); }
void Mutex::unlock() { as<ours::Mutex>(this).unlock(); }
bool Mutex::try_lock() { return as<ours::Mutex>(this).try_lock(); }
void Mutex::lock_shared() { as<ours::Mutex>(this).lock_shared(); }
void Mutex::unlock_shared() { as<ours::Mutex>(this).unlock_shared(); }
bool Mutex::try_lock_shared() {
  return as<ours::Mutex>(this).try_lock_shared();
}

ABSL_NAMESPACE_END
}  // namespace absl
