// SPDX-License-Identifier: Apache-2.0

#include "parkway/wait/sleepers.h"

namespace parkway::internal {

SleeperTable sleeper_table;

}  // namespace parkway::internal
