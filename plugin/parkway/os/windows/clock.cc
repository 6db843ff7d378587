// SPDX-License-Identifier: Apache-2.0

#include "parkway/os/call_failed.h"
#include "parkway/os/os.h"
#include "parkway/os/windows/system_header.h"

namespace parkway::os {
namespace {

// Ticks in a second, which stay the same while the system runs. 0: not asked
// yet; relaxed: everybody is told the same.
std::atomic<std::int64_t> g_frequency{0};

// Neither of the two fails since Windows XP.
std::int64_t frequency() noexcept {
  std::int64_t known = g_frequency.load(std::memory_order_relaxed);
  if (known == 0) {
    LARGE_INTEGER asked;
    if (!QueryPerformanceFrequency(&asked)) {
      call_failed("QueryPerformanceFrequency", last_error());
    }
    known = asked.QuadPart;
    g_frequency.store(known, std::memory_order_relaxed);
  }
  return known;
}

}  // namespace

std::int64_t nanotime() noexcept {
  constexpr std::int64_t kSecond = 1000000000;
  const std::int64_t per_second = frequency();
  LARGE_INTEGER ticks;
  if (!QueryPerformanceCounter(&ticks)) {
    call_failed("QueryPerformanceCounter", last_error());
  }
  // In two parts: ticks * kSecond does not fit after a quarter of an hour of
  // a counter of 10 MHz. The rest of a second does, up to 9 GHz.
  return ticks.QuadPart / per_second * kSecond +
         ticks.QuadPart % per_second * kSecond / per_second;
}

}  // namespace parkway::os
