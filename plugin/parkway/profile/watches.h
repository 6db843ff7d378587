// SPDX-License-Identifier: Apache-2.0

// The locks for which somebody waits whose wait is noted, and who let them go
// last.
#ifndef PARKWAY_PROFILE_WATCHES_H_
#define PARKWAY_PROFILE_WATCHES_H_

#include <cstdint>

#include "parkway/profile/stack.h"

namespace parkway::internal {

// Begins to watch the lock; the watch's number, or -1: there is no place.
std::int32_t watch(const void* lock) noexcept;
// Whether somebody watches it, perhaps.
bool is_watched(const void* lock) noexcept;
// For all that watch it.
void note_releaser(const void* lock, const Stack& stack) noexcept;
// Ends the watch. Gives the last releaser since `start`, or depth 0.
void end_watch(std::int32_t number, std::int64_t start,
               Stack* releaser) noexcept;

}  // namespace parkway::internal

#endif  // PARKWAY_PROFILE_WATCHES_H_
