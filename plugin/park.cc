#include "parkway/park_slow.h"

namespace parkway {

template class BasicWaiter<Platform>;

}  // namespace parkway
