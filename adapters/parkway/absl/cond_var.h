// SPDX-License-Identifier: Apache-2.0

// CondVar: a condition variable for Mutex, with Abseil's interface.
//
// Origin: the class of the same name in absl/synchronization/mutex.h. The
// algorithm is parkway/lock/rw_cond_var.h's.
#ifndef PARKWAY_ABSL_COND_VAR_H_
#define PARKWAY_ABSL_COND_VAR_H_

#include <cstdint>

#include "absl/base/optimization.h"
#include "absl/time/time.h"
#include "parkway/absl/deadline.h"
#include "parkway/absl/events.h"
#include "parkway/absl/mutex.h"
#include "parkway/absl/namespace.h"
#include "parkway/lock/rw_cond_var.h"

PARKWAY_ABSL_NAMESPACE_BEGIN

// Every wait gives `mu`, which the calling thread holds in either mode, back
// while it sleeps and holds it again when it returns. Callers test their
// condition in a loop. A signal that finds `mu` held moves its waiter to the
// queue of `mu` instead of waking it. Ordering is that of the mutex. It may be
// destroyed when all waiters have been signalled.
class CondVar {
 public:
  constexpr CondVar() noexcept = default;
  CondVar(const CondVar&) = delete;
  CondVar& operator=(const CondVar&) = delete;
  ~CondVar() {
    if (ABSL_PREDICT_FALSE(::parkway::kChecks || impl_.marked())) Forget();
  }

  // Sleeps until signalled.
  void Wait(Mutex* mu) { WaitCommon(mu, internal::kNever); }
  // Sleeps until signalled or until the time is up. True if it gave up because
  // of the time. A limit that is past releases and takes `mu` once.
  bool WaitWithTimeout(Mutex* mu, ::absl::Duration timeout) {
    return WaitCommon(mu, internal::DeadlineAfter(timeout));
  }
  bool WaitWithDeadline(Mutex* mu, ::absl::Time deadline) {
    return WaitCommon(mu, internal::DeadlineAt(deadline));
  }

  // Wake the longest waiter, if there is one, or all that wait at this moment.
  void Signal() {
    if (ABSL_PREDICT_FALSE(impl_.waited_on() || impl_.marked())) SignalSlow();
  }
  void SignalAll() {
    if (ABSL_PREDICT_FALSE(impl_.waited_on() || impl_.marked())) {
      SignalAllSlow();
    }
  }

  // Writes a line with `name` (copied; may be null) to standard error for each
  // thing that happens to the condition variable.
  void EnableDebugLog(const char* name);

 private:
  bool WaitCommon(Mutex* mu, std::int64_t deadline);
  void SignalSlow();
  void SignalAllSlow();
  void Forget();

  ::parkway::RwCondVar impl_;
};

PARKWAY_ABSL_NAMESPACE_END

#endif  // PARKWAY_ABSL_COND_VAR_H_
