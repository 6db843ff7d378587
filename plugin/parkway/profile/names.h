// SPDX-License-Identifier: Apache-2.0

// The names that locks were given.
#ifndef PARKWAY_PROFILE_NAMES_H_
#define PARKWAY_PROFILE_NAMES_H_

#include <cstddef>

namespace parkway::internal {

inline constexpr std::size_t kLongestName = 63;

// Into `name`, which has room for kLongestName + 1 characters. "" if it has
// none.
void find_lock_name(const void* lock, char* name) noexcept;

}  // namespace parkway::internal

#endif  // PARKWAY_PROFILE_NAMES_H_
