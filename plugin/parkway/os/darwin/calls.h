// SPDX-License-Identifier: Apache-2.0

// Darwin's calls that the files of this folder are made of: those of
// <os/os_sync_wait_on_address.h>, which macOS 14.4, iOS 17.4 and later have
// (Apple's documentation, "Synchronization"), and Mach's semaphores
// (<mach/semaphore.h>, <mach/task.h>; the pages semaphore_create and
// semaphore_timedwait of XNU's osfmk/man). calls.cc makes them; a test on
// another system puts its own in their place. Constants are those of the
// headers; calls.cc compares them where the header is there to build with.
#ifndef PARKWAY_OS_DARWIN_CALLS_H_
#define PARKWAY_OS_DARWIN_CALLS_H_

#include <cstddef>
#include <cstdint>

#include "parkway/os/language.h"

namespace parkway::os::darwin {

// Error numbers. The functions sync_* return them, or 0.
inline constexpr int kEnoent = 2;
inline constexpr int kEintr = 4;
inline constexpr int kEnomem = 12;
inline constexpr int kEfault = 14;
inline constexpr int kEinval = 22;
inline constexpr int kEtimedout = 60;

// Whether the system that runs has the sync_* functions. Without them nothing
// calls any.
bool has_sync() noexcept;

// OS_SYNC_WAIT_ON_ADDRESS_NONE and OS_SYNC_WAKE_BY_ADDRESS_NONE.
inline constexpr std::uint32_t kPrivate = 0;

// Sleeps if the `size` bytes (4 or 8) at `address` are `value`. kEintr,
// kEfault, kEnomem: look again. A waker has to name the same size and flags.
int sync_wait(void* address, std::uint64_t value, std::size_t size,
              std::uint32_t flags) noexcept;
// The same until so many nanoseconds have passed: kEtimedout. 0 is kEinval.
// They are of the clock that stands still while the machine sleeps
// (OS_CLOCK_MACH_ABSOLUTE_TIME), as nanotime() is.
int sync_wait_for(void* address, std::uint64_t value, std::size_t size,
                  std::uint32_t flags, std::uint64_t nanoseconds) noexcept;
// kEnoent: nobody slept.
int sync_wake_any(void* address, std::size_t size,
                  std::uint32_t flags) noexcept;
int sync_wake_all(void* address, std::size_t size,
                  std::uint32_t flags) noexcept;

// Mach's results, which the functions below return.
inline constexpr int kSuccess = 0;
inline constexpr int kAborted = 14;            // a signal: try again
inline constexpr int kOperationTimedOut = 49;  // semaphore_timedwait alone

// The name of a semaphore of this process; 0 is none (MACH_PORT_NULL). The
// child of a fork does not have its parent's.
using SemaphoreName = std::uint32_t;
// SYNC_POLICY_FIFO, count 0.
int semaphore_create(SemaphoreName* name) noexcept;
int semaphore_destroy(SemaphoreName name) noexcept;
int semaphore_signal(SemaphoreName name) noexcept;
int semaphore_wait(SemaphoreName name) noexcept;
// A relative time; 0 only looks.
int semaphore_timedwait(SemaphoreName name, std::uint32_t seconds,
                        std::int32_t nanoseconds) noexcept;

}  // namespace parkway::os::darwin

#endif  // PARKWAY_OS_DARWIN_CALLS_H_
