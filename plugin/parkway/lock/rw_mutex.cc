// SPDX-License-Identifier: Apache-2.0

#include "parkway/lock/rw_mutex_slow.h"

namespace parkway {

template class BasicRwMutex<Platform>;

}  // namespace parkway
