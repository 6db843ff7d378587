// SPDX-License-Identifier: Apache-2.0

#include "parkway/wait/wait_table.h"

namespace parkway::internal {

PaddedWaitBucket wait_table[kWaitBuckets];

}  // namespace parkway::internal
