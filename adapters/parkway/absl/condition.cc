// SPDX-License-Identifier: Apache-2.0

#include "parkway/absl/condition.h"

#include "parkway/absl/fatal.h"
#include "parkway/base/checks.h"

PARKWAY_ABSL_NAMESPACE_BEGIN
namespace {

bool Dereference(void* flag) { return *static_cast<bool*>(flag); }

}  // namespace

ABSL_CONST_INIT const Condition Condition::kTrue;

Condition::Condition(bool (*func)(void*), void* arg)
    : eval_(&CallVoidFunction), arg_(arg) {
  Store(func);
}

Condition::Condition(const bool* flag)
    : eval_(&CallVoidFunction), arg_(Untyped(flag)) {
  if (::parkway::kChecks && flag == nullptr) {
    internal::Fatal("Condition", this, "made of a null flag");
  }
  Store(&Dereference);
}

bool Condition::CallVoidFunction(const Condition* c) {
  return c->Stored<bool (*)(void*)>()(c->arg_);
}

bool Condition::GuaranteedEqual(const Condition* a, const Condition* b) {
  const bool a_true = a == nullptr || a->eval_ == nullptr;
  const bool b_true = b == nullptr || b->eval_ == nullptr;
  if (a_true || b_true) return a_true && b_true;
  return a->eval_ == b->eval_ && a->arg_ == b->arg_ &&
         std::memcmp(a->callback_, b->callback_, sizeof(a->callback_)) == 0;
}

PARKWAY_ABSL_NAMESPACE_END
