// SPDX-License-Identifier: Apache-2.0

// Objects that threads of this process are busy with all the time.
#ifndef PARKWAY_TESTS_PROCESS_BUSY_NEIGHBOURS_H_
#define PARKWAY_TESTS_PROCESS_BUSY_NEIGHBOURS_H_

#include <cstddef>

namespace parkway::test {

// They are at MeetingPlaces() from 0 to this; the rest is the tests' own.
inline constexpr std::size_t kBusyPlaces = 6;

// Starts threads that lock, wait for conditions and wake each other, in every
// table, until the process ends. Returns when all of them are at it.
void StartBusyNeighbours();

}  // namespace parkway::test

#endif  // PARKWAY_TESTS_PROCESS_BUSY_NEIGHBOURS_H_
