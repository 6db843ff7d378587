// SPDX-License-Identifier: Apache-2.0

#include <cstdint>

#include "parkway/tbb/preload/host/host_abi.h"
#include "parkway/tbb/preload/host/state.h"
#include "parkway/tbb/preload/workers/finalize.h"

namespace parkway::preload {
namespace {

[[gnu::tls_model("initial-exec")]] thread_local bool t_finalizing = false;

// Reset as well when the host throws unsafe_wait.
struct Finalizing {
  Finalizing() { t_finalizing = true; }
  ~Finalizing() { t_finalizing = false; }
};

}  // namespace

bool finalizing() noexcept { return t_finalizing; }

}  // namespace parkway::preload

namespace tbb::detail::r1 {

bool finalize(d1::task_scheduler_handle& handle, std::intptr_t mode) {
  using parkway::preload::kFinalize;
  parkway::preload::layers();
  const parkway::preload::Finalizing finalizing;
  return parkway::preload::host<decltype(finalize)>(kFinalize)(handle, mode);
}

}  // namespace tbb::detail::r1
