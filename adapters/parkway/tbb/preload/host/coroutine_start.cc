// SPDX-License-Identifier: Apache-2.0

#include "parkway/tbb/preload/host/coroutine_start.h"

#include <cstdlib>

namespace parkway::preload {

void coroutine_start(void* start) {
  const auto& what = *static_cast<const CoroutineStart*>(start);
  what.function(what.first, what.second);
  // libtbb's never returns, and has set no uc_link.
  std::abort();
}

}  // namespace parkway::preload
