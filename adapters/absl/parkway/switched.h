// The build switch of an Abseil program, position "parkway": parkway's types.
// See ../stock.

#ifndef PARKWAY_ADAPTERS_ABSL_SWITCHED_H_
#define PARKWAY_ADAPTERS_ABSL_SWITCHED_H_

#include "parkway/absl/mutex.h"
#include "parkway/absl/notification.h"

namespace parkway {
namespace switched {
namespace absl {

using Mutex = ::parkway::absl::Mutex;
using MutexLock = ::parkway::absl::MutexLock;
using CondVar = ::parkway::absl::CondVar;
using Notification = ::parkway::absl::Notification;

// Which position of the switch this program was built with.
inline constexpr char kLocks[] = "parkway";

}  // namespace absl
}  // namespace switched
}  // namespace parkway

#endif  // PARKWAY_ADAPTERS_ABSL_SWITCHED_H_
