// SPDX-License-Identifier: Apache-2.0

#include "parkway/lock/queuing_mutex_slow.h"

namespace parkway {

template class BasicQueuingMutex<Platform>;

}  // namespace parkway
