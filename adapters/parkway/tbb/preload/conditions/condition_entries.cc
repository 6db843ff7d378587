// SPDX-License-Identifier: Apache-2.0

// The condition variables of the whole process, std::condition_variable among
// them: what a program's own threads wait on, those that resume tasks for
// instance.
//
// A thread whose last wait was short yields a few times before it sleeps
// (parkway/wait/wait_pace.h). Meanwhile it waits here, queued by address
// (parkway/wait/address_cond_wait.h), and nothing is written to the
// pthread_cond_t. It never sleeps here: a library that calls past this one
// (RTLD_DEEPBIND, dlsym(), dlmopen()) or another process would find nobody to
// notify. So whoever was not notified while it yielded returns, for no reason
// as far as anybody can tell. POSIX allows that, and the program looks at what
// it waits for: if that has changed, a notify has passed by. If not, it waits
// again, and then in the libc, where everybody finds it.
//
// Left to the libc: timed waits, because many programs take the return of one
// for the end of the time; and threads that can be cancelled at any moment.
#include <pthread.h>

#include <cstdint>

#include "parkway/os/os.h"
#include "parkway/tbb/preload/conditions/system_conditions.h"
#include "parkway/tbb/preload/host/copies.h"
#include "parkway/tbb/preload/host/counters.h"
#include "parkway/wait/address_cond_wait.h"
#include "parkway/wait/wait_pace.h"

namespace parkway::preload {
namespace {

[[gnu::tls_model("initial-exec")]] thread_local WaitPace t_pace;

// The calling thread's last wait that returned for no reason. If the program
// waits again at once, the two are one wait.
struct BrokenWait {
  std::int64_t since;
  std::int64_t until;
};
[[gnu::tls_model("initial-exec")]] thread_local BrokenWait t_broken;

// Long enough to begin with the yields, and over when they are.
constexpr std::int64_t kYieldsNs = 1000;

bool conditions_are_in_use() noexcept {
  return (layers_in_use() & kConditions) != 0;
}

// Returns as pthread_cond_signal().
int notify_one(pthread_cond_t* condition) noexcept {
  if (AddressCondWait::notify_one(condition) == 0) {
    return system_cond_signal(condition);
  }
  count(kConditionWakes);
  return 0;
}

// Nothing may unwind the thread between the two halves of a wait.
bool can_be_cancelled_anywhere() noexcept {
  int type;
  pthread_setcanceltype(PTHREAD_CANCEL_DEFERRED, &type);
  if (type == PTHREAD_CANCEL_DEFERRED) return false;
  pthread_setcanceltype(type, &type);
  return true;
}

// Returns as pthread_cond_wait(), perhaps for no reason.
int wait_in_yields(pthread_cond_t* condition, pthread_mutex_t* mutex,
                   std::int64_t now) {
  count(kConditionYields);
  pthread_testcancel();
  AddressCondWait wait(condition);
  if (const int error = pthread_mutex_unlock(mutex)) {
    // A notify that has chosen this thread is for another.
    WaitPace none;
    const bool notified = wait.sleep(0, none);
    wait.take();
    if (notified) notify_one(condition);
    return error;
  }
  WaitPace pace = t_pace;
  const bool notified = wait.sleep(os::nanotime() + kYieldsNs, pace);
  wait.take();
  const int error = pthread_mutex_lock(mutex);
  if (notified) {
    t_pace = pace;
    // Not cancelled here: that would use the notify up.
    return error;
  }
  if (error == 0) pthread_testcancel();
  t_broken = {now, os::nanotime()};
  return error;
}

int wait_in_libc(pthread_cond_t* condition, pthread_mutex_t* mutex,
                 std::int64_t since) {
  const int result = system_cond_wait(condition, mutex);
  t_pace.ended_after(os::nanotime() - since);
  return result;
}

int wait(pthread_cond_t* condition, pthread_mutex_t* mutex) {
  count(kConditionWaits);
  const std::int64_t now = os::nanotime();
  if (now - t_broken.until < WaitPace::kQuickNs) {
    t_broken.until = 0;
    return wait_in_libc(condition, mutex, t_broken.since);
  }
  return t_pace.yields() && !can_be_cancelled_anywhere()
             ? wait_in_yields(condition, mutex, now)
             : wait_in_libc(condition, mutex, now);
}

}  // namespace
}  // namespace parkway::preload

extern "C" int pthread_cond_wait(pthread_cond_t* condition,
                                 pthread_mutex_t* mutex) {
  using namespace parkway::preload;
  return conditions_are_in_use() ? wait(condition, mutex)
                                 : system_cond_wait(condition, mutex);
}

extern "C" int pthread_cond_signal(pthread_cond_t* condition) noexcept {
  using namespace parkway::preload;
  return conditions_are_in_use() ? notify_one(condition)
                                 : system_cond_signal(condition);
}

extern "C" int pthread_cond_broadcast(pthread_cond_t* condition) noexcept {
  using namespace parkway::preload;
  // First, because whoever is woken may end the condition variable's life.
  const int result = system_cond_broadcast(condition);
  if (conditions_are_in_use()) {
    count(kConditionWakes, parkway::AddressCondWait::notify_all(condition));
  }
  return result;
}
