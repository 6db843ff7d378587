// SPDX-License-Identifier: Apache-2.0

#include <unistd.h>

#include <atomic>

#include "parkway/os/os.h"

namespace parkway::os {

std::size_t page_bytes() noexcept {
  // No local constant: a fork in the middle of its initialisation would leave
  // the child with one that nobody completes. relaxed: all find the same.
  static std::atomic<std::size_t> known{0};
  std::size_t bytes = known.load(std::memory_order_relaxed);
  if (bytes == 0) {
    bytes = static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
    known.store(bytes, std::memory_order_relaxed);
  }
  return bytes;
}

}  // namespace parkway::os
