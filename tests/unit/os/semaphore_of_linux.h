// SPDX-License-Identifier: Apache-2.0

// What a test may know of semaphore_of_linux.cc.
#ifndef PARKWAY_TESTS_UNIT_OS_SEMAPHORE_OF_LINUX_H_
#define PARKWAY_TESTS_UNIT_OS_SEMAPHORE_OF_LINUX_H_

#include <chrono>
#include <cstdint>

namespace parkway::test {

// How many wakeups were made so far.
std::uint64_t Wakeups();

// From now on a wakeup comes that much after it was decided on.
void DelayWakeups(std::chrono::nanoseconds time);

}  // namespace parkway::test

#endif  // PARKWAY_TESTS_UNIT_OS_SEMAPHORE_OF_LINUX_H_
