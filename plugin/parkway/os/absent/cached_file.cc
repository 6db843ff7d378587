// SPDX-License-Identifier: Apache-2.0

// For systems that can't say what of a file is in memory. Each call of a task
// then goes through run_blocking().
#include "parkway/os/cached_file.h"

namespace parkway::os {

int open_cached(const char*, int) noexcept { return -1; }
OpenedFile open_to_read_cached(const char*) noexcept { return {-1, -1}; }
bool wait_from_now_on(int) noexcept { return false; }
bool may_be_cached(int) noexcept { return false; }
std::int64_t read_cached(int, void*, std::size_t, std::int64_t) noexcept {
  return -1;
}
bool has_more(int, std::int64_t) noexcept { return false; }

}  // namespace parkway::os
