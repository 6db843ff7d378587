// SPDX-License-Identifier: Apache-2.0

// oneapi/tbb/queuing_rw_mutex.h of an overlaid oneTBB: tbb::queuing_rw_mutex is
// parkway's.
//
// Included by that header only, after what upstream's includes
// (bazel/tbb_overlay.bzl).

#ifndef PARKWAY_TBB_OVERLAY_QUEUING_RW_MUTEX_H_
#define PARKWAY_TBB_OVERLAY_QUEUING_RW_MUTEX_H_

// Defined by the one source of oneTBB's library that has what programs compiled
// with upstream's class call (bazel/tbb_overlay.bzl). Not __TBB_BUILD: the
// registry's oneTBB defines that for its users as well.
#ifdef PARKWAY_TBB_STOCK_QUEUING_RW_MUTEX

#include "oneapi/tbb/_stock_queuing_rw_mutex.h"

#else

// Upstream's guard: a copy that is installed adds nothing.
#define __TBB_queuing_rw_mutex_H

#include "parkway/tbb/queuing_rw_mutex.h"

namespace tbb {
namespace detail {
namespace d1 {
using queuing_rw_mutex = ::parkway::tbb::queuing_rw_mutex;
using ::parkway::tbb::set_name;
}  // namespace d1
}  // namespace detail

inline namespace v1 {
using detail::d1::queuing_rw_mutex;
}  // namespace v1

namespace profiling {
using detail::d1::set_name;
}  // namespace profiling
}  // namespace tbb

#endif  // PARKWAY_TBB_STOCK_QUEUING_RW_MUTEX

#endif  // PARKWAY_TBB_OVERLAY_QUEUING_RW_MUTEX_H_
