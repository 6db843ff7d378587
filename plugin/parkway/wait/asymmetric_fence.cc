// SPDX-License-Identifier: Apache-2.0

#include "parkway/wait/asymmetric_fence.h"

namespace parkway::internal {

PaddedAsymmetricFence asymmetric_fence;

}  // namespace parkway::internal
