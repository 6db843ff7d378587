// SPDX-License-Identifier: Apache-2.0

#include "parkway/tbb/preload/host/counters.h"

namespace parkway::preload::internal {

std::atomic<bool> counting{false};
std::atomic<std::uint64_t> counters[kCounters];

}  // namespace parkway::preload::internal
