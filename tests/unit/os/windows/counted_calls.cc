// SPDX-License-Identifier: Apache-2.0

#include "tests/unit/os/windows/counted_calls.h"

#include <atomic>

#include "parkway/os/windows/calls.h"
#include "parkway/os/windows/keep_last_error.h"

// The constants are the same, the functions those below.
namespace parkway::os::real_windows {
using windows::EventHandle;
using windows::KeepLastError;
using windows::kErrorTimeout;
using windows::kInfinite;
using windows::kWaitObject0;
using windows::kWaitTimeout;
}  // namespace parkway::os::real_windows

#include "tests/unit/os/windows/real_calls.inc"

namespace parkway {
namespace {

std::atomic<std::uint64_t> g_sleeps{0};
std::atomic<std::uint64_t> g_wakes{0};
std::atomic<std::uint64_t> g_events{0};
std::atomic<std::uint64_t> g_barriers{0};

}  // namespace

test::Calls test::CountedCalls() {
  return {g_sleeps, g_wakes, g_events, g_barriers};
}

namespace os::windows {

namespace real = real_windows;

bool has_wait_on_address() noexcept { return real::has_wait_on_address(); }
bool wait_on_address(void* address, const void* compared, std::size_t bytes,
                     std::uint32_t milliseconds) noexcept {
  ++g_sleeps;
  return real::wait_on_address(address, compared, bytes, milliseconds);
}
void wake_by_address_single(void* address) noexcept {
  ++g_wakes;
  real::wake_by_address_single(address);
}
void wake_by_address_all(void* address) noexcept {
  ++g_wakes;
  real::wake_by_address_all(address);
}
EventHandle create_event() noexcept {
  ++g_events;
  return real::create_event();
}
bool set_event(EventHandle event) noexcept {
  ++g_wakes;
  return real::set_event(event);
}
bool close_event(EventHandle event) noexcept {
  ++g_events;
  return real::close_event(event);
}
std::uint32_t wait_for_event(EventHandle event,
                             std::uint32_t milliseconds) noexcept {
  ++g_sleeps;
  return real::wait_for_event(event, milliseconds);
}
bool has_process_barrier() noexcept { return real::has_process_barrier(); }
void flush_process_write_buffers() noexcept {
  ++g_barriers;
  real::flush_process_write_buffers();
}

}  // namespace os::windows
}  // namespace parkway
