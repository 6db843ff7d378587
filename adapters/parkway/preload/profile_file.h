// SPDX-License-Identifier: Apache-2.0

// PARKWAY_PROFILE=FILE: the contention profile (parkway/profile.h) of a program
// that is preloaded.
#ifndef PARKWAY_PRELOAD_PROFILE_FILE_H_
#define PARKWAY_PRELOAD_PROFILE_FILE_H_

#include <cstddef>
#include <string_view>

#include "parkway/profile.h"

namespace parkway::preload {

// When the library, whose file name is given, is loaded. Says what is wrong
// with the variables, and then there is no profile. Ignored where the process
// runs with more rights than its user.
void start_profile_if_asked_for(const char* library) noexcept;

// At exit: by the process that has started it, or by each one if the name has
// a %p. Says why if the file can't be written; only regular files are, and
// never through a symbolic link. Nothing if the library took over nothing: then
// another process writes that file.
void write_profile_if_asked_for(const char* library, bool took_over) noexcept;

// By the end of a file's name: .txt, .trace.json, .json, .releases; else
// pprof's.
ProfileFormat format_of(std::string_view path) noexcept;

// The name with its %p, the process, %h, the host ("tbb"), and %%. False if it
// does not fit or has another letter.
bool fill_in(std::string_view name, int process, std::string_view host,
             char* path, std::size_t size) noexcept;

}  // namespace parkway::preload

#endif  // PARKWAY_PRELOAD_PROFILE_FILE_H_
