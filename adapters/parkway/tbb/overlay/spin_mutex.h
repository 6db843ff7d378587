// SPDX-License-Identifier: Apache-2.0

// oneapi/tbb/spin_mutex.h of an overlaid oneTBB: tbb::spin_mutex is parkway's.
//
// Included by that header only (bazel/tbb_overlay.bzl).

#ifndef PARKWAY_TBB_OVERLAY_SPIN_MUTEX_H_
#define PARKWAY_TBB_OVERLAY_SPIN_MUTEX_H_

#include "parkway/tbb/spin_mutex.h"

// tbb::speculative_spin_mutex stays upstream's: it is made of upstream's
// spin_mutex, which is kept for that under another name. This also brings what
// upstream's header includes.
#define spin_mutex stock_spin_mutex
#include "oneapi/tbb/_stock_spin_mutex.h"
#include "oneapi/tbb/detail/_stock_rtm_mutex.h"
#undef spin_mutex

namespace tbb {
namespace detail {
namespace d1 {
using spin_mutex = ::parkway::tbb::spin_mutex;
using ::parkway::tbb::set_name;
}  // namespace d1
}  // namespace detail

inline namespace v1 {
using detail::d1::spin_mutex;
}  // namespace v1

namespace profiling {
using detail::d1::set_name;
}  // namespace profiling
}  // namespace tbb

#endif  // PARKWAY_TBB_OVERLAY_SPIN_MUTEX_H_
