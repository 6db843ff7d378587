// SPDX-License-Identifier: Apache-2.0

// Windows' calls on Linux, by Microsoft's pages of WaitOnAddress(),
// WakeByAddressSingle(), WakeByAddressAll(), CreateEventW(), SetEvent(),
// WaitForSingleObject(), CloseHandle() and FlushProcessWriteBuffers(). A call
// that the release does not have ends the program.
//   - WaitOnAddress() may return for no reason, a wait for an event may not;
//   - SetEvent() releases one waiter, or the next that comes;
//   - times go by a clock of the system's, and may be over a little early.
#include "parkway/os/windows/calls.h"

#include <cstdint>
#include <cstdlib>
#include <map>

#include "parkway/os/os.h"
#include "tests/os/kernel.h"

namespace parkway::os::windows {
namespace {

namespace kernel = test::kernel;

constexpr int kErrorInvalidHandle = 6;
constexpr int kErrorInvalidParameter = 87;
constexpr std::uint32_t kWaitFailed = UINT32_MAX;

// Of sleeps.
constexpr std::uint64_t kAddress = 0;
constexpr std::uint64_t kEvent = 1;

// Of a process: whether each is set, by its handle. Needs the lock.
std::map<EventHandle, bool>& events() {
  static auto* const set = new std::map<EventHandle, bool>;
  return *set;
}

kernel::Key key_of(EventHandle event) { return {event, kEvent}; }

// Needs the lock.
std::int64_t end_of(kernel::Lock& lock, std::uint32_t milliseconds) {
  if (milliseconds == kInfinite) return kernel::kNever;
  std::int64_t time = std::int64_t{milliseconds} * 1000000;
  if (milliseconds != 0 && kernel::Fault(lock)) {
    time -= static_cast<std::int64_t>(kernel::Draw(lock, 1000000));
  }
  return kernel::After(time);
}

// Whether the memory has these bytes. Memory that can't be read is an access
// violation.
bool is_same(const void* address, const void* compared, std::size_t bytes) {
  if (bytes == 4) {
    const kernel::Seen seen =
        kernel::Compare(address, *static_cast<const std::uint32_t*>(compared));
    if (seen == kernel::Seen::kFault) std::abort();
    return seen == kernel::Seen::kSame;
  }
  const auto* const volatile_bytes =
      static_cast<const volatile unsigned char*>(address);
  const auto* const wanted = static_cast<const unsigned char*>(compared);
  for (std::size_t i = 0; i < bytes; ++i) {
    if (volatile_bytes[i] != wanted[i]) return false;
  }
  return true;
}

bool wait(void* address, const void* compared, std::size_t bytes,
          std::uint32_t milliseconds) {
  if (bytes != 1 && bytes != 2 && bytes != 4 && bytes != 8) {
    set_last_error(kErrorInvalidParameter);
    return false;
  }
  kernel::Lock lock;
  if (!is_same(address, compared, bytes)) return true;
  if (kernel::Sleep(lock, kernel::KeyOf(address, kAddress),
                    end_of(lock, milliseconds),
                    kernel::Faults::kNothing) != kernel::End::kTimeout) {
    return true;
  }
  set_last_error(kErrorTimeout);
  return false;
}

std::uint32_t wait_for(EventHandle event, std::uint32_t milliseconds) {
  kernel::Lock lock;
  const auto found = events().find(event);
  if (found == events().end()) {
    set_last_error(kErrorInvalidHandle);
    return kWaitFailed;
  }
  if (found->second) {
    found->second = false;
    return kWaitObject0;
  }
  if (milliseconds == 0) return kWaitTimeout;
  return kernel::Sleep(lock, key_of(event), end_of(lock, milliseconds),
                       kernel::Faults::kNone) == kernel::End::kTimeout
             ? kWaitTimeout
             : kWaitObject0;
}

void wake(void* address, int count) {
  if (!has_wait_on_address()) std::abort();
  kernel::PerhapsLate();
  kernel::Lock lock;
  kernel::Wake(lock, kernel::KeyOf(address, kAddress), count);
}

}  // namespace

bool has_wait_on_address() noexcept {
  constexpr int kWindows8 = 602;
  return kernel::Release() == 0 || kernel::Release() >= kWindows8;
}

bool wait_on_address(void* address, const void* compared, std::size_t bytes,
                     std::uint32_t milliseconds) noexcept {
  if (!has_wait_on_address()) std::abort();
  kernel::PerhapsLate();
  const bool woken = wait(address, compared, bytes, milliseconds);
  const int error = last_error();
  kernel::PerhapsLate();
  set_last_error(error);
  return woken;
}

void wake_by_address_single(void* address) noexcept { wake(address, 1); }
void wake_by_address_all(void* address) noexcept {
  wake(address, kernel::kAll);
}

EventHandle create_event() noexcept {
  kernel::Lock lock;
  static EventHandle last = 0;
  last += 4;
  events()[last] = false;
  return last;
}

bool set_event(EventHandle event) noexcept {
  kernel::PerhapsLate();
  kernel::Lock lock;
  const auto found = events().find(event);
  if (found == events().end()) {
    set_last_error(kErrorInvalidHandle);
    return false;
  }
  if (kernel::Wake(lock, key_of(event), 1) == 0) found->second = true;
  return true;
}

bool close_event(EventHandle event) noexcept {
  kernel::Lock lock;
  if (events().erase(event) != 0) return true;
  set_last_error(kErrorInvalidHandle);
  return false;
}

std::uint32_t wait_for_event(EventHandle event,
                             std::uint32_t milliseconds) noexcept {
  kernel::PerhapsLate();
  const std::uint32_t result = wait_for(event, milliseconds);
  const int error = last_error();
  kernel::PerhapsLate();
  set_last_error(error);
  return result;
}

bool has_process_barrier() noexcept { return kernel::HostBarrier(); }

void flush_process_write_buffers() noexcept {
  // There is one, or nobody may call this.
  if (!kernel::HostBarrier()) std::abort();
}

}  // namespace parkway::os::windows
