// SPDX-License-Identifier: Apache-2.0

// The rest of the members, as releases from 20240722 on declare them: waits are
// inline down to one function each, which takes a KernelTimeout, and a
// Condition has the layout of ours. Compiled without NDEBUG, because with it
// the header has ~Mutex() inline, while a host that was compiled without (as
// Debian's) exports it. A program with NDEBUG does not tell us of the end of
// a Mutex: like the host, we then go on thinking of it in the deadlock
// detection, and in the debug log and the invariants of one that was given
// these (which NDEBUG programs should leave alone).
#include <cstddef>
#include <cstring>

#include "absl/synchronization/internal/kernel_timeout.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "parkway/absl/preload/locks/ours.h"

namespace absl {
ABSL_NAMESPACE_BEGIN

namespace ours = ::parkway::preload::ours;
using ::parkway::preload::as;
using synchronization_internal::KernelTimeout;

namespace {

const ours::Condition& our(const Condition& condition) {
  static_assert(sizeof(ours::Condition) == sizeof(Condition));
  return as<ours::Condition>(&condition);
}

// REQUIRES: t.has_timeout().
absl::Duration remaining(KernelTimeout t) {
  return absl::FromChrono(t.ToChronoDuration());
}

bool Dereference(void* flag) { return *static_cast<bool*>(flag); }

}  // namespace

void Mutex::Dtor() { as<ours::Mutex>(this).~Mutex(); }

bool Mutex::AwaitCommon(const Condition& cond, KernelTimeout t) {
  auto& mutex = as<ours::Mutex>(this);
  if (t.has_timeout()) return mutex.AwaitWithTimeout(our(cond), remaining(t));
  mutex.Await(our(cond));
  return true;
}

bool Mutex::LockWhenCommon(const Condition& cond, KernelTimeout t, bool write) {
  auto& mutex = as<ours::Mutex>(this);
  if (t.has_timeout()) {
    return write ? mutex.LockWhenWithTimeout(our(cond), remaining(t))
                 : mutex.ReaderLockWhenWithTimeout(our(cond), remaining(t));
  }
  write ? mutex.LockWhen(our(cond)) : mutex.ReaderLockWhen(our(cond));
  return true;
}

bool CondVar::WaitCommon(Mutex* mutex, KernelTimeout t) {
  auto& cv = as<ours::CondVar>(this);
  auto& mu = as<ours::Mutex>(mutex);
  if (t.has_timeout()) return cv.WaitWithTimeout(&mu, remaining(t));
  cv.Wait(&mu);
  return false;
}

// Conditions are made by the program and by the host's own code, so they stay
// what Abseil's are.
Condition::Condition(bool (*func)(void*), void* arg)
    : eval_(&CallVoidPtrFunction), arg_(arg) {
  StoreCallback(func);
}
Condition::Condition(const bool* cond)
    : eval_(&CallVoidPtrFunction), arg_(const_cast<bool*>(cond)) {
  StoreCallback(&Dereference);
}
bool Condition::CallVoidPtrFunction(const Condition* c) {
  bool (*function)(void*);
  c->ReadCallback(&function);
  return function(c->arg_);
}
bool Condition::Eval() const {
  // In the order in which ours has them.
  static_assert(offsetof(Condition, callback_) == 0 &&
                offsetof(Condition, eval_) == sizeof(callback_) &&
                offsetof(Condition, arg_) == sizeof(callback_) + sizeof(eval_));
  return eval_(this);
}
bool Condition::GuaranteedEqual(const Condition* a, const Condition* b) {
  if (a == nullptr || b == nullptr) return a == b;
  return a->eval_ == b->eval_ && a->arg_ == b->arg_ &&
         std::memcmp(a->callback_, b->callback_, sizeof(a->callback_)) == 0;
}

ABSL_NAMESPACE_END
}  // namespace absl
