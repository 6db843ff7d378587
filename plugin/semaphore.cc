#include "parkway/semaphore_slow.h"

namespace parkway {

template class BasicSemaphore<Platform>;

}  // namespace parkway
