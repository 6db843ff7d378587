#include "parkway/queuing_mutex_slow.h"

namespace parkway {

template class BasicQueuingMutex<Platform>;

}  // namespace parkway
