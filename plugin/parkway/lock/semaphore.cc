// SPDX-License-Identifier: Apache-2.0

#include "parkway/lock/semaphore_slow.h"

namespace parkway {

template class BasicSemaphore<Platform>;

}  // namespace parkway
