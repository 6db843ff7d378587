// SPDX-License-Identifier: Apache-2.0

#include "parkway/wait/priority.h"

#include <atomic>

#include "parkway/os/os.h"
#include "parkway/wait/on_or_off.h"

namespace parkway {
namespace internal {
namespace {

// relaxed, everywhere: a thread that does not see it yet asks the system.
std::atomic<bool> g_off{false};

// When the library is loaded.
[[maybe_unused]] const bool has_read_environment = [] {
  if (!on_or_off("PARKWAY_PRIORITIES")) {
    g_off.store(true, std::memory_order_relaxed);
  }
  return true;
}();

}  // namespace

std::int32_t priority_of(Worker& own) noexcept {
  constexpr std::uint64_t kSecond = 1000000000;
  if (g_off.load(std::memory_order_relaxed)) return 0;
  const std::int64_t now = os::coarse_nanotime();
  // By the difference: in a child with a time namespace of its own the clock
  // may be far behind.
  if (own.priority_read_at == 0 ||
      static_cast<std::uint64_t>(now - own.priority_read_at) >= kSecond) {
    own.priority = os::thread_priority();
    own.priority_read_at = now;
  }
  return own.priority;
}

std::int32_t own_priority() noexcept {
  if (t_worker != nullptr) return priority_of(*t_worker);
  return g_off.load(std::memory_order_relaxed) ? 0 : os::thread_priority();
}

}  // namespace internal

std::int32_t Platform::priority() noexcept { return internal::own_priority(); }

}  // namespace parkway
