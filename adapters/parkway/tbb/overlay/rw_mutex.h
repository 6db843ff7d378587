// SPDX-License-Identifier: Apache-2.0

// oneapi/tbb/rw_mutex.h of an overlaid oneTBB: tbb::rw_mutex is parkway's.
//
// Included by that header only, after what upstream's includes
// (bazel/tbb_overlay.bzl).

#ifndef PARKWAY_TBB_OVERLAY_RW_MUTEX_H_
#define PARKWAY_TBB_OVERLAY_RW_MUTEX_H_

// Upstream's guard: a copy that is installed adds nothing.
#define __TBB_rw_mutex_H

#include "parkway/tbb/rw_mutex.h"

namespace tbb {
namespace detail {
namespace d1 {
using rw_mutex = ::parkway::tbb::rw_mutex;
using ::parkway::tbb::set_name;
}  // namespace d1
}  // namespace detail

inline namespace v1 {
using detail::d1::rw_mutex;
}  // namespace v1

namespace profiling {
using detail::d1::set_name;
}  // namespace profiling
}  // namespace tbb

#endif  // PARKWAY_TBB_OVERLAY_RW_MUTEX_H_
