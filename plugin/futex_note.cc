#include "parkway/futex_note_slow.h"

namespace parkway {

template class BasicFutexNote<Platform>;

}  // namespace parkway
