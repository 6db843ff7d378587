// SPDX-License-Identifier: Apache-2.0

// What a thread may wait for.
#ifndef PARKWAY_PROFILE_WAIT_KIND_H_
#define PARKWAY_PROFILE_WAIT_KIND_H_

#include <cstdint>

namespace parkway {

enum class WaitKind : std::uint8_t {
  kMutex,
  kReader,
  kWriter,
  // Of absl::Mutex::Await() and the like.
  kCondition,
  kConditionVariable,
  kNote,
  kSemaphore,
  // Those of a host library: a bounded queue, its other waits by address.
  kQueue,
  kAddress,
  // A worker without work.
  kWorker,
};
inline constexpr int kWaitKinds = 10;

// As it is written: "mutex", "rw_mutex, reader", "condition variable", ...
const char* name_of(WaitKind kind) noexcept;

}  // namespace parkway

#endif  // PARKWAY_PROFILE_WAIT_KIND_H_
