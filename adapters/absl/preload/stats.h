// What PARKWAY_STATS=1 prints.
#ifndef PARKWAY_ADAPTERS_ABSL_PRELOAD_STATS_H_
#define PARKWAY_ADAPTERS_ABSL_PRELOAD_STATS_H_

#include "adapters/absl/preload/mode.h"

namespace parkway::preload {

// The entries that were called, as a table on standard error.
void print_stats(Mode mode) noexcept;

}  // namespace parkway::preload

#endif  // PARKWAY_ADAPTERS_ABSL_PRELOAD_STATS_H_
