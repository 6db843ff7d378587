#include "parkway/sleepers.h"

namespace parkway::internal {

SleeperTable sleeper_table;

}  // namespace parkway::internal
