// SPDX-License-Identifier: Apache-2.0

// parkway/absl/switched.h with the host's own locks.
#ifndef PARKWAY_ABSL_SWITCHED_STOCK_H_
#define PARKWAY_ABSL_SWITCHED_STOCK_H_

#include "absl/synchronization/mutex.h"
#include "absl/synchronization/notification.h"

namespace parkway {
namespace switched {
namespace absl {

using Mutex = ::absl::Mutex;
using MutexLock = ::absl::MutexLock;
using CondVar = ::absl::CondVar;
using Notification = ::absl::Notification;

// Which position of the switch this program was built with; "overlay" where
// Abseil's own types are parkway's, see bazel/absl_overlay.bzl.
#ifdef PARKWAY_IS_ABSL
inline constexpr char kLocks[] = "overlay";
#else
inline constexpr char kLocks[] = "stock";
#endif

}  // namespace absl
}  // namespace switched
}  // namespace parkway

#endif  // PARKWAY_ABSL_SWITCHED_STOCK_H_
