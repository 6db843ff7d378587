// SPDX-License-Identifier: Apache-2.0

// run_blocking(): a call that blocks, made from a task that does not want to
// keep its thread meanwhile.
#ifndef PARKWAY_TASK_RUN_BLOCKING_H_
#define PARKWAY_TASK_RUN_BLOCKING_H_

#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <type_traits>
#include <utility>

#include "parkway/task/blocking_pool.h"
#include "parkway/task/park.h"
#include "parkway/task/scheduler.h"

namespace parkway {
namespace internal {

// Where a result waits for the task. A reference as a pointer.
template <class R>
class CallResult {
 public:
  template <class F>
  void run(F&& fn) {
    if constexpr (std::is_reference_v<R>) {
      value_ = std::addressof(std::forward<F>(fn)());
    } else {
      value_.emplace(std::forward<F>(fn)());
    }
  }
  R take() {
    if constexpr (std::is_reference_v<R>) {
      return static_cast<R>(*value_);
    } else {
      return std::move(*value_);
    }
  }

 private:
  std::conditional_t<std::is_reference_v<R>, std::remove_reference_t<R>*,
                     std::optional<std::remove_cv_t<R>>>
      value_{};
};

template <>
class CallResult<void> {
 public:
  template <class F>
  void run(F&& fn) {
    std::forward<F>(fn)();
  }
  void take() {}
};

// One call, on the stack of the task that waits for it.
template <class F>
class BlockingCall final : public BlockingRequest {
 public:
  using R = std::invoke_result_t<F>;

  explicit BlockingCall(std::remove_reference_t<F>& fn)
      : BlockingRequest(&serve), fn_(fn) {}

  R wait() {
    park(waiter_);
    if (error_ != nullptr) std::rethrow_exception(std::move(error_));
    return result_.take();
  }

 private:
  static void serve(BlockingRequest& request) {
    auto& self = static_cast<BlockingCall&>(request);
    try {
      self.result_.run(std::forward<F>(self.fn_));
    } catch (...) {
      self.error_ = std::current_exception();
    }
    ready(self.waiter_);
  }

  std::remove_reference_t<F>& fn_;
  Waiter waiter_;
  CallResult<R> result_;
  std::exception_ptr error_;
};

}  // namespace internal

// Calls fn() and returns what it returns, by move, or throws what it throws.
//
// In a task that can park (parkway/task/scheduler.h) fn runs on a thread of
// blocking_pool(); the task parks meanwhile, and goes on on any thread of its
// scheduler's. Elsewhere it runs on the calling thread. Either way it has run
// when this returns, and everything is visible as if it had been a plain call.
//
// fn and all that it refers to stay where they are, on the stack of the task:
// no copy, no allocation. But fn has another thread's identity and
// thread-locals, errno included, and all signals blocked. It must not end its
// thread, nor return in the child of a fork, nor wait for a lock that the task
// holds by its thread's identity.
//
// Nothing ends a call that is out: not the cancellation of the group that the
// task is of (it runs to its end, the task goes on with the result), not the
// exit of the process (the call is abandoned with its thread).
//
// At most blocking_pool().max_threads() calls run at once; more wait for
// a thread, in order. A call that waits for other calls may take the thread
// that they need.
template <class F>
std::invoke_result_t<F> run_blocking(F&& fn) {
  if (scheduler_of_caller() == nullptr) return std::forward<F>(fn)();
  internal::BlockingCall<F> call(fn);
  blocking_pool().submit(call);
  return call.wait();
}

}  // namespace parkway

#endif  // PARKWAY_TASK_RUN_BLOCKING_H_
