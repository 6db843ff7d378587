// SPDX-License-Identifier: Apache-2.0

#include "parkway/lock/futex_note_slow.h"

namespace parkway {

template class BasicFutexNote<Platform>;

}  // namespace parkway
