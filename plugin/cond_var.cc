#include "parkway/cond_var_slow.h"

namespace parkway {

template class BasicCondVar<Platform>;

}  // namespace parkway
