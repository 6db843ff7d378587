// SPDX-License-Identifier: Apache-2.0

// dlclose() of the whole process, for libraries that must not go away, and to
// hear of those that do.
#ifndef PARKWAY_PRELOAD_UNLOADING_H_
#define PARKWAY_PRELOAD_UNLOADING_H_

namespace parkway::preload {

// The library of that path, which is loaded now, stays loaded for good. Takes
// no lock: the next dlclose() of the process sees to it, before it closes
// anything. `path` is the dynamic linker's own text. Not more than
// kMostKept paths in a process: more are not kept.
void keep_loaded(const char* path) noexcept;
inline constexpr int kMostKept = 16;

}  // namespace parkway::preload

#endif  // PARKWAY_PRELOAD_UNLOADING_H_
