// SPDX-License-Identifier: Apache-2.0

// The locking members of Mutex, as releases before 20250814 declare them.
#include "absl/synchronization/mutex.h"
#include "parkway/absl/preload/locks/ours.h"

namespace absl {
ABSL_NAMESPACE_BEGIN

namespace ours = ::parkway::preload::ours;
using ::parkway::preload::as;

void Mutex::Lock() { as<ours::Mutex>(this).Lock(); }
void Mutex::Unlock() { as<ours::Mutex>(this).Unlock(); }
bool Mutex::TryLock() { return as<ours::Mutex>(this).TryLock(); }
void Mutex::ReaderLock() { as<ours::Mutex>(this).ReaderLock(); }
void Mutex::ReaderUnlock() { as<ours::Mutex>(this).ReaderUnlock(); }
bool Mutex::ReaderTryLock() { return as<ours::Mutex>(this).ReaderTryLock(); }

ABSL_NAMESPACE_END
}  // namespace absl
