// SPDX-License-Identifier: Apache-2.0

#include <sys/mman.h>

#include "parkway/os/os.h"
#include "parkway/os/posix/choices.h"
#include "parkway/os/posix/saved_errno.h"

namespace parkway::os {

void release_stack(void* page, std::size_t bytes, bool lazily) noexcept {
  const posix::SavedErrno keep;
  if (lazily && madvise(page, bytes, MADV_FREE) == 0) return;
  // MADV_DONTNEED keeps what is in the pages on these systems: to BSD it is
  // a word about when they are needed again, and not that they are not. New
  // pages in the place of the old ones are zeroes everywhere. If there are none
  // to be had, the old ones stay.
  mmap(page, bytes, PROT_READ | PROT_WRITE, posix::kStackMapFlags | MAP_FIXED,
       -1, 0);
}

}  // namespace parkway::os
