// SPDX-License-Identifier: Apache-2.0

// The layer conditions is only for a libc whose condition variables we know.
#include "parkway/tbb/preload/conditions/system_conditions.h"
#include "parkway/tbb/preload/host/layer_start.h"

namespace parkway::preload {

const LayerStart conditions_start = {
    kConditions, &conditions_are_known,
    "this libc's condition variables are not like glibc's from 2.25 on; "
    "without the layer conditions"};

}  // namespace parkway::preload
