// SPDX-License-Identifier: Apache-2.0

#include "parkway/wait/address_cond_wait_slow.h"

namespace parkway {

template class BasicAddressCondWait<Platform>;

}  // namespace parkway
