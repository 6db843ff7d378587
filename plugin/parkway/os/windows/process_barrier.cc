// SPDX-License-Identifier: Apache-2.0

#include "parkway/os/os.h"
#include "parkway/os/windows/calls.h"

namespace parkway::os {

bool process_barrier() noexcept {
  if (!windows::has_process_barrier()) return false;
  windows::flush_process_write_buffers();
  return true;
}

// Nothing needs to be prepared, whatever threads there are.
bool prepare_process_barrier() noexcept {
  return windows::has_process_barrier();
}

}  // namespace parkway::os
