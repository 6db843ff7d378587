// SPDX-License-Identifier: Apache-2.0

#include "parkway/task/park_slow.h"

namespace parkway {

template class BasicWaiter<ParkPlatform>;

}  // namespace parkway
