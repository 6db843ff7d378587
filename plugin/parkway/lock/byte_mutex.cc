// SPDX-License-Identifier: Apache-2.0

#include "parkway/lock/byte_mutex.h"

#include "parkway/lock/futex_mutex_slow.h"
#include "parkway/wait/address_wait_slow.h"

namespace parkway {

template class BasicFutexMutex<ByteFutex<Platform>>;
template class BasicFutexMutex<SharedByteFutex<Platform>>;

}  // namespace parkway
