// The build switch of an Abseil program, position "stock": Abseil's own types.
//
// A program includes "parkway/absl/switched.h" and depends on
// //adapters/absl:switched; the flag
// --//bazel:locks=stock|parkway selects this file or its twin in ../parkway.
// Both declare the same names, so that no line of the program changes.

#ifndef PARKWAY_ADAPTERS_ABSL_SWITCHED_H_
#define PARKWAY_ADAPTERS_ABSL_SWITCHED_H_

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

#endif  // PARKWAY_ADAPTERS_ABSL_SWITCHED_H_
