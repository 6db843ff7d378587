// SPDX-License-Identifier: Apache-2.0

// The threads that have waited since a profile began.
#ifndef PARKWAY_PROFILE_THREADS_H_
#define PARKWAY_PROFILE_THREADS_H_

#include <cstdint>

#include "parkway/os/compiler.h"

namespace parkway::internal {

// What the profile keeps with a thread. All zero at start.
struct ProfiledThread {
  // Waits until one is noted.
  std::uint32_t left;
  std::uint32_t number;  // from 1
  // It takes a stack. What waits meanwhile, in the unwinder, is not noted.
  bool busy;
};
extern PARKWAY_THREAD_LOCAL ProfiledThread t_profiled;

// How many there were so far.
std::uint32_t profiled_threads() noexcept;

}  // namespace parkway::internal

#endif  // PARKWAY_PROFILE_THREADS_H_
