#include "parkway/byte_mutex.h"

#include "parkway/address_wait_slow.h"
#include "parkway/futex_mutex_slow.h"

namespace parkway {

template class BasicFutexMutex<ByteFutex<Platform>>;

}  // namespace parkway
