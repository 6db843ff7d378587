// blocking_call(): a call and its error number as one value.
#ifndef PARKWAY_SYSCALL_H_
#define PARKWAY_SYSCALL_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <tuple>
#include <type_traits>
#include <utility>

#include "parkway/os/os.h"

namespace parkway {

// What a call returned and the error number that it left. A value of the
// call's: it may be copied, kept and read on any thread.
//
// Whether there was an error r1 says, by the rules of the function that was
// called: a call that succeeds may leave an error number, too.
struct SyscallResult {
  std::int64_t r1 = 0;  // what it returned, a pointer as its address; 0 if void
  std::int64_t r2 = 0;  // the second one of two, else 0
  int err = 0;          // errno, on Windows GetLastError(); 0 if it set none

  // r1 in the type that the function returned: as<void*>() of mmap().
  template <class T>
  T as() const {
    if constexpr (std::is_pointer_v<T>) {
      return reinterpret_cast<T>(static_cast<std::intptr_t>(r1));
    } else {
      return static_cast<T>(r1);
    }
  }
};

namespace internal {

// What one of the two results holds.
template <class T>
inline constexpr bool kIsWord =
    (std::is_integral_v<T> || std::is_enum_v<T> || std::is_pointer_v<T> ||
     std::is_null_pointer_v<T>)&&sizeof(std::conditional_t<std::is_scalar_v<T>,
                                                           T, char>) <=
    sizeof(std::int64_t);

template <class T>
std::int64_t to_word(T value) {
  if constexpr (std::is_null_pointer_v<T>) {
    return 0;
  } else if constexpr (std::is_pointer_v<T>) {
    return static_cast<std::int64_t>(reinterpret_cast<std::intptr_t>(value));
  } else {
    return static_cast<std::int64_t>(value);
  }
}

// Stands for a word of any type, to count an aggregate's members.
struct AnyWord {
  template <class T, class = std::enable_if_t<kIsWord<T>>>
  operator T() const;
};
template <class Void, class T, class... Words>
inline constexpr bool kTakesWords = false;
template <class T, class... Words>
inline constexpr bool
    kTakesWords<std::void_t<decltype(T{Words()...})>, T, Words...> = true;

template <class T>
inline constexpr bool kIsAggregateOfTwo =
    std::is_class_v<T>&& std::is_aggregate_v<T>&&
        kTakesWords<void, T, AnyWord, AnyWord> &&
    !kTakesWords<void, T, AnyWord, AnyWord, AnyWord>;

// std::pair, a std::tuple of two.
template <class T, class = void>
inline constexpr bool kIsTupleOfTwo = false;
template <class A, class B, template <class...> class Tuple>
inline constexpr bool kIsTupleOfTwo<
    Tuple<A, B>, std::void_t<decltype(std::tuple_size<Tuple<A, B>>::value)>> =
    std::tuple_size_v<Tuple<A, B>> == 2 && kIsWord<A>&& kIsWord<B>;

template <class T>
inline constexpr bool kIsSyscallResult =
    std::is_void_v<T> || kIsWord<T> || kIsTupleOfTwo<T> || kIsAggregateOfTwo<T>;

// Gives a call a fresh error number, and its caller back the one it had.
class ErrorScope {
 public:
  ErrorScope() : callers_(os::last_error()) { os::set_last_error(0); }
  ~ErrorScope() { os::set_last_error(callers_); }
  ErrorScope(const ErrorScope&) = delete;
  ErrorScope& operator=(const ErrorScope&) = delete;

 private:
  const int callers_;
};

}  // namespace internal

// Calls fn(args...) on the calling thread. The error number is set to 0 before
// the call, taken right after it, and then is again what it was for the caller.
// So a call made meanwhile, by a callback of fn's or by a signal handler,
// neither sees nor changes the error number or the result of this one.
//
// fn returns nothing, or an integer, an enumerator or a pointer of 64 bits at
// most, or a struct or a pair of two such (lldiv_t, std::pair). What it throws
// passes through, with the caller's error number as it was. Does what fn does
// otherwise: no allocation, no lock.
//
// Origin: Go's syscall.Syscall(r1, r2, err). Its runtime keeps the record of
// a call to Windows with the goroutine, and saves it for the time of
// a callback; here it is in the caller's frame from the start.
template <class F, class... Args>
SyscallResult blocking_call(F&& fn, Args&&... args) {
  using Returned = std::invoke_result_t<F, Args...>;
  using R = std::remove_cv_t<std::remove_reference_t<Returned>>;
  static_assert(
      internal::kIsSyscallResult<R>,
      "blocking_call(): a SyscallResult can't hold what fn returns. Wrap fn in "
      "a lambda that returns an integer, an enumerator, a pointer or two of "
      "them, and leaves the rest where it captured a reference; or use "
      "run_blocking() (parkway/run_blocking.h), which returns anything.");
  const internal::ErrorScope scope;
  SyscallResult result;
  if constexpr (std::is_void_v<R>) {
    std::invoke(std::forward<F>(fn), std::forward<Args>(args)...);
    result.err = os::last_error();
  } else {
    const R returned =
        std::invoke(std::forward<F>(fn), std::forward<Args>(args)...);
    result.err = os::last_error();
    if constexpr (internal::kIsWord<R>) {
      result.r1 = internal::to_word(returned);
    } else {
      const auto& [first, second] = returned;
      result.r1 = internal::to_word(first);
      result.r2 = internal::to_word(second);
    }
  }
  return result;
}

}  // namespace parkway

#endif  // PARKWAY_SYSCALL_H_
