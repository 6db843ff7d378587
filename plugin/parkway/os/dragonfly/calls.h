// SPDX-License-Identifier: Apache-2.0

// DragonFly's calls that the files of this folder are made of: umtx_sleep(2)
// and umtx_wakeup(2), whose page is umtx(2). calls.cc makes them; a test on
// another system puts its own in their place. Constants are those of <errno.h>;
// calls.cc compares them.
#ifndef PARKWAY_OS_DRAGONFLY_CALLS_H_
#define PARKWAY_OS_DRAGONFLY_CALLS_H_

#include "parkway/os/language.h"

namespace parkway::os::dragonfly {

// Error numbers. The functions below return them, or 0.
inline constexpr int kEintr = 4;
inline constexpr int kEfault = 14;
inline constexpr int kEbusy = 16;
inline constexpr int kEwouldblock = 35;

// kEbusy: the word differed. kEwouldblock: the time is over, or the kernel
// thinks that the caller should look again. `microseconds` 0: no end; less is
// an error. The page has to be writable: the kernel adds 0 to the word, so that
// it is not shared with the child of a fork any more. Sleepers are known by the
// page of real memory.
int umtx_sleep(const volatile int* word, int value, int microseconds) noexcept;
// At least `count` of those that sleep, 0: all. It may be more.
int umtx_wakeup(const volatile int* word, int count) noexcept;

}  // namespace parkway::os::dragonfly

#endif  // PARKWAY_OS_DRAGONFLY_CALLS_H_
