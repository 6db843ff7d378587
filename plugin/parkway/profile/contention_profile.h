// SPDX-License-Identifier: Apache-2.0

// The contention profile: who waits for which lock, for how long, and who lets
// it go. Of all primitives, both adapters and tasks.
//
//   parkway::start_profile();
//   ...
//   parkway::write_profile(parkway::ProfileFormat::kPprof, "locks.prof");
//
// A program that is preloaded asks for it by PARKWAY_PROFILE=FILE
// (docs/guide/measure.md).
//
// Only waits are noted: a lock that is free at once, and an unlock that wakes
// nobody, do not know of it. Without a profile a wait costs one load, one
// branch and two calls of empty functions more. With one, one of so many waits
// takes two stacks, some microseconds. The idea of adding up what others had to
// wait, by the stack of who let go, is that of Go's mutex profile.
#ifndef PARKWAY_PROFILE_CONTENTION_PROFILE_H_
#define PARKWAY_PROFILE_CONTENTION_PROFILE_H_

#include <cstdint>

#include "parkway/profile/profile_format.h"
#include "parkway/profile/wait_kind.h"

namespace parkway {

// From now on one of `one_in` waits is noted, by chance, and stands for as
// many. 1: each. 0 is taken for 1. What was noted before is kept. False if
// there is no memory for the notes (3 MiB, once). Any thread, at any time.
bool start_profile(std::uint32_t one_in = 100) noexcept;

// No wait that begins from now on is noted. What was noted is kept.
void stop_profile() noexcept;

// Forgets what was noted; the profile, if it runs, goes on from here. A wait
// that is going on is noted when it ends.
void clear_profile() noexcept;

// Writes what was noted so far; the profile goes on. Allocates, from this
// thread's malloc. False if there is no profile, no memory, or `sink` says so.
bool write_profile(ProfileFormat format, ProfileSink sink,
                   void* context) noexcept;

// The same into a file, which is made or emptied. False also if that fails;
// then errno says why.
bool write_profile(ProfileFormat format, const char* path) noexcept;

// Gives a lock, or whatever is waited for by address, a name in what is
// written; the text is copied, up to 63 characters. Null: it has none any more,
// which whoever destroys it should say. Kept only while there is a profile, for
// 1024 locks at most. False: not kept.
bool set_lock_name(const void* lock, const char* name) noexcept;

}  // namespace parkway

#endif  // PARKWAY_PROFILE_CONTENTION_PROFILE_H_
