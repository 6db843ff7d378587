#include "parkway/sema_mutex_slow.h"

namespace parkway {

template class BasicSemaMutex<Platform>;

}  // namespace parkway
