#include "parkway/queuing_rw_mutex_slow.h"

namespace parkway {

template class BasicQueuingRwMutex<Platform>;

}  // namespace parkway
