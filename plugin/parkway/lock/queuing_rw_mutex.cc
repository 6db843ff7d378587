// SPDX-License-Identifier: Apache-2.0

#include "parkway/lock/queuing_rw_mutex_slow.h"

namespace parkway {

template class BasicQueuingRwMutex<Platform>;

}  // namespace parkway
