// SPDX-License-Identifier: Apache-2.0

// The layer waits decides which fence its notifies take.
#include "parkway/tbb/preload/host/layer_start.h"
#include "parkway/wait/asymmetric_fence.h"

namespace parkway::preload {
namespace {

// Each suspended task notifies, and most programs have nobody who waits.
bool decide_fence() noexcept {
  Platform::asymmetric_fence().decide();
  return true;
}

}  // namespace

const LayerStart waits_start = {kWaits, &decide_fence, nullptr};

}  // namespace parkway::preload
