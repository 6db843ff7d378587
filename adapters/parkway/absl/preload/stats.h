// SPDX-License-Identifier: Apache-2.0

// What PARKWAY_STATS=1 prints.
#ifndef PARKWAY_ABSL_PRELOAD_STATS_H_
#define PARKWAY_ABSL_PRELOAD_STATS_H_

namespace parkway::preload {

// The copies of Abseil and the entries that were called, as a table on standard
// error.
void print_stats() noexcept;

}  // namespace parkway::preload

#endif  // PARKWAY_ABSL_PRELOAD_STATS_H_
