// SPDX-License-Identifier: Apache-2.0

// The int of a ThreadSemaphore, for kernels that count there themselves or look
// at it.
#ifndef PARKWAY_OS_LOW_WORD_H_
#define PARKWAY_OS_LOW_WORD_H_

#include <cstdint>

#include "parkway/os/semaphore.h"

namespace parkway::os {

// The address of the half that has the small numbers. For the kernel alone: the
// program goes by the whole handle.
inline std::int32_t* low_word(ThreadSemaphore* semaphore) noexcept {
  constexpr bool kLowLast = __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__;
  constexpr auto kWords = sizeof(semaphore->handle) / sizeof(std::int32_t);
  return reinterpret_cast<std::int32_t*>(&semaphore->handle) +
         (kLowLast ? kWords - 1 : 0);
}

}  // namespace parkway::os

#endif  // PARKWAY_OS_LOW_WORD_H_
