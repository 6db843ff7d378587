// SPDX-License-Identifier: Apache-2.0

// A function of the program's that the library calls, if there is one.
#ifndef PARKWAY_ABSL_HOOK_H_
#define PARKWAY_ABSL_HOOK_H_

#include <atomic>
#include <cassert>

#include "parkway/absl/namespace.h"

PARKWAY_ABSL_NAMESPACE_BEGIN
namespace internal {

template <class Signature>
class Hook;

// Empty at first; the first function that is stored stays for good, as in
// Abseil's own hooks. Calls through an empty hook cost one load and do nothing.
// Any thread may store and call at any time, before main as well. What the
// storing thread did before happens before every call of its function.
template <class Result, class... Args>
class Hook<Result(Args...)> {
 public:
  using Function = Result (*)(Args...);

  constexpr Hook() = default;
  Hook(const Hook&) = delete;
  Hook& operator=(const Hook&) = delete;

  // Has no effect if another function is there already, or if `fn` is null:
  // both are faults of the program, which asserts (without NDEBUG) end.
  void Store(Function fn) {
    const bool stored = TryStore(fn);
    static_cast<void>(stored);
    assert(stored);
  }

  // The same, for those who can do without: whether `fn` is there now.
  bool TryStore(Function fn) {
    if (fn == nullptr) return false;
    Function expected = nullptr;
    // release: pairs with the acquire load in Load().
    return function_.compare_exchange_strong(expected, fn,
                                             std::memory_order_acq_rel) ||
           expected == fn;
  }

  // The function, or null.
  Function Load() const { return function_.load(std::memory_order_acquire); }

  // Calls it; without one, returns Result().
  Result operator()(Args... args) const {
    if (const Function fn = Load()) return fn(args...);
    return Result();
  }

 private:
  std::atomic<Function> function_{nullptr};
};

}  // namespace internal
PARKWAY_ABSL_NAMESPACE_END

#endif  // PARKWAY_ABSL_HOOK_H_
