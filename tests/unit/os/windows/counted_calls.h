// SPDX-License-Identifier: Apache-2.0

// How many of its system calls plugin/parkway/os/windows has made.
#ifndef PARKWAY_TESTS_UNIT_OS_WINDOWS_COUNTED_CALLS_H_
#define PARKWAY_TESTS_UNIT_OS_WINDOWS_COUNTED_CALLS_H_

#include <cstdint>

namespace parkway::test {

struct Calls {
  std::uint64_t sleeps = 0;
  std::uint64_t wakes = 0;
  std::uint64_t events = 0;  // made or closed
  std::uint64_t barriers = 0;
  std::uint64_t all() const { return sleeps + wakes + events + barriers; }
};

// Of all threads so far.
Calls CountedCalls();

}  // namespace parkway::test

#endif  // PARKWAY_TESTS_UNIT_OS_WINDOWS_COUNTED_CALLS_H_
