// The build switch of a oneTBB program, position "parkway": parkway's types.
// See ../stock.

#ifndef PARKWAY_ADAPTERS_TBB_SWITCHED_H_
#define PARKWAY_ADAPTERS_TBB_SWITCHED_H_

#include "parkway/tbb/mutex.h"

namespace parkway {
namespace switched {
namespace tbb {

using mutex = ::parkway::tbb::mutex;

// Which position of the switch this program was built with.
inline constexpr char kLocks[] = "parkway";

}  // namespace tbb
}  // namespace switched
}  // namespace parkway

#endif  // PARKWAY_ADAPTERS_TBB_SWITCHED_H_
