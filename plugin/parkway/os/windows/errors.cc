// SPDX-License-Identifier: Apache-2.0

#include "parkway/os/os.h"
#include "parkway/os/windows/keep_last_error.h"
#include "parkway/os/windows/system_header.h"

namespace parkway::os {

int last_error() noexcept { return static_cast<int>(GetLastError()); }
void set_last_error(int error) noexcept {
  SetLastError(static_cast<DWORD>(error));
}

void write_error(const char* text, std::size_t length) noexcept {
  const windows::KeepLastError keep;
  // Null, or invalid, for a program that has none.
  const HANDLE file = GetStdHandle(STD_ERROR_HANDLE);
  while (length > 0) {
    constexpr std::size_t kMost = std::size_t{1} << 20;
    const DWORD bytes = static_cast<DWORD>(length < kMost ? length : kMost);
    DWORD written = 0;
    if (!WriteFile(file, text, bytes, &written, nullptr) || written == 0) {
      return;
    }
    text += written;
    length -= written;
  }
}

}  // namespace parkway::os
