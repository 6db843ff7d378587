// SPDX-License-Identifier: Apache-2.0

#include "parkway/absl/cond_var.h"

#include "parkway/absl/fatal.h"
#include "parkway/base/checks.h"
#include "parkway/profile.h"

PARKWAY_ABSL_NAMESPACE_BEGIN

using internal::EventKind;

bool CondVar::WaitCommon(Mutex* mu, std::int64_t deadline) {
  mu->AssertReaderHeld();
  const bool shared = !mu->impl_.is_locked();
  if (impl_.marked()) internal::PostEvent(this, EventKind::kWait);
  if (mu->impl_.may_be_slow()) {
    internal::PostEvent(mu,
                        shared ? EventKind::kReaderUnlock : EventKind::kUnlock);
  }
  internal::cond_var_tracer("Wait", this);
  // The deadlock detection goes on counting `mu` as held, as upstream's does:
  // taking it again must not contradict what the thread took in between.
  const bool signalled = impl_.wait(mu->impl_, shared, deadline);
  internal::cond_var_tracer("Unwait", this);
  if (impl_.marked()) internal::PostEvent(this, EventKind::kWaitReturning);
  return !signalled;
}

void CondVar::SignalSlow() {
  if (impl_.marked()) internal::PostEvent(this, EventKind::kSignal);
  if (impl_.notify_one()) internal::cond_var_tracer("Signal wakeup", this);
}

void CondVar::SignalAllSlow() {
  if (impl_.marked()) internal::PostEvent(this, EventKind::kSignalAll);
  if (impl_.notify_all()) internal::cond_var_tracer("SignalAll wakeup", this);
}

void CondVar::EnableDebugLog(const char* name) {
  if (!impl_.marked()) internal::ForgetEvent(this);
  internal::EnsureEvent(this, name, true);
  internal::SetLog(this, true);
  impl_.mark();
  ::parkway::set_lock_name(&impl_, name);
}

void CondVar::Forget() {
  if (::parkway::kChecks && impl_.waited_on()) {
    internal::Fatal("CondVar", this, "destroyed while threads wait on it");
  }
  if (impl_.marked()) {
    internal::ForgetEvent(this);
    ::parkway::set_lock_name(&impl_, nullptr);
  }
}

PARKWAY_ABSL_NAMESPACE_END
