// SPDX-License-Identifier: Apache-2.0

// A Platform policy (parkway/base/platform.h) over the Relacy race detector:
// the production sources run under it unchanged, one schedule after another.
//
// Exactly one translation unit of a program may include this header, because
// it defines parkway::internal::fatal and parkway::os::nanotime for the model;
// the plugin library is not linked.
#ifndef PARKWAY_TESTS_MODEL_MODEL_PLATFORM_H_
#define PARKWAY_TESTS_MODEL_MODEL_PLATFORM_H_

#include <atomic>
#include <cstdint>
#include <cstdlib>
#include <new>

#include "parkway/base/checks.h"
#include "parkway/base/platform.h"
#include "parkway/base/spin.h"
#include "parkway/os/os.h"
#include "parkway/task/scheduler.h"
#include "parkway/task/task_timer.h"
#include "parkway/wait/address_wait.h"
#include "parkway/wait/rw_waiter.h"
#include "parkway/wait/sleepers.h"
#include "parkway/wait/system_semaphore.h"
#include "parkway/wait/wait_table.h"
#include "parkway/wait/worker_semaphore.h"
#include "tests/model/model_kernel.h"
#include "tests/model/model_semaphore.h"

namespace parkway::model {

// What can be set about a policy. The mutants derive from it.
struct Knobs {
  // release() as processors do it: the store may become visible after the look
  // that follows it. Otherwise the two halves of the barrier are fences as C++
  // has them.
  static constexpr bool kDelayedStore = false;
  static constexpr std::memory_order kReleaseOrder = std::memory_order_release;
  // What process_barrier() returns, and whether it is one.
  static constexpr bool kHasBarrier = true;
  static constexpr bool kBarrierWorks = true;
  // Each may fail, whatever the others did: seccomp is for one thread.
  static constexpr bool kBarrierMayFail = false;
  static constexpr bool kFenceWorks = true;
  static constexpr bool kLatestLoads = false;
  static constexpr Weaken kWeaken = Weaken::kNothing;
  static constexpr bool kSleepChecksValue = true;
  // Whether stores have arrived when kSettleNs have passed.
  static constexpr bool kSettles = true;
  // Deadlines that are kFar away never come: so a second look that the code
  // needs in no case of the model can't hide a lost wakeup.
  static constexpr std::int64_t kFar = std::int64_t{1} << 40;
  static constexpr std::int64_t kSettleNs = 2 * kFar;
  static constexpr std::int64_t kOnItsWayNs = 2 * kFar;
  static constexpr std::int64_t kRelyNs = 2 * kFar;
  static constexpr std::uint32_t kGaps = 1;
  static constexpr unsigned kPriorities = 1;  // of threads
  // Whether futexes are made of semaphores, as parkway/os/derived does it.
  static constexpr bool kFutexBySemaphore = false;
  template <class P>
  using Semaphore = WorkerSemaphore<P>;
  template <class P>
  using WaitSemaphore = WorkerSemaphore<P>;
};

// In model_scheduler.h.
template <class P>
class ModelScheduler;
template <class P>
class ModelTimers;

template <class K>
struct ModelPlatform {
  template <class T>
  using Atomic = model::Atomic<T, K::kWeaken, K::kLatestLoads>;
  template <class T>
  using Plain = model::Plain<T>;
  using MutexWord = std::uint32_t;
  static constexpr const char* kMutexName = "FutexMutex";

  struct alignas(64) Worker {
    typename K::template Semaphore<ModelPlatform> semaphore;
    Plain<Worker*> next_waiter{nullptr};
    Plain<std::int32_t> held_locks{0};
    Plain<std::uint32_t> slow_unlocks{0};
    std::uint32_t index = 0;
    RwWaiter<ModelPlatform> waiter = {};
    bool waits = false;
  };

  // Records outlive the objects that refer to them; one run's are made and
  // taken down by its Suite.
  static Worker* worker(int thread) {
    alignas(Worker) static unsigned char records[kMaxThreads][sizeof(Worker)];
    return reinterpret_cast<Worker*>(records[thread]);
  }
  static Worker* current_worker() noexcept { return worker(self()); }
  static Worker* waits_in_record() noexcept { return current_worker(); }
  static Worker* worker_at(std::uint32_t index) noexcept {
    return worker(static_cast<int>(index) - 1);
  }
  static std::int32_t priority() noexcept {
    const std::int32_t fixed = kernel.priority[self()];
    return fixed == 0 && K::kPriorities > 1
               ? static_cast<std::int32_t>(rl::rand(K::kPriorities))
               : fixed;
  }
  static constexpr bool kHeldLocks = true;
  static constexpr bool kHasBarrier = K::kHasBarrier;
  template <class P>
  using WaitSemaphore = typename K::template WaitSemaphore<P>;

  // Those of a run are made by its TaskSuite.
  using Suspension = parkway::Suspension;
  using Scheduler = ModelScheduler<ModelPlatform>;
  static Scheduler& scheduler() {
    alignas(Scheduler) static unsigned char bytes[sizeof(Scheduler)];
    return *reinterpret_cast<Scheduler*>(bytes);
  }
  static Scheduler* scheduler_of_caller() noexcept {
    return kernel.in_task[self()] ? &scheduler() : nullptr;
  }
  using Timers = ModelTimers<ModelPlatform>;
  static Timers& timers() {
    alignas(Timers) static unsigned char bytes[sizeof(Timers)];
    return *reinterpret_cast<Timers*>(bytes);
  }
  static bool timers_run() noexcept { return true; }
  static void start_timer(BasicTaskTimer<ModelPlatform>& timer) noexcept {
    timers().start(timer);
  }
  static void stop_timer(BasicTaskTimer<ModelPlatform>& timer) noexcept {
    timers().stop(timer);
  }

  static bool start_thread(void (*function)(void*), void* argument) {
    return kernel.start_thread(function, argument);
  }

  // Whether a sleep until then may end by time.
  static bool may_end(std::int64_t deadline) noexcept {
    return deadline < K::kFar && kernel.stage >= kernel.timed_from[self()];
  }

  // Of a system that has semaphores. Its sleepers are made by the Suite, if the
  // policy has futexes of them.
  using ThreadSemaphore = ModelSemaphore;
  static bool semasleep(ThreadSemaphore& semaphore,
                        std::int64_t deadline) noexcept {
    return semaphore.sleep(deadline, may_end(deadline));
  }
  static void semawakeup(ThreadSemaphore& semaphore) noexcept {
    semaphore.wakeup();
  }
  static void semaclose(ThreadSemaphore& semaphore) noexcept {
    semaphore.close();
  }
  static constexpr bool kFutexBySemaphore = K::kFutexBySemaphore;
  using Sleeper = ModelSleeper<ModelPlatform>;
  using SleeperLock = ModelSleeperLock;
  using Sleepers = ModelSleepers<ModelPlatform>;
  static Sleepers& sleepers() {
    alignas(Sleepers) static unsigned char bytes[sizeof(Sleepers)];
    return *reinterpret_cast<Sleepers*>(bytes);
  }
  static Sleeper* take_sleeper() noexcept { return sleepers().take(); }
  static void put_back(Sleeper* sleeper) noexcept {
    sleepers().put_back(sleeper);
  }
  static os::derived::SleeperQueue<ModelPlatform>& sleeper_queue(
      const void*) noexcept {
    return sleepers().queue;
  }
  using DerivedFutex = os::derived::FutexBySemaphore<ModelPlatform>;

  // Atomic against other futex calls and against writes, as the kernel's is;
  // orders no other memory, because the primitives do not ask for that.
  static bool futexsleep(Atomic<std::uint32_t>& word, std::uint32_t expected,
                         std::int64_t deadline) noexcept {
    if constexpr (K::kFutexBySemaphore) {
      return DerivedFutex::sleep(word, expected, deadline);
    }
    rl::context& c = rl::ctx();
    c.sched();
    kernel.check(&word, $);
    if (K::kSleepChecksValue && word.kernel_load($) != expected) {
      log("futexsleep: the value has changed", $);
      return true;
    }
    const int me = self();
    const bool timed = may_end(deadline);
    if (timed && deadline <= kernel.clock) {
      ++coverage.timeouts;
      return false;
    }
    const bool spurious = c.is_random_sched() ? kernel.wakes_for_no_reason
                                              : kernel.budget.spurious > 0;
    ++coverage.sleeps;
    kernel.asleep_on[me] = &word;
    log("futexsleep: sleeps", $);
    const rl::unpark_reason reason =
        c.park_current_thread(timed, spurious, false, $);
    kernel.asleep_on[me] = nullptr;
    if (reason == rl::unpark_reason_timeout) {
      log("futexsleep: deadline", $);
      ++coverage.timeouts;
      if (kernel.clock < deadline) kernel.clock = deadline;
      return false;
    }
    if (reason == rl::unpark_reason_spurious) {
      log("futexsleep: returns for no reason", $);
      ++coverage.spurious;
      --kernel.budget.spurious;
      return true;
    }
    await([me] { return kernel.stage >= kernel.runs_from[me]; });
    return true;
  }

  // Uses the address of `word` alone.
  static void futexwakeup(Atomic<std::uint32_t>& word,
                          std::uint32_t count) noexcept {
    if constexpr (K::kFutexBySemaphore) {
      DerivedFutex::wakeup(word, count);
      return;
    }
    rl::context& c = rl::ctx();
    c.sched();
    ++kernel.wake_calls;
    log("futexwakeup", $);
    for (; count > 0; --count) {
      int sleepers[kMaxThreads];
      unsigned n = 0;
      for (int i = 0; i < kMaxThreads; ++i) {
        if (kernel.asleep_on[i] == &word) sleepers[n++] = i;
      }
      if (n == 0) return;
      const int chosen = sleepers[n > 1 ? rl::rand(n) : 0];
      kernel.asleep_on[chosen] = nullptr;
      c.unpark_thread(chosen, false, $);
    }
  }

  static void yield() noexcept { rl::yield(1, $); }
  static void pause() noexcept {}
  static std::uint64_t ticks() noexcept { return 0; }
  static void fence() noexcept {
    if (!K::kFenceWorks) return;
    drain();
    rl::atomic_thread_fence(rl::mo_seq_cst, $);
  }
  // Where the barrier is a pair of fences, this is the other one.
  static void compiler_fence() noexcept {
    if (!K::kDelayedStore && K::kHasBarrier && K::kBarrierWorks) {
      rl::atomic_thread_fence(rl::mo_seq_cst, $);
    }
  }
  static std::int64_t now() noexcept {
    if (Kernel::maybe(kernel.budget.clock, 4)) ++kernel.clock;
    return kernel.clock;
  }
  static SpinLimits spin_limits() noexcept {
    SpinLimits limits;
    limits.gaps = K::kGaps;
    limits.yields = 1;
    return limits;
  }
  static internal::SpinHistory& spin_history() noexcept {
    struct Own {
      std::uint64_t run = 0;
      internal::SpinHistory history;
    };
    static Own own[kMaxThreads];
    Own& mine = own[self()];
    // Of its polls it has learned nothing.
    const bool notified = mine.run == kernel.runs && mine.history.notified;
    mine = {kernel.runs, {}};
    mine.history.notified = notified;
    return mine.history;
  }
  static constexpr std::uint32_t kStarvingLosses = 1;
  static bool starving(std::int64_t, std::uint32_t) noexcept {
    return Kernel::maybe(kernel.budget.starve, 2);
  }

  // The one slot of the run: all words are near each other.
  using Slot = BasicSleeperSlot<ModelPlatform>;
  static Slot& slot() {
    alignas(Slot) static unsigned char bytes[sizeof(Slot)];
    return *reinterpret_cast<Slot*>(bytes);
  }
  static bool look() {
    const bool seen = !slot().quiet();
    if (seen) ++coverage.late_looks;
    return seen;
  }
  template <class T>
  static bool sleepers_near(const Atomic<T>&) noexcept {
    return !slot().quiet();
  }
  static bool sleepers_after(const void*) noexcept {
    compiler_fence();
    return look();
  }
  static bool announce(const void*) noexcept {
    if (slot().enter()) {
      ++coverage.eras_joined;
      return true;
    }
    if (!process_barrier()) return false;
    slot().fenced();
    return true;
  }
  static void announce_held(const void*) noexcept { slot().enter(); }
  static void retract(const void*) noexcept { slot().leave(); }
  // Time has passed: the stores that were on their way have arrived.
  static void settled(const void*) noexcept {
    if (K::kSettles) wait_for_stores();
    slot().fenced();
  }
  static void calm(const void*) noexcept {
    if (K::kHasBarrier && slot().idle() && rl::rand(2) == 0 &&
        slot().become_quiet()) {
      ++coverage.calms;
    }
  }

  template <class T>
  static bool release(Atomic<T>& word) noexcept {
    if (!K::kDelayedStore || rl::rand(2) == 0) {
      word.store(0, K::kReleaseOrder);
      compiler_fence();
      return look();
    }
    const bool seen = look();
    kernel.in_release_window[self()] = true;
    word.store(0, K::kReleaseOrder);
    leave_release_window();
    return seen;
  }

  // A plain store that becomes visible now, or at the thread's next drain(),
  // after looks that follow it. One at a time; the thread drains before its
  // end.
  static void store_late(Atomic<int>& word, int value) {
    drain();
    if (!K::kDelayedStore || rl::rand(2) == 0) {
      word.store(value, std::memory_order_relaxed);
      return;
    }
    ++coverage.late_stores;
    log("store_late: is kept", $);
    kernel.in_release_window[self()] = true;
    kernel.kept[self()] = {[](void* w, int v) {
                             static_cast<Atomic<int>*>(w)->store(
                                 v, std::memory_order_relaxed);
                           },
                           &word, value};
  }

  // The IPI of membarrier(2): whatever a processor has looked at by then, its
  // earlier stores are visible when it is over. With kLatestLoads every load
  // is fresh anyway, so fences of the caller would add nothing.
  static bool process_barrier() noexcept {
    if (!K::kHasBarrier) return false;
    if (K::kBarrierMayFail && rl::rand(2) == 0) {
      ++coverage.barrier_failures;
      log("process_barrier: fails", $);
      return false;
    }
    if (!K::kBarrierWorks) return true;
    if (!K::kDelayedStore) {
      rl::atomic_thread_fence(rl::mo_seq_cst, $);
      return true;
    }
    wait_for_stores();
    return true;
  }
  static void wait_for_stores() noexcept {
    rl::context& c = rl::ctx();
    c.sched();
    const int me = self();
    // The stores that are late now: not those that come while it waits.
    unsigned left[kMaxThreads];
    bool waits[kMaxThreads];
    for (int i = 0; i < kMaxThreads; ++i) {
      left[i] = kernel.windows_left[i];
      waits[i] = i != me && kernel.in_release_window[i];
    }
    for (int i = 0; i < kMaxThreads; ++i) {
      while (waits[i] && kernel.windows_left[i] == left[i]) {
        ++coverage.barrier_waits;
        log("process_barrier: waits for a store", $);
        kernel.in_barrier[me] = true;
        c.park_current_thread(false, false, false, $);
      }
    }
  }
  static constexpr std::int64_t kSettleNs = K::kSettleNs;
  static constexpr std::int64_t kOnItsWayNs = K::kOnItsWayNs;
  static std::int64_t look_again(std::int64_t) noexcept { return os::kForever; }
  static constexpr std::int64_t kRelyNs = K::kRelyNs;
  static constexpr bool kOneProcess = true;
  static constexpr std::int64_t kPatienceNs = 0;
  static constexpr std::int64_t kNapNs = 1;
  static constexpr std::int64_t kLongestNapNs = 1;

  // Nobody forks.
  static std::uint32_t fork_generation() noexcept { return 1; }
  static bool forked() noexcept { return false; }

  // Simpler than production's WordLock, which has tests of its own.
  class TableLock {
   public:
    bool lock() {
      drain();
      mutex_.lock($);
      return false;
    }
    void unlock() { mutex_.unlock($); }

   private:
    rl::mutex mutex_;
  };
  // The one bucket of the run.
  static KeyMark** mark_lists() noexcept { return nullptr; }
  static WaitBucket<ModelPlatform>& bucket(const void*) noexcept {
    using Bucket = WaitBucket<ModelPlatform>;
    alignas(Bucket) static unsigned char bytes[sizeof(Bucket)];
    return *reinterpret_cast<Bucket*>(bytes);
  }
  static AddressBucket<ModelPlatform>& address_bucket(const void*) noexcept {
    using Bucket = AddressBucket<ModelPlatform>;
    alignas(Bucket) static unsigned char bytes[sizeof(Bucket)];
    return *reinterpret_cast<Bucket*>(bytes);
  }
};

// What a platform may be like.
struct WeakMemory : Knobs {};  // as C++ allows, with the barrier as fences
struct DelayedStore : Knobs {  // as processors and membarrier(2) do it
  static constexpr bool kDelayedStore = true;
  static constexpr bool kLatestLoads = true;
};
struct NoBarrier : DelayedStore {  // a kernel without membarrier
  static constexpr bool kHasBarrier = false;
};
struct WeakNoBarrier : WeakMemory {
  static constexpr bool kHasBarrier = false;
};
struct FailingBarrier : DelayedStore {  // a seccomp filter that came later
  static constexpr bool kBarrierMayFail = true;
  static constexpr std::int64_t kSettleNs = 1;
};
// A worker sleeps on the system's semaphore, all else on futexes: Windows.
struct SystemSemaphores : WeakMemory {
  template <class P>
  using Semaphore = SystemSemaphore<P>;
};
// The system has no futexes either: Windows before 8, in both ways that there
// are of modelling its barrier.
struct OnlySemaphores : SystemSemaphores {
  static constexpr bool kFutexBySemaphore = true;
};
struct OnlySemaphoresDelayed : DelayedStore {
  static constexpr bool kFutexBySemaphore = true;
  template <class P>
  using Semaphore = SystemSemaphore<P>;
};
// It has no barrier either, and workers have no semaphores of the system's:
// NetBSD before 10, macOS before 14.4, Plan 9.
struct OnlySemaphoresNoBarrier : WeakNoBarrier {
  static constexpr bool kFutexBySemaphore = true;
};

}  // namespace parkway::model

namespace parkway::internal {

void fatal(const char*, const void*, const char* fault) noexcept {
  rl::ctx().fail_test(fault, rl::test_result_user_assert_failed, $);
  std::abort();  // fail_test() does not return
}

}  // namespace parkway::internal

namespace parkway::os {

std::int64_t nanotime() noexcept { return model::kernel.clock; }

}  // namespace parkway::os

#endif  // PARKWAY_TESTS_MODEL_MODEL_PLATFORM_H_
