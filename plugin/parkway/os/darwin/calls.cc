// SPDX-License-Identifier: Apache-2.0

#include "parkway/os/darwin/calls.h"

#include <dlfcn.h>
#include <errno.h>
#include <mach/mach.h>
#include <mach/semaphore.h>
#include <mach/sync_policy.h>

#include <atomic>

#include "parkway/os/posix/saved_errno.h"

namespace parkway::os::darwin {
namespace {

static_assert(kEnoent == ENOENT && kEintr == EINTR && kEnomem == ENOMEM &&
              kEfault == EFAULT && kEinval == EINVAL &&
              kEtimedout == ETIMEDOUT);
static_assert(kSuccess == KERN_SUCCESS && kAborted == KERN_ABORTED &&
              kOperationTimedOut == KERN_OPERATION_TIMED_OUT);

// As in <os/os_sync_wait_on_address.h>, which is newer than many an SDK.
using WaitFunction = int(void* address, std::uint64_t value, std::size_t size,
                         std::uint32_t flags);
using WaitForFunction = int(void* address, std::uint64_t value,
                            std::size_t size, std::uint32_t flags,
                            std::uint32_t clock, std::uint64_t nanoseconds);
using WakeFunction = int(void* address, std::size_t size, std::uint32_t flags);
constexpr std::uint32_t kMachAbsoluteTime = 32;  // OS_CLOCK_MACH_ABSOLUTE_TIME

struct Sync {
  std::atomic<WaitFunction*> wait{nullptr};
  std::atomic<WaitForFunction*> wait_for{nullptr};
  std::atomic<WakeFunction*> wake_any{nullptr};
  std::atomic<WakeFunction*> wake_all{nullptr};
};
Sync g_sync;

enum Has : int { kUnknown, kYes, kNo };
std::atomic<int> g_has{kUnknown};

template <class Function>
bool find(std::atomic<Function*>& place, const char* name) {
  auto* const found = reinterpret_cast<Function*>(dlsym(RTLD_DEFAULT, name));
  // relaxed: g_has orders them.
  place.store(found, std::memory_order_relaxed);
  return found != nullptr;
}

// All that look find the same.
Has find_all() {
  const Has has =
      find(g_sync.wait, "os_sync_wait_on_address") &&
              find(g_sync.wait_for, "os_sync_wait_on_address_with_timeout") &&
              find(g_sync.wake_any, "os_sync_wake_by_address_any") &&
              find(g_sync.wake_all, "os_sync_wake_by_address_all")
          ? kYes
          : kNo;
  // release: pairs with the acquire in has_sync().
  g_has.store(has, std::memory_order_release);
  return has;
}

// When the library is loaded, and not when it is first needed: dlsym() takes
// the loader's lock, and a thread that opens another library may hold that
// while it waits for this one.
[[gnu::constructor]] void find_early() { find_all(); }

template <class Function>
Function* get(const std::atomic<Function*>& place) {
  return place.load(std::memory_order_relaxed);
}

int error_of(int result) { return result >= 0 ? 0 : errno; }

}  // namespace

bool has_sync() noexcept {
  const int has = g_has.load(std::memory_order_acquire);
  if (has != kUnknown) return has == kYes;
  // A constructor that runs before ours.
  const posix::SavedErrno keep;
  return find_all() == kYes;
}

int sync_wait(void* address, std::uint64_t value, std::size_t size,
              std::uint32_t flags) noexcept {
  const posix::SavedErrno keep;
  return error_of(get(g_sync.wait)(address, value, size, flags));
}

int sync_wait_for(void* address, std::uint64_t value, std::size_t size,
                  std::uint32_t flags, std::uint64_t nanoseconds) noexcept {
  const posix::SavedErrno keep;
  return error_of(get(g_sync.wait_for)(address, value, size, flags,
                                       kMachAbsoluteTime, nanoseconds));
}

int sync_wake_any(void* address, std::size_t size,
                  std::uint32_t flags) noexcept {
  const posix::SavedErrno keep;
  return error_of(get(g_sync.wake_any)(address, size, flags));
}

int sync_wake_all(void* address, std::size_t size,
                  std::uint32_t flags) noexcept {
  const posix::SavedErrno keep;
  return error_of(get(g_sync.wake_all)(address, size, flags));
}

int semaphore_create(SemaphoreName* name) noexcept {
  const posix::SavedErrno keep;
  return ::semaphore_create(mach_task_self(), name, SYNC_POLICY_FIFO, 0);
}

int semaphore_destroy(SemaphoreName name) noexcept {
  const posix::SavedErrno keep;
  return ::semaphore_destroy(mach_task_self(), name);
}

int semaphore_signal(SemaphoreName name) noexcept {
  return ::semaphore_signal(name);
}

int semaphore_wait(SemaphoreName name) noexcept {
  return ::semaphore_wait(name);
}

int semaphore_timedwait(SemaphoreName name, std::uint32_t seconds,
                        std::int32_t nanoseconds) noexcept {
  return ::semaphore_timedwait(name, {seconds, nanoseconds});
}

}  // namespace parkway::os::darwin
