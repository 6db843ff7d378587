// SPDX-License-Identifier: Apache-2.0

#include "parkway/lock/rw_cond_var_slow.h"

namespace parkway {

template class BasicRwCondVar<Platform>;

}  // namespace parkway
