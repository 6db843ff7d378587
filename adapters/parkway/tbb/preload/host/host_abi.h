// SPDX-License-Identifier: Apache-2.0

// What libparkway_tbb.so shares with libtbb.so.12: the exported functions that
// it takes over, and as much of the types in their signatures as it takes to
// call them. The names are oneTBB's, so that the symbols are the same. Equal
// in 2021.5 to 2023.2 (include/oneapi/tbb/detail/_utils.h, _exception.h,
// _waitable_atomic.h, _task.h, concurrent_queue.h, global_control.h).
#ifndef PARKWAY_TBB_PRELOAD_HOST_HOST_ABI_H_
#define PARKWAY_TBB_PRELOAD_HOST_HOST_ABI_H_

#include <cstddef>
#include <cstdint>

namespace tbb::detail {

namespace d0 {
enum class exception_id { user_abort = 3 };
}  // namespace d0

namespace d1 {
class task_scheduler_handle;
class delegate_base {
 public:
  virtual bool operator()() const = 0;
  virtual ~delegate_base() {}
};
}  // namespace d1

namespace r1 {

class concurrent_monitor;

// Waiting for an address: until a notify for the same address (and context),
// unless predicate() says that there is nothing to wait for.
void wait_on_address(void* address, d1::delegate_base& predicate,
                     std::uintptr_t context);
void notify_by_address(void* address, std::uintptr_t context);
void notify_by_address_one(void* address);
void notify_by_address_all(void* address);

// concurrent_bounded_queue: memory for the queue with the two monitors behind
// it, and waiting on them.
std::uint8_t* allocate_bounded_queue_rep(std::size_t queue_rep_size);
void deallocate_bounded_queue_rep(std::uint8_t* memory,
                                  std::size_t queue_rep_size);
void wait_bounded_queue_monitor(concurrent_monitor* monitors, std::size_t tag,
                                std::ptrdiff_t target,
                                d1::delegate_base& predicate);
void notify_bounded_queue_monitor(concurrent_monitor* monitors, std::size_t tag,
                                  std::size_t ticket);
void abort_bounded_queue_monitors(concurrent_monitor* monitors);

// The end of a program's use of the library; watched, not replaced.
bool finalize(d1::task_scheduler_handle& handle, std::intptr_t mode);

// Leaves the calling task's stack for other tasks after callback(user, point),
// until resume(point), which may come from then on. What the callback throws is
// thrown to the caller, and nothing is suspended.
struct suspend_point_type;
using suspend_callback_type = void (*)(void* user, suspend_point_type* point);
void suspend(suspend_callback_type callback, void* user);
void resume(suspend_point_type* point);
// What suspend() would give the callback.
suspend_point_type* current_suspend_point();

}  // namespace r1
}  // namespace tbb::detail

#endif  // PARKWAY_TBB_PRELOAD_HOST_HOST_ABI_H_
