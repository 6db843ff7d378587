// SPDX-License-Identifier: Apache-2.0

#include "parkway/tbb/preload/conditions/system_conditions.h"

#include "parkway/preload/next_definition.h"

namespace parkway::preload {
namespace {

// x86-64's glibc still has the condition variables of 2.2.5 under the same
// names, hidden from programs of today.
NextFunction<int(pthread_cond_t*, pthread_mutex_t*)> g_wait(
    "pthread_cond_wait");
NextFunction<int(pthread_cond_t*)> g_signal("pthread_cond_signal");
NextFunction<int(pthread_cond_t*)> g_broadcast("pthread_cond_broadcast");

[[gnu::constructor]] void find_all() {
  g_wait.find();
  g_signal.find();
  g_broadcast.find();
}

}  // namespace

int system_cond_wait(pthread_cond_t* condition, pthread_mutex_t* mutex) {
  return g_wait.get()(condition, mutex);
}

int system_cond_signal(pthread_cond_t* condition) noexcept {
  return g_signal.get()(condition);
}

int system_cond_broadcast(pthread_cond_t* condition) noexcept {
  return g_broadcast.get()(condition);
}

}  // namespace parkway::preload
