#include "parkway/futex_mutex_slow.h"

namespace parkway {

template class BasicFutexMutex<Platform>;

}  // namespace parkway
