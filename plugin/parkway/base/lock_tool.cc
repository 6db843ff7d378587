// SPDX-License-Identifier: Apache-2.0

#include "parkway/base/lock_tool.h"

#if PARKWAY_HELGRIND && !defined(PARKWAY_TSAN)

#if !__has_include(<valgrind/helgrind.h>)
#error "--//bazel:helgrind=on needs valgrind/helgrind.h (Debian: valgrind)"
#endif
#include <valgrind/helgrind.h>

namespace parkway::internal {

void LockTool::lock_begins(const void* mutex, std::size_t bytes, LockMode) {
  // Each time: the memory may have been something else since the last one.
  VALGRIND_HG_DISABLE_CHECKING(const_cast<void*>(mutex), bytes);
}

void LockTool::lock_ends(const void* mutex, LockMode mode, bool got) {
  if (got) ANNOTATE_RWLOCK_ACQUIRED(const_cast<void*>(mutex), !mode.shared);
}

void LockTool::unlock_begins(const void* mutex, bool) {
  // Helgrind knows how it was held; the macro drops its last argument.
  ANNOTATE_RWLOCK_RELEASED(const_cast<void*>(mutex), 0);
}

void LockTool::release(const void* address) {
  ANNOTATE_HAPPENS_BEFORE(const_cast<void*>(address));
}

void LockTool::acquire(const void* address) {
  ANNOTATE_HAPPENS_AFTER(const_cast<void*>(address));
}

}  // namespace parkway::internal

#endif
