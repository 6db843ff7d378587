// SPDX-License-Identifier: Apache-2.0

// Addresses that meet in parkway's tables: the same slot of sleepers, the same
// bucket of each table. In a program with many objects such are everywhere;
// here they are picked, so that strangers get into each other's way.
#ifndef PARKWAY_TESTS_PROCESS_PLACES_H_
#define PARKWAY_TESTS_PROCESS_PLACES_H_

#include <cstddef>

namespace parkway::test {

// How many there are, each with room for any subject.
inline constexpr std::size_t kPlaces = 12;

// Memory at places[0] to places[kPlaces - 1], all zero. Null if no such
// addresses were found. The search is made in a child, and leaves no trace
// here: as far as parkway can tell, it has never been used.
void* const* MeetingPlaces();

// One that meets them in the slot of sleepers, but in no bucket. Null
// if there is none.
void* PlaceInTheSlotAlone();

}  // namespace parkway::test

#endif  // PARKWAY_TESTS_PROCESS_PLACES_H_
