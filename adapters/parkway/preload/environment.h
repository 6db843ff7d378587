// SPDX-License-Identifier: Apache-2.0

// What the environment says to every preload library.
#ifndef PARKWAY_PRELOAD_ENVIRONMENT_H_
#define PARKWAY_PRELOAD_ENVIRONMENT_H_

#include <cstddef>
#include <string_view>

namespace parkway::preload {

// Of a variable that is not there, an empty one. Its end is a null character.
std::string_view variable(const char* name) noexcept;

// PARKWAY=off or PARKWAY=watch, or what we can't make sense of: then with
// a sentence in `complaint`.
bool switched_off(char* complaint, std::size_t size) noexcept;

// PARKWAY=watch and a PARKWAY_PROFILE: the host's own locks are to be in the
// profile. Not in a process with more rights than its user, which has none.
bool watching() noexcept;

// PARKWAY=require: a process of which nothing is taken over is to fail.
bool takeover_required() noexcept;

// PARKWAY_STATS=1.
bool stats_asked_for() noexcept;

}  // namespace parkway::preload

#endif  // PARKWAY_PRELOAD_ENVIRONMENT_H_
