// SPDX-License-Identifier: Apache-2.0

#include <atomic>

#include "parkway/os/freebsd/calls.h"
#include "parkway/os/os.h"

namespace parkway::os {
namespace {

// Somebody has been told that there is a barrier.
std::atomic<bool> g_prepared{false};

// By the kernel's number, not by trying: it ends programs that make a call that
// it does not know. The first development versions of 15 had no such call.
bool kernel_has_it() {
  const int release = freebsd::kernel_release();
  return release >= 1500002 || (release >= 1401000 && release < 1500000);
}

bool registered() {
  return freebsd::membarrier(freebsd::kRegisterPrivateExpedited) == 0;
}

}  // namespace

bool process_barrier() noexcept {
  // relaxed: whoever relies on the barrier was told so after it was set.
  if (!g_prepared.load(std::memory_order_relaxed)) return false;
  const int error = freebsd::membarrier(freebsd::kPrivateExpedited);
  if (error == 0) return true;
  // The child of a fork is a process that has not registered yet.
  return error == freebsd::kEperm && registered() &&
         freebsd::membarrier(freebsd::kPrivateExpedited) == 0;
}

bool prepare_process_barrier() noexcept {
  // A process that has threads already does not wait for that here.
  if (!kernel_has_it() || !registered()) return false;
  g_prepared.store(true, std::memory_order_relaxed);
  return true;
}

}  // namespace parkway::os
