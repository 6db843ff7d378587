// SPDX-License-Identifier: Apache-2.0

// The condition variables of the whole process, std::condition_variable among
// them: what a program's own threads wait on, those that resume tasks for
// instance. The waiting is parkway/wait/address_cond_wait.h; nothing is written
// to the pthread_cond_t. The mutexes stay the libc's.
//
// Left to the libc:
// - what is shared between processes: the waiters are not all here;
// - waits until a time of day, which end at once when the clock is set;
// - everything before libtbb is known and in use. Threads that wait since then
//   are still found: whoever finds nobody here asks the libc, too.
//
// A thread that waits can be cancelled. So pthread_cancel() wakes it, and it
// looks when it has its mutex again, as POSIX wants it.
#include <pthread.h>
#include <time.h>

#include <cerrno>
#include <cstddef>
#include <cstdint>

#include "parkway/os/os.h"
#include "parkway/tbb/preload/conditions/system_conditions.h"
#include "parkway/tbb/preload/host/state.h"
#include "parkway/tbb/preload/host/stats.h"
#include "parkway/wait/address_cond_wait.h"

namespace parkway::preload {
namespace {

[[gnu::tls_model("initial-exec")]] thread_local WaitPace t_pace;

constexpr std::int64_t kSecond = 1'000'000'000;

bool in_use_here(const pthread_cond_t* condition) noexcept {
  return (decided_layers() & kConditions) != 0 &&
         !attributes_of(condition).shared;
}

// No address and no number that a wait of oneTBB's would have for a context.
std::uintptr_t context_of(pthread_t thread) noexcept {
  return static_cast<std::uintptr_t>(thread);
}

// As os::nanotime(), which is CLOCK_MONOTONIC's.
std::int64_t nanoseconds(const timespec& time) noexcept {
  if (time.tv_sec < 0) return 0;
  if (time.tv_sec >= os::kForever / kSecond) return os::kForever;
  return static_cast<std::int64_t>(time.tv_sec) * kSecond + time.tv_nsec;
}

bool is_valid(const timespec& time) noexcept {
  return time.tv_nsec >= 0 && time.tv_nsec < kSecond;
}

int wait_until(pthread_cond_t* condition, pthread_mutex_t* mutex,
               std::int64_t deadline) {
  count(kConditionWaits);
  AddressCondWait wait(condition, context_of(pthread_self()));
  // Not before: a pthread_cancel() from now on finds this thread. Unwinds it,
  // if so, with the mutex held.
  pthread_testcancel();
  if (const int error = pthread_mutex_unlock(mutex)) return error;
  const bool notified = wait.sleep(deadline, t_pace);
  const int error = pthread_mutex_lock(mutex);
  pthread_testcancel();
  wait.take();
  if (error != 0) return error;
  return notified ? 0 : ETIMEDOUT;
}

}  // namespace
}  // namespace parkway::preload

extern "C" int pthread_cond_wait(pthread_cond_t* condition,
                                 pthread_mutex_t* mutex) {
  using namespace parkway::preload;
  if (!in_use_here(condition)) return system_cond_wait(condition, mutex);
  return wait_until(condition, mutex, parkway::os::kForever);
}

extern "C" int pthread_cond_timedwait(pthread_cond_t* condition,
                                      pthread_mutex_t* mutex,
                                      const timespec* deadline) {
  using namespace parkway::preload;
  if (!in_use_here(condition) || !is_valid(*deadline) ||
      attributes_of(condition).clock != CLOCK_MONOTONIC) {
    return system_cond_timedwait(condition, mutex, deadline);
  }
  return wait_until(condition, mutex, nanoseconds(*deadline));
}

extern "C" int pthread_cond_clockwait(pthread_cond_t* condition,
                                      pthread_mutex_t* mutex, clockid_t clock,
                                      const timespec* deadline) {
  using namespace parkway::preload;
  if (!in_use_here(condition) || !is_valid(*deadline) ||
      clock != CLOCK_MONOTONIC) {
    return system_cond_clockwait(condition, mutex, clock, deadline);
  }
  return wait_until(condition, mutex, nanoseconds(*deadline));
}

extern "C" int pthread_cond_signal(pthread_cond_t* condition) noexcept {
  using namespace parkway::preload;
  using parkway::AddressCondWait;
  if (AddressCondWait::notify_one(condition) == 0) {
    return system_cond_signal(condition);
  }
  count(kConditionWakes);
  return 0;
}

extern "C" int pthread_cond_broadcast(pthread_cond_t* condition) noexcept {
  using namespace parkway::preload;
  using parkway::AddressCondWait;
  // First, because whoever is woken may end the condition variable's life.
  const int result = system_cond_broadcast(condition);
  count(kConditionWakes, AddressCondWait::notify_all(condition));
  return result;
}

extern "C" int pthread_cancel(pthread_t thread) {
  using namespace parkway::preload;
  const int result = system_cancel(thread);
  if (result == 0 && (decided_layers() & kConditions) != 0) {
    parkway::wake_address_waiters(context_of(thread));
  }
  return result;
}
