#include "parkway/sema_note_slow.h"

namespace parkway {

template class BasicSemaNote<Platform>;

}  // namespace parkway
