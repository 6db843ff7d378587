#include "parkway/rw_cond_var_slow.h"

namespace parkway {

template class BasicRwCondVar<Platform>;

}  // namespace parkway
