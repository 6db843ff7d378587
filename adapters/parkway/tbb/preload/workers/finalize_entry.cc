// SPDX-License-Identifier: Apache-2.0

#include <cstdint>

#include "parkway/tbb/preload/host/copies.h"
#include "parkway/tbb/preload/host/host_abi.h"
#include "parkway/tbb/preload/host/variants.h"
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
namespace {

bool finalize_of(const parkway::preload::Copy& copy,
                 d1::task_scheduler_handle& handle, std::intptr_t mode) {
  const parkway::preload::Finalizing finalizing;
  return parkway::preload::host<decltype(finalize)>(
      copy, parkway::preload::kFinalize)(handle, mode);
}

}  // namespace

bool finalize(d1::task_scheduler_handle& handle, std::intptr_t mode) {
  return finalize_of(parkway::preload::copy_for(__builtin_return_address(0),
                                                parkway::preload::kFinalize),
                     handle, mode);
}

}  // namespace tbb::detail::r1

const parkway::preload::Variants&
parkway::preload::finalize_variants() noexcept {
  static const Variants variants =
      variants_of<&::tbb::detail::r1::finalize_of>();
  return variants;
}
