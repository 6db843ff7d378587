// SPDX-License-Identifier: Apache-2.0

#include "parkway/wait/wait_table.h"

#include <cstddef>

#include "parkway/os/os.h"

namespace parkway {

KeyMark** Platform::mark_lists() noexcept {
  return static_cast<KeyMark**>(
      os::sysalloc(sizeof(KeyMark*) << internal::kSecondHashBits));
}

namespace internal {

PaddedWaitBucket wait_table[kWaitBuckets];

}  // namespace internal
}  // namespace parkway
