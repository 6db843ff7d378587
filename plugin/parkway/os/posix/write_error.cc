// SPDX-License-Identifier: Apache-2.0

#include <errno.h>
#include <unistd.h>

#include "parkway/os/os.h"

namespace parkway::os {

void write_error(const char* text, std::size_t length) noexcept {
  while (length > 0) {
    const ssize_t n = write(STDERR_FILENO, text, length);
    if (n <= 0) {
      if (n < 0 && errno == EINTR) continue;
      return;
    }
    text += n;
    length -= static_cast<std::size_t>(n);
  }
}

}  // namespace parkway::os
