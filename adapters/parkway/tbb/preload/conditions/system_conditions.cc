// SPDX-License-Identifier: Apache-2.0

#include "parkway/tbb/preload/conditions/system_conditions.h"

#include <dlfcn.h>

#include <atomic>
#include <cstdint>
#include <cstdlib>

#include "parkway/preload/message.h"

// Not every libc has versions.
extern "C" void* dlvsym(void*, const char*, const char*) noexcept
    __attribute__((weak));

namespace parkway::preload {
namespace {

// glibc's, since 2.25: one word counts the waiters (__wrefs), and its lowest
// bits are the attributes. Which of the 4-byte words that is: until 2.40, and
// since 2.41.
constexpr unsigned kWords[] = {9, 7};
constexpr std::uint32_t kShared = 1;
constexpr std::uint32_t kMonotonic = 2;

// relaxed: read after decided_layers(), which acquires it.
std::atomic<unsigned> g_word{0};

// x86-64's glibc still has the condition variables of 2.2.5 under the same
// names, and which of them dlsym() finds has changed over time. Elsewhere there
// is only one, of another version or of none.
constexpr const char* kVersion = "GLIBC_2.3.2";

// relaxed: everybody finds the same.
template <class Function>
class Next {
 public:
  explicit constexpr Next(const char* name) : name_(name) {}

  Function* get() {
    Function* const known = function_.load(std::memory_order_relaxed);
    return known != nullptr ? known : look_up();
  }

 private:
  Function* look_up() {
    void* address =
        dlvsym != nullptr ? dlvsym(RTLD_NEXT, name_, kVersion) : nullptr;
    if (address == nullptr) address = dlsym(RTLD_NEXT, name_);
    if (address == nullptr) {
      say("libparkway_tbb.so: no library of this process defines %s", name_);
      std::abort();
    }
    const auto function = reinterpret_cast<Function*>(address);
    function_.store(function, std::memory_order_relaxed);
    return function;
  }

  const char* const name_;
  std::atomic<Function*> function_{nullptr};
};

Next<int(pthread_cond_t*, pthread_mutex_t*)> g_wait("pthread_cond_wait");
Next<int(pthread_cond_t*, pthread_mutex_t*, const timespec*)> g_timedwait(
    "pthread_cond_timedwait");
Next<int(pthread_cond_t*, pthread_mutex_t*, clockid_t, const timespec*)>
    g_clockwait("pthread_cond_clockwait");
Next<int(pthread_cond_t*)> g_signal("pthread_cond_signal");
Next<int(pthread_cond_t*)> g_broadcast("pthread_cond_broadcast");
Next<int(pthread_t)> g_cancel("pthread_cancel");

ConditionAttributes attributes_in(unsigned word,
                                  const pthread_cond_t* condition) noexcept {
  static_assert(sizeof(pthread_cond_t) >= sizeof(std::uint32_t) * 10);
  // Atomic, because the libc's own waiters count themselves there.
  const std::uint32_t is =
      __atomic_load_n(reinterpret_cast<const std::uint32_t*>(condition) + word,
                      __ATOMIC_RELAXED);
  return {(is & kShared) != 0,
          (is & kMonotonic) != 0 ? CLOCK_MONOTONIC : CLOCK_REALTIME};
}

// Whether one that is made with these attributes has them in that word.
bool has_them_in(unsigned word, int shared, clockid_t clock) noexcept {
  pthread_condattr_t attributes;
  if (pthread_condattr_init(&attributes) != 0) return false;
  pthread_cond_t condition;
  bool has = pthread_condattr_setpshared(&attributes, shared) == 0 &&
             pthread_condattr_setclock(&attributes, clock) == 0 &&
             pthread_cond_init(&condition, &attributes) == 0;
  if (has) {
    const ConditionAttributes read = attributes_in(word, &condition);
    has = read.shared == (shared == PTHREAD_PROCESS_SHARED) &&
          read.clock == clock;
    pthread_cond_destroy(&condition);
  }
  pthread_condattr_destroy(&attributes);
  return has;
}

// Whether one that is made without a call has none.
bool has_none_in(unsigned word) noexcept {
  const pthread_cond_t plain = PTHREAD_COND_INITIALIZER;
  const ConditionAttributes read = attributes_in(word, &plain);
  return !read.shared && read.clock == CLOCK_REALTIME;
}

}  // namespace

bool conditions_are_known() noexcept {
  for (const unsigned word : kWords) {
    if (has_none_in(word) &&
        has_them_in(word, PTHREAD_PROCESS_PRIVATE, CLOCK_REALTIME) &&
        has_them_in(word, PTHREAD_PROCESS_PRIVATE, CLOCK_MONOTONIC) &&
        has_them_in(word, PTHREAD_PROCESS_SHARED, CLOCK_REALTIME) &&
        has_them_in(word, PTHREAD_PROCESS_SHARED, CLOCK_MONOTONIC)) {
      g_word.store(word, std::memory_order_relaxed);
      return true;
    }
  }
  return false;
}

ConditionAttributes attributes_of(const pthread_cond_t* condition) noexcept {
  return attributes_in(g_word.load(std::memory_order_relaxed), condition);
}

int system_cond_wait(pthread_cond_t* condition, pthread_mutex_t* mutex) {
  return g_wait.get()(condition, mutex);
}

int system_cond_timedwait(pthread_cond_t* condition, pthread_mutex_t* mutex,
                          const timespec* deadline) {
  return g_timedwait.get()(condition, mutex, deadline);
}

int system_cond_clockwait(pthread_cond_t* condition, pthread_mutex_t* mutex,
                          clockid_t clock, const timespec* deadline) {
  return g_clockwait.get()(condition, mutex, clock, deadline);
}

int system_cond_signal(pthread_cond_t* condition) noexcept {
  return g_signal.get()(condition);
}

int system_cond_broadcast(pthread_cond_t* condition) noexcept {
  return g_broadcast.get()(condition);
}

int system_cancel(pthread_t thread) { return g_cancel.get()(thread); }

}  // namespace parkway::preload
