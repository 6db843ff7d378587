// SPDX-License-Identifier: Apache-2.0

// Plan 9's calls that the files of this folder are made of: semacquire(2),
// tsemacquire(2), semrelease(2), all of one page of the manual. There is no C++
// compiler for Plan 9: these have been compiled and run against a stand-in
// only. A long is 32 bits there, on all processors.
#ifndef PARKWAY_OS_PLAN9_CALLS_H_
#define PARKWAY_OS_PLAN9_CALLS_H_

#include <cstdint>

#include "parkway/os/language.h"

namespace parkway::os::plan9 {

// If *address is above 0 the kernel takes 1 from it, and the result is 1. Else,
// if `block` is 0, the result is 0; if not, the process waits until it can. -1:
// a note has come, or the address is bad.
int semacquire(std::int32_t* address, int block) noexcept;
// Waits for that many milliseconds at most, then 0.
int tsemacquire(std::int32_t* address, std::uint32_t milliseconds) noexcept;
// Adds `count`, and wakes as many as can go on. The new value; -1: the address
// is bad.
std::int32_t semrelease(std::int32_t* address, std::int32_t count) noexcept;

}  // namespace parkway::os::plan9

#endif  // PARKWAY_OS_PLAN9_CALLS_H_
