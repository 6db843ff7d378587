// SPDX-License-Identifier: Apache-2.0

// PARKWAY=watch: what the profile is told of the host's own locks, by functions
// that stand before the host's and call them.
#ifndef PARKWAY_PRELOAD_STOCK_WAIT_H_
#define PARKWAY_PRELOAD_STOCK_WAIT_H_

#include <cerrno>
#include <optional>

#include "parkway/profile/contention.h"
#include "parkway/profile/wait_kind.h"
#include "parkway/wait/wait_platform.h"

namespace parkway::preload {

// While it lives errno may change: it is as before afterwards.
class KeptErrno {
 public:
  KeptErrno() : saved_(errno) {}
  ~KeptErrno() { errno = saved_; }
  KeptErrno(const KeptErrno&) = delete;
  KeptErrno& operator=(const KeptErrno&) = delete;

 private:
  const int saved_;
};

// While it lives the calling thread is in a function of the host that waits.
// One within another one is not told: the time would count twice.
class StockWait {
 public:
  enum Certainty {
    kCertain,
    // Nobody knows before the call whether it has to wait: it was a wait if the
    // thread has slept in it.
    kPerhaps,
  };
  StockWait(WaitKind kind, const void* lock, Certainty certainty) noexcept;
  ~StockWait();
  StockWait(const StockWait&) = delete;
  StockWait& operator=(const StockWait&) = delete;

 private:
  std::optional<::parkway::internal::Waiting<Platform>> waiting_;
  const Certainty certainty_;
  long switches_ = 0;
};

// Whether the calling thread is in such a wait.
bool in_stock_wait() noexcept;

// Before the host's function that gives `lock` back, or wakes a waiter of it.
// Nothing within a wait: that is the waiter's own, at its end.
inline void stock_releases(WaitKind kind, const void* lock) noexcept {
  if (in_stock_wait()) return;
  const KeptErrno kept;
  ::parkway::internal::releasing<Platform>(kind, lock);
}

}  // namespace parkway::preload

#endif  // PARKWAY_PRELOAD_STOCK_WAIT_H_
