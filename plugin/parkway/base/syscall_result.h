// SPDX-License-Identifier: Apache-2.0

// SyscallResult: what a system call, or another call that leaves an error
// number, has returned, as one value.
#ifndef PARKWAY_BASE_SYSCALL_RESULT_H_
#define PARKWAY_BASE_SYSCALL_RESULT_H_

#include <cstddef>
#include <cstdint>
#include <tuple>
#include <type_traits>
#include <utility>

#include "parkway/os/language.h"

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

}  // namespace internal
}  // namespace parkway

#endif  // PARKWAY_BASE_SYSCALL_RESULT_H_
