// SPDX-License-Identifier: Apache-2.0

#include "parkway/preload/message.h"

#include <unistd.h>

#include <cstdarg>
#include <cstddef>
#include <cstdio>

namespace parkway::preload {

void say(const char* format, ...) noexcept {
  char line[512] = "parkway: ";
  constexpr std::size_t kPrefix = 9;
  std::va_list arguments;
  va_start(arguments, format);
  const int n = std::vsnprintf(line + kPrefix, sizeof line - kPrefix - 1,
                               format, arguments);
  va_end(arguments);
  if (n < 0) return;
  std::size_t length = kPrefix + static_cast<std::size_t>(n);
  if (length > sizeof line - 2) length = sizeof line - 2;
  line[length++] = '\n';
  // One write, so that lines of several threads stay lines.
  [[maybe_unused]] const ssize_t written = write(STDERR_FILENO, line, length);
}

}  // namespace parkway::preload
