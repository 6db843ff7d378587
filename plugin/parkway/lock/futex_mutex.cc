// SPDX-License-Identifier: Apache-2.0

#include "parkway/lock/futex_mutex_slow.h"

namespace parkway {

template class BasicFutexMutex<Platform>;

}  // namespace parkway
