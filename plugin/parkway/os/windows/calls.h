// SPDX-License-Identifier: Apache-2.0

// Windows' calls that the files of this folder which wait are made of:
// WaitOnAddress() and its wakes (<synchapi.h>, since Windows 8), auto-reset
// events (CreateEventW(), SetEvent(), WaitForSingleObject()), and
// FlushProcessWriteBuffers(): each as Microsoft's page of that name has it.
// calls.cc makes them; a test on another system puts its own in their place.
// Constants are those of <winerror.h> and <winbase.h>; calls.cc compares them.
#ifndef PARKWAY_OS_WINDOWS_CALLS_H_
#define PARKWAY_OS_WINDOWS_CALLS_H_

#include <cstddef>
#include <cstdint>

#include "parkway/os/language.h"

namespace parkway::os::windows {

// Of a call that fails os::last_error() says why (GetLastError()).
inline constexpr int kErrorTimeout = 1460;

// Times are relative, in milliseconds.
inline constexpr std::uint32_t kInfinite = UINT32_MAX;

// Whether the system that runs has the three. Without them nothing calls any.
bool has_wait_on_address() noexcept;
// Sleeps if the `bytes` (1, 2, 4 or 8) at `address` are those at `compared`.
// True: somebody woke it, or they differ, or for no reason. False with
// kErrorTimeout: the time is over.
bool wait_on_address(void* address, const void* compared, std::size_t bytes,
                     std::uint32_t milliseconds) noexcept;
// Neither reads anything at the address.
void wake_by_address_single(void* address) noexcept;
void wake_by_address_all(void* address) noexcept;

// A handle of an auto-reset event that is not set, a multiple of 4; 0: failed.
using EventHandle = std::uintptr_t;
EventHandle create_event() noexcept;
bool set_event(EventHandle event) noexcept;
bool close_event(EventHandle event) noexcept;
// kWaitObject0: it was set, and is not any more. kWaitTimeout: the time is
// over. Anything else: failed.
inline constexpr std::uint32_t kWaitObject0 = 0;
inline constexpr std::uint32_t kWaitTimeout = 258;
std::uint32_t wait_for_event(EventHandle event,
                             std::uint32_t milliseconds) noexcept;

// Whether the next function does what it says.
bool has_process_barrier() noexcept;
// All processors that run a thread of the process pass a full barrier.
void flush_process_write_buffers() noexcept;

}  // namespace parkway::os::windows

#endif  // PARKWAY_OS_WINDOWS_CALLS_H_
