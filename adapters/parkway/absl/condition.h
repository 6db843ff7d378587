// SPDX-License-Identifier: Apache-2.0

// Condition: what a thread waits for under a Mutex.
//
// Origin: the class of the same name in absl/synchronization/mutex.h, in all
// its forms.
#ifndef PARKWAY_ABSL_CONDITION_H_
#define PARKWAY_ABSL_CONDITION_H_

#include <cstring>

#include "absl/base/attributes.h"
#include "parkway/absl/fatal.h"
#include "parkway/absl/namespace.h"
#include "parkway/base/checks.h"

PARKWAY_ABSL_NAMESPACE_BEGIN
namespace internal {

template <typename T>
struct NotDeduced {
  using type = T;
};

}  // namespace internal

// A function of the state that a Mutex protects, without side effects, and its
// argument. It does not own what it points to: both must live until the wait
// is over.
//
// It is evaluated with the Mutex held, by any thread that uses the Mutex, any
// number of times; it may lock other mutexes, not that one. Two Conditions with
// the same function and argument are one and the same to the Mutex.
class Condition {
 public:
  // func(arg). `func` must not be null.
  Condition(bool (*func)(void*), void* arg);

  template <typename T>
  Condition(bool (*func)(T*), T* arg)
      : eval_(&CallFunction<T>), arg_(Untyped(arg)) {
    Store(func);
  }

  // The same for an argument of a class derived from T, and for nullptr.
  template <typename T, typename = void>
  Condition(bool (*func)(T*), typename internal::NotDeduced<T>::type* arg)
      : Condition(func, arg) {}

  // (object->*method)().
  template <typename T>
  Condition(T* object, bool (internal::NotDeduced<T>::type::*method)())
      : eval_(&CallMethod<T, decltype(method)>), arg_(Untyped(object)) {
    Store(method);
  }
  template <typename T>
  Condition(const T* object,
            bool (internal::NotDeduced<T>::type::*method)() const)
      : eval_(&CallMethod<const T, decltype(method)>), arg_(Untyped(object)) {
    Store(method);
  }

  // *flag. Must not be null.
  explicit Condition(const bool* flag);

  // (*functor)(), with bool T::operator()() const.
  template <typename T, typename E = decltype(static_cast<bool (T::*)() const>(
                            &T::operator()))>
  explicit Condition(const T* functor)
      : Condition(functor, static_cast<bool (T::*)() const>(&T::operator())) {}

  // The same with a call operator whose object is a parameter, as that of
  // std::bind() is in libstdc++ 16. Abseil has this since 20260526.
  template <
      typename T,
      typename E = decltype(static_cast<bool (*)(const T&)>(&T::operator())),
      typename = void>
  explicit Condition(const T* functor)
      : eval_(&CallFunctor<T>), arg_(Untyped(functor)) {
    Store(static_cast<bool (*)(const T&)>(&T::operator()));
  }

  // Always true.
  ABSL_CONST_INIT static const Condition kTrue;

  // What it says now. The Mutex must be held.
  bool Eval() const { return eval_ == nullptr || eval_(this); }

  // True only if both have the same function and argument. Null is kTrue.
  static bool GuaranteedEqual(const Condition* a, const Condition* b);

 private:
  // As large as any pointer to a method of an ordinary class.
  using MethodPointer = bool (Condition::*)();

  constexpr Condition() = default;

  template <typename T>
  static void* Untyped(T* pointer) {
    return const_cast<void*>(static_cast<const void*>(pointer));
  }

  template <typename Callback>
  void Store(Callback callback) {
    static_assert(sizeof(callback) <= sizeof(callback_),
                  "this pointer is too large for a Condition");
    if (::parkway::kChecks && callback == nullptr) {
      internal::Fatal("Condition", this, "made of a null function");
    }
    std::memcpy(callback_, &callback, sizeof(callback));
  }
  template <typename Callback>
  Callback Stored() const {
    Callback callback;
    std::memcpy(&callback, callback_, sizeof(callback));
    return callback;
  }

  static bool CallVoidFunction(const Condition* c);
  template <typename T>
  static bool CallFunction(const Condition* c) {
    return c->Stored<bool (*)(T*)>()(static_cast<T*>(c->arg_));
  }
  template <typename T>
  static bool CallFunctor(const Condition* c) {
    return c->Stored<bool (*)(const T&)>()(*static_cast<const T*>(c->arg_));
  }
  template <typename T, typename Method>
  static bool CallMethod(const Condition* c) {
    return (static_cast<T*>(c->arg_)->*c->Stored<Method>())();
  }

  // Abseil's members in Abseil's order: 32 bytes.
  char callback_[sizeof(MethodPointer)] = {};
  bool (*eval_)(const Condition*) = nullptr;  // null: kTrue
  void* arg_ = nullptr;
};

PARKWAY_ABSL_NAMESPACE_END

#endif  // PARKWAY_ABSL_CONDITION_H_
