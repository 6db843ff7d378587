// SPDX-License-Identifier: Apache-2.0

#include "parkway/lock/cond_var_slow.h"

namespace parkway {

template class BasicCondVar<Platform>;

}  // namespace parkway
