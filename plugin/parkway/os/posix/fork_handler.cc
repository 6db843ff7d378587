// SPDX-License-Identifier: Apache-2.0

#include <pthread.h>

#include "parkway/os/os.h"

namespace parkway::os {
namespace {

[[gnu::used]] const bool* const linked_with_handler = &keeps_code_mapped;

}  // namespace

bool at_fork_in_child(void (*fn)()) noexcept {
  return pthread_atfork(nullptr, nullptr, fn) == 0;
}

}  // namespace parkway::os
