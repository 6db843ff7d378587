// SPDX-License-Identifier: Apache-2.0

// What a layer does before the process decides to use it. The layers say it
// themselves, in their own folders; those that are not here have nothing to do.
#ifndef PARKWAY_TBB_PRELOAD_HOST_LAYER_START_H_
#define PARKWAY_TBB_PRELOAD_HOST_LAYER_START_H_

#include "parkway/tbb/preload/host/layers.h"

namespace parkway::preload {

struct LayerStart {
  Layers layer;
  // May be called by several threads at once, and before constructors ran.
  void (*start)() noexcept;
};

extern const LayerStart stacks_start;

}  // namespace parkway::preload

#endif  // PARKWAY_TBB_PRELOAD_HOST_LAYER_START_H_
