// Note: the one-time event that the platform prefers.
#ifndef PARKWAY_NOTE_H_
#define PARKWAY_NOTE_H_

#include "parkway/futex_note.h"
#include "parkway/mutex.h"
#include "parkway/sema_note.h"

namespace parkway {

#if PARKWAY_USE_SEMA
using Note = SemaNote;
#else
using Note = FutexNote;
#endif

}  // namespace parkway

#endif  // PARKWAY_NOTE_H_
