// SPDX-License-Identifier: Apache-2.0

// Plan 9 has semaphores only.
#include "parkway/os/derived/futex_by_semaphore.h"
#include "parkway/os/os.h"

namespace parkway::os {

bool futexsleep(std::atomic<std::uint32_t>* word, std::uint32_t expected,
                std::int64_t deadline) noexcept {
  return derived::futexsleep(word, expected, deadline);
}

void futexwakeup(std::atomic<std::uint32_t>* word,
                 std::uint32_t count) noexcept {
  derived::futexwakeup(word, count);
}

}  // namespace parkway::os
