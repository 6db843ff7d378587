// SPDX-License-Identifier: Apache-2.0

// What a mutex tells a profiler: the ITT notifications that oneTBB's own
// mutexes send in a program that is compiled with TBB_USE_PROFILING_TOOLS.
// Without it there is nothing left of them, and a mutex can be made at compile
// time.
#ifndef PARKWAY_TBB_PROFILING_H_
#define PARKWAY_TBB_PROFILING_H_

#include "oneapi/tbb/profiling.h"
#include "parkway/os/language.h"
#include "parkway/profile.h"

#if TBB_USE_PROFILING_TOOLS
// Of a mutex's constructor: it calls the library.
#define PARKWAY_TBB_CONSTEXPR
#else
#define PARKWAY_TBB_CONSTEXPR constexpr
#endif

namespace parkway {
namespace tbb {
namespace profiling {

namespace host = ::tbb::detail::d1;

// `type`: what the profiler shows. A string literal.
inline PARKWAY_TBB_CONSTEXPR void created([[maybe_unused]] void* mutex,
                                          [[maybe_unused]] const char* type) {
#if TBB_USE_PROFILING_TOOLS
  host::create_itt_sync(mutex, type, "");
#endif
}

// About to wait, or to try; holds it; about to give it back.
inline void preparing(void* mutex) {
  host::call_itt_notify(host::prepare, mutex);
}
inline void acquired(void* mutex) {
  host::call_itt_notify(host::acquired, mutex);
}
inline void releasing(void* mutex) {
  host::call_itt_notify(host::releasing, mutex);
}

inline void named([[maybe_unused]] void* mutex,
                  const char* name) {
  set_lock_name(mutex, name);
#if TBB_USE_PROFILING_TOOLS
  host::itt_set_sync_name(mutex, name);
#endif
}

}  // namespace profiling
}  // namespace tbb
}  // namespace parkway

#endif  // PARKWAY_TBB_PROFILING_H_
