// SPDX-License-Identifier: Apache-2.0

// PARKWAY=watch: the host's own functions answer, and what waits in them is in
// the contention profile.
#ifndef PARKWAY_ABSL_PRELOAD_WATCH_H_
#define PARKWAY_ABSL_PRELOAD_WATCH_H_

#include "parkway/absl/preload/table.h"
#include "parkway/preload/copy_table.h"

namespace parkway::preload {

// Takes this copy for the one that is watched. False: there is another one, or
// it is gone. One in a process: which of several a call is for would have to be
// found out for each.
bool watch_copy(const CopyBase& copy) noexcept;

// What stands before the function of the watched copy; null where it neither
// waits nor lets go.
ParkwayCode watcher_of(const Entry& entry) noexcept;

}  // namespace parkway::preload

#endif  // PARKWAY_ABSL_PRELOAD_WATCH_H_
