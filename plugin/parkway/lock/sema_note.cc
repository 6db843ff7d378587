// SPDX-License-Identifier: Apache-2.0

#include "parkway/lock/sema_note_slow.h"

namespace parkway {

template class BasicSemaNote<Platform>;

}  // namespace parkway
