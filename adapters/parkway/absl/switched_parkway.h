// SPDX-License-Identifier: Apache-2.0

// parkway/absl/switched.h with parkway's locks.
#ifndef PARKWAY_ABSL_SWITCHED_PARKWAY_H_
#define PARKWAY_ABSL_SWITCHED_PARKWAY_H_

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

#endif  // PARKWAY_ABSL_SWITCHED_PARKWAY_H_
