// SPDX-License-Identifier: Apache-2.0

// What PARKWAY_STATS=1 prints.
#ifndef PARKWAY_TBB_PRELOAD_HOST_STATS_H_
#define PARKWAY_TBB_PRELOAD_HOST_STATS_H_

namespace parkway::preload {

// As a table on standard error: the copies of oneTBB, and what happened over
// all of them.
void print_stats() noexcept;

}  // namespace parkway::preload

#endif  // PARKWAY_TBB_PRELOAD_HOST_STATS_H_
