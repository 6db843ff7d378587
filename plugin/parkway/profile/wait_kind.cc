// SPDX-License-Identifier: Apache-2.0

#include "parkway/profile/wait_kind.h"

namespace parkway {

const char* name_of(WaitKind kind) noexcept {
  constexpr const char* kNames[] = {
      "mutex",
      "rw_mutex, reader",
      "rw_mutex, writer",
      "condition",
      "condition variable",
      "note",
      "semaphore",
      "queue",
      "address",
      "worker",
  };
  static_assert(sizeof(kNames) / sizeof(kNames[0]) == kWaitKinds);
  return kNames[static_cast<int>(kind)];
}

}  // namespace parkway
