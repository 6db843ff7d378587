// SPDX-License-Identifier: Apache-2.0

// The rest of the members, as releases up to 20220623 declare them: all waits
// out of line, and a Condition of 40 bytes.
#include <cstddef>
#include <cstring>

#include "absl/synchronization/mutex.h"
#include "parkway/absl/preload/locks/ours.h"

namespace absl {
ABSL_NAMESPACE_BEGIN

namespace ours = ::parkway::preload::ours;
using ::parkway::preload::as;

namespace {

// Condition's members, which are private.
struct Parts {
  bool (*eval)(const Condition*);
  bool (*function)(void*);
  bool (Condition::*method)();
  void* arg;
};

struct Any {};

// Ours that says the same. Both forms are called through another type than
// the one they were made of, which is what Abseil does as well; two that are
// equal to Abseil are equal to us.
ours::Condition our(const Condition& condition) {
  Parts parts;
  static_assert(sizeof(parts) == sizeof(condition));
  std::memcpy(&parts, &condition, sizeof(parts));
  if (parts.eval == nullptr) return ours::Condition::kTrue;
  if (parts.function != nullptr) {
    return ours::Condition(parts.function, parts.arg);
  }
  return ours::Condition(static_cast<Any*>(parts.arg),
                         reinterpret_cast<bool (Any::*)()>(parts.method));
}

bool Dereference(void* flag) { return *static_cast<bool*>(flag); }

}  // namespace

Mutex::~Mutex() { as<ours::Mutex>(this).~Mutex(); }

void Mutex::Await(const Condition& cond) {
  as<ours::Mutex>(this).Await(our(cond));
}
bool Mutex::AwaitWithTimeout(const Condition& cond, absl::Duration timeout) {
  return as<ours::Mutex>(this).AwaitWithTimeout(our(cond), timeout);
}
bool Mutex::AwaitWithDeadline(const Condition& cond, absl::Time deadline) {
  return as<ours::Mutex>(this).AwaitWithDeadline(our(cond), deadline);
}
void Mutex::LockWhen(const Condition& cond) {
  as<ours::Mutex>(this).LockWhen(our(cond));
}
bool Mutex::LockWhenWithTimeout(const Condition& cond, absl::Duration timeout) {
  return as<ours::Mutex>(this).LockWhenWithTimeout(our(cond), timeout);
}
bool Mutex::LockWhenWithDeadline(const Condition& cond, absl::Time deadline) {
  return as<ours::Mutex>(this).LockWhenWithDeadline(our(cond), deadline);
}
void Mutex::ReaderLockWhen(const Condition& cond) {
  as<ours::Mutex>(this).ReaderLockWhen(our(cond));
}
bool Mutex::ReaderLockWhenWithTimeout(const Condition& cond,
                                      absl::Duration timeout) {
  return as<ours::Mutex>(this).ReaderLockWhenWithTimeout(our(cond), timeout);
}
bool Mutex::ReaderLockWhenWithDeadline(const Condition& cond,
                                       absl::Time deadline) {
  return as<ours::Mutex>(this).ReaderLockWhenWithDeadline(our(cond), deadline);
}

CondVar::~CondVar() { as<ours::CondVar>(this).~CondVar(); }
void CondVar::Wait(Mutex* mu) {
  as<ours::CondVar>(this).Wait(&as<ours::Mutex>(mu));
}
bool CondVar::WaitWithTimeout(Mutex* mu, absl::Duration timeout) {
  return as<ours::CondVar>(this).WaitWithTimeout(&as<ours::Mutex>(mu), timeout);
}
bool CondVar::WaitWithDeadline(Mutex* mu, absl::Time deadline) {
  return as<ours::CondVar>(this).WaitWithDeadline(&as<ours::Mutex>(mu),
                                                  deadline);
}

// Conditions are made by the program and by the host's own code, so they stay
// what Abseil's are.
Condition::Condition()
    : eval_(nullptr), function_(nullptr), method_(nullptr), arg_(nullptr) {}
Condition::Condition(bool (*func)(void*), void* arg)
    : eval_(&CallVoidPtrFunction),
      function_(func),
      method_(nullptr),
      arg_(arg) {}
Condition::Condition(const bool* cond)
    : eval_(&CallVoidPtrFunction),
      function_(&Dereference),
      method_(nullptr),
      arg_(const_cast<bool*>(cond)) {}
bool Condition::CallVoidPtrFunction(const Condition* c) {
  return c->function_(c->arg_);
}
bool Condition::Eval() const {
  static_assert(offsetof(Condition, eval_) == offsetof(Parts, eval) &&
                offsetof(Condition, function_) == offsetof(Parts, function) &&
                offsetof(Condition, method_) == offsetof(Parts, method) &&
                offsetof(Condition, arg_) == offsetof(Parts, arg));
  return eval_ == nullptr || eval_(this);
}
bool Condition::GuaranteedEqual(const Condition* a, const Condition* b) {
  const bool a_true = a == nullptr || a->eval_ == nullptr;
  const bool b_true = b == nullptr || b->eval_ == nullptr;
  if (a_true || b_true) return a_true && b_true;
  return a->eval_ == b->eval_ && a->arg_ == b->arg_ &&
         a->function_ == b->function_ && a->method_ == b->method_;
}

void RegisterSymbolizer(bool (*fn)(const void* pc, char* out, int out_size)) {
  ours::RegisterSymbolizer(fn);
}

ABSL_NAMESPACE_END
}  // namespace absl
