#include "parkway/asymmetric_fence.h"

namespace parkway::internal {

PaddedAsymmetricFence asymmetric_fence;

}  // namespace parkway::internal
