// SPDX-License-Identifier: Apache-2.0

#include "parkway/preload/stock_wait.h"

#include <sys/resource.h>

namespace parkway::preload {
namespace {

[[gnu::tls_model("initial-exec")]] thread_local int t_waits = 0;

// How often the calling thread has given its CPU away in order to sleep: not by
// sched_yield().
long switches() noexcept {
  rusage usage;
  return getrusage(RUSAGE_THREAD, &usage) == 0 ? usage.ru_nvcsw : 0;
}

}  // namespace

StockWait::StockWait(WaitKind kind, const void* lock,
                     Certainty certainty) noexcept
    : certainty_(certainty) {
  const KeptErrno kept;
  waiting_.emplace(t_waits++ == 0, kind, lock);
  if (waiting_->noted()) switches_ = switches();
}

StockWait::~StockWait() {
  const KeptErrno kept;
  --t_waits;
  if (waiting_->noted()) {
    if (switches() != switches_) {
      waiting_->slept();
    } else if (certainty_ == kPerhaps) {
      waiting_->is_none();
    }
  }
  waiting_.reset();
}

bool in_stock_wait() noexcept { return t_waits != 0; }

}  // namespace parkway::preload
