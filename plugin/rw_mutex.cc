#include "parkway/rw_mutex_slow.h"

namespace parkway {

template class BasicRwMutex<Platform>;

}  // namespace parkway
