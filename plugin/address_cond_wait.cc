#include "parkway/address_cond_wait_slow.h"

namespace parkway {

template class BasicAddressCondWait<Platform>;

}  // namespace parkway
