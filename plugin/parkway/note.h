// SPDX-License-Identifier: Apache-2.0

// Note: the one-time event that the platform prefers.
#ifndef PARKWAY_NOTE_H_
#define PARKWAY_NOTE_H_

#include "parkway/lock/futex_note.h"
#include "parkway/lock/sema_note.h"
#include "parkway/mutex.h"

namespace parkway {

#if PARKWAY_USE_SEMA
using Note = SemaNote;
#else
using Note = FutexNote;
#endif

}  // namespace parkway

#endif  // PARKWAY_NOTE_H_
