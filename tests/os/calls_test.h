// SPDX-License-Identifier: Apache-2.0

// What the tests of the stand-ins have in common.
#ifndef PARKWAY_TESTS_OS_CALLS_TEST_H_
#define PARKWAY_TESTS_OS_CALLS_TEST_H_

#include <gtest/gtest.h>
#include <time.h>

#include <cstdint>
#include <set>

#include "tests/os/kernel.h"
#include "tests/suites/support.h"

namespace parkway::test {

inline constexpr std::int64_t kMillisecond = 1000000;
inline constexpr std::int64_t kHour = 3600000 * kMillisecond;

inline timespec TimeOf(std::int64_t nanoseconds) {
  timespec time{};
  time.tv_sec = static_cast<time_t>(nanoseconds / 1000000000);
  time.tv_nsec = static_cast<long>(nanoseconds % 1000000000);
  return time;
}

// What no kernel takes for a time.
inline constexpr timespec kBadTimes[] = {{-1, 0}, {0, -1}, {0, 1000000000}};

// What a sleep returns that a signal ends.
template <class F>
auto AfterSignal(kernel::End how, F sleep) {
  decltype(sleep()) result{};
  Thread sleeper([&] { result = sleep(); });
  EXPECT_TRUE(kernel::AwaitAllSleepers(1));
  kernel::SignalAll(how);
  sleeper.Join();
  return result;
}

// With faults a sleep whose end is near returns each of `all` sooner or later,
// and nothing else.
template <class T, class F>
void ExpectWithFaults(const std::set<T>& all, F sleep) {
  std::set<T> seen;
  kernel::SetFaults(2);
  for (int i = 0; i < 10000 && seen != all; ++i) seen.insert(sleep());
  kernel::SetFaults(0);
  EXPECT_EQ(seen, all);
}

}  // namespace parkway::test

#endif  // PARKWAY_TESTS_OS_CALLS_TEST_H_
