// SPDX-License-Identifier: Apache-2.0

#include "parkway/lock/sema_mutex_slow.h"

namespace parkway {

template class BasicSemaMutex<Platform>;

}  // namespace parkway
