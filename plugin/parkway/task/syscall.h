// SPDX-License-Identifier: Apache-2.0

// blocking_call(): a call and its error number as one value.
#ifndef PARKWAY_TASK_SYSCALL_H_
#define PARKWAY_TASK_SYSCALL_H_

#include <cstdint>
#include <functional>
#include <type_traits>
#include <utility>

#include "parkway/base/syscall_result.h"
#include "parkway/os/os.h"

namespace parkway {

namespace internal {

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
      "run_blocking() (parkway/task/run_blocking.h), which returns anything.");
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

#endif  // PARKWAY_TASK_SYSCALL_H_
