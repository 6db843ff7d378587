// SPDX-License-Identifier: Apache-2.0

// The semaphore of an Abseil thread: parkway's, in the place that Abseil keeps
// for its own.
#ifndef PARKWAY_ABSL_PER_THREAD_SEM_SEMAPHORE_H_
#define PARKWAY_ABSL_PER_THREAD_SEM_SEMAPHORE_H_

#include <atomic>
#include <cstdint>
#include <type_traits>

#include "absl/base/internal/thread_identity.h"
#include "absl/synchronization/internal/waiter.h"
#include "parkway/absl/per_thread_sem/kernel_timeout.h"
#include "parkway/base/platform.h"
#include "parkway/wait/worker_semaphore.h"

namespace parkway::per_thread_sem {

using Identity = absl::base_internal::ThreadIdentity;
using absl::synchronization_internal::KernelTimeout;
using absl::synchronization_internal::Waiter;

// Abseil's ticker pokes a thread that has slept for long, which then marks
// itself idle and goes on sleeping.
struct IdlePlatform : BasePlatform {
  static bool futexsleep(Atomic<std::uint32_t>& word, std::uint32_t expected,
                         std::int64_t deadline) noexcept;
};

using Semaphore = WorkerSemaphore<IdlePlatform>;

// Up to 20230125 Abseil itself initialises (to zero) and pokes the futex that
// it believes to be there; only Post and Wait can be ours.
static_assert(TellsRemaining<KernelTimeout>::value ||
                  ABSL_WAITER_MODE == ABSL_WAITER_MODE_FUTEX,
              "this Abseil does not wait on a futex");
static_assert(sizeof(Semaphore) == sizeof(std::uint32_t) &&
                  std::is_standard_layout_v<Semaphore> &&
                  sizeof(Semaphore) <= sizeof(Identity::WaiterState),
              "Abseil sees one zeroed word that it can wake by address");

inline Semaphore& semaphore_of(Identity* identity) {
  return *reinterpret_cast<Semaphore*>(identity->waiter_state.data);
}

inline bool IdlePlatform::futexsleep(Atomic<std::uint32_t>& word,
                                     std::uint32_t expected,
                                     std::int64_t deadline) noexcept {
  const bool in_time = BasePlatform::futexsleep(word, expected, deadline);
  Identity* const self = absl::base_internal::CurrentThreadIdentityIfPresent();
  // relaxed, here and below: hints for the ticker's thread.
  const int waited = self->ticker.load(std::memory_order_relaxed) -
                     self->wait_start.load(std::memory_order_relaxed);
  if (waited > Waiter::kIdlePeriods) {
    self->is_idle.store(true, std::memory_order_relaxed);
  }
  return in_time;
}

// Marks the calling thread as waiting, for the ticker and for a thread pool
// that counts its blocked threads.
class Waiting {
 public:
  explicit Waiting(Identity& self)
      : self_(self), blocked_count_(self.blocked_count_ptr) {
    // 0 would mean that the thread does not wait.
    const int ticker = self_.ticker.load(std::memory_order_relaxed);
    self_.wait_start.store(ticker != 0 ? ticker : 1, std::memory_order_relaxed);
    self_.is_idle.store(false, std::memory_order_relaxed);
    if (blocked_count_ != nullptr) {
      blocked_count_->fetch_add(1, std::memory_order_relaxed);
    }
  }
  ~Waiting() {
    if (blocked_count_ != nullptr) {
      blocked_count_->fetch_sub(1, std::memory_order_relaxed);
    }
    self_.is_idle.store(false, std::memory_order_relaxed);
    self_.wait_start.store(0, std::memory_order_relaxed);
  }
  Waiting(const Waiting&) = delete;
  Waiting& operator=(const Waiting&) = delete;

 private:
  Identity& self_;
  std::atomic<int>* const blocked_count_;
};

}  // namespace parkway::per_thread_sem

#endif  // PARKWAY_ABSL_PER_THREAD_SEM_SEMAPHORE_H_
