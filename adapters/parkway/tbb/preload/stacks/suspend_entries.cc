// SPDX-License-Identifier: Apache-2.0

// Suspensions that are over before they begin: the callback of task::suspend()
// resumes the task, because what it was to wait for is there. oneTBB has the
// worker leave the stack all the same, look for other tasks, and come back
// through the stream of resumed tasks. Here the task just goes on, as
// a goroutine does whose park() finds that it has been readied.
//
// Programs also suspend and resume in order to let other tasks run. So that
// these have their turn, only a thread that has left a stack less than kTurnNs
// ago stays on one.
#include <cstddef>
#include <cstdint>

#include "parkway/os/os.h"
#include "parkway/tbb/preload/host/copies.h"
#include "parkway/tbb/preload/host/counters.h"
#include "parkway/tbb/preload/host/host_abi.h"
#include "parkway/tbb/preload/host/variants.h"
#include "parkway/tbb/preload/stacks/switches.h"

namespace parkway::preload {
namespace {

namespace host_r1 = ::tbb::detail::r1;

// So much longer at most a task waits behind one that suspends and resumes
// itself.
constexpr std::int64_t kTurnNs = 1000;

// A call of suspend() whose callback runs.
struct Suspension {
  host_r1::suspend_point_type* point;
  bool resumed;
};

// The innermost of the calling thread, null once the thread has left its stack:
// the callback may run tasks, and those may be suspended, so that it ends on
// another thread. Only for functions that are not inlined, so that no compiler
// takes one thread's for another's.
[[gnu::tls_model("initial-exec")]] thread_local Suspension* t_suspension =
    nullptr;
// When the calling thread last left a stack by suspend().
[[gnu::tls_model("initial-exec")]] thread_local std::int64_t t_left = -kTurnNs;

[[gnu::noinline]] void set_suspension(Suspension* suspension) noexcept {
  t_suspension = suspension;
}

[[gnu::noinline]] bool resumed_by_callback(
    const host_r1::suspend_point_type* point) noexcept {
  if (t_suspension == nullptr || t_suspension->point != point) return false;
  t_suspension->resumed = true;
  return true;
}

// Whether other tasks have had their turn on this thread. If not, they have it
// now: the thread leaves its stack.
[[gnu::noinline]] bool had_their_turn() noexcept {
  const std::int64_t now = os::nanotime();
  if (now - t_left < kTurnNs) return true;
  t_left = now;
  // In the callback of a suspension, perhaps. From here on its point is that of
  // the inner one, which is not looked after.
  t_suspension = nullptr;
  return false;
}

// Calls the callback as suspend() does. True if that has resumed the task.
bool is_over_after(const Copy& copy, host_r1::suspend_callback_type callback,
                   void* user) {
  Suspension suspension{host<decltype(host_r1::current_suspend_point)>(
                            copy, kCurrentSuspendPoint)(),
                        false};
  set_suspension(&suspension);
  struct Scope {
    ~Scope() { set_suspension(nullptr); }
  } const until_it_returns_or_throws;
  callback(user, suspension.point);
  return suspension.resumed;
}

void has_been_called(void*, host_r1::suspend_point_type*) {}

}  // namespace

void leaves_stack() noexcept { set_suspension(nullptr); }

}  // namespace parkway::preload

namespace tbb::detail::r1 {

using parkway::preload::Copy;
using parkway::preload::copy_for;
using parkway::preload::host;
namespace preload = parkway::preload;

namespace {

void suspend_of(const Copy& copy, suspend_callback_type callback, void* user) {
  const auto leave = host<decltype(suspend)>(copy, preload::kSuspend);
  if (!copy.uses(preload::kStacks) || !preload::switches_are_ours() ||
      !preload::had_their_turn()) {
    return leave(callback, user);
  }
  if (preload::is_over_after(copy, callback, user)) {
    return preload::count(preload::kSuspensionsEnded);
  }
  // Whoever resumes it may already have done so: oneTBB allows that from the
  // callback on, and takes notice when the stack has been left.
  char nothing;
  leave(&preload::has_been_called, &nothing);
}

// Whichever copy's point it is: points are addresses of different objects.
void resume_of(const Copy& copy, suspend_point_type* point) {
  if (preload::resumed_by_callback(point)) return;
  host<decltype(resume)>(copy, preload::kResume)(point);
}

}  // namespace

void suspend(suspend_callback_type callback, void* user) {
  suspend_of(copy_for(__builtin_return_address(0), preload::kSuspend), callback,
             user);
}

void resume(suspend_point_type* point) {
  resume_of(copy_for(__builtin_return_address(0), preload::kResume), point);
}

}  // namespace tbb::detail::r1

const parkway::preload::Variants& parkway::preload::suspend_variants(
    std::size_t i) noexcept {
  namespace r1 = ::tbb::detail::r1;
  static const Variants variants[] = {variants_of<&r1::suspend_of>(),
                                      variants_of<&r1::resume_of>()};
  return variants[i];
}
