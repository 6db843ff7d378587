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
#include <relacy/relacy.hpp>
#include <type_traits>
// Relacy's macros for code that is written against it; this is not.
#undef assert
#undef calloc
#undef delete
#undef errno
#undef free
#undef malloc
#undef new
#undef realloc
#undef memory_order_relaxed
#undef memory_order_consume
#undef memory_order_acquire
#undef memory_order_release
#undef memory_order_acq_rel
#undef memory_order_seq_cst
#include "parkway/base/checks.h"
#include "parkway/base/platform.h"
#include "parkway/base/spin.h"
#include "parkway/os/os.h"
#include "parkway/task/scheduler.h"
#include "parkway/task/task_timer.h"
#include "parkway/wait/address_wait.h"
#include "parkway/wait/rw_waiter.h"
#include "parkway/wait/sleepers.h"
#include "parkway/wait/wait_table.h"
#include "parkway/wait/worker_semaphore.h"

namespace parkway::model {

inline constexpr int kMaxThreads = 5;

// How often the tree searches may take each unlikely branch in one run; the
// random scheduler draws instead.
struct Budget {
  int spurious = 1;  // a futexsleep that returns for no reason
  int clock = 1;     // time passes at a look at the clock
  int starve = 1;    // a waiter is found to starve
  int refuse = 0;    // a scheduler can't suspend a task
};

// What happened in all runs together: a test that never met the case it is
// about fails.
struct Coverage {
  std::uint64_t sleeps = 0;
  std::uint64_t timeouts = 0;
  std::uint64_t spurious = 0;
  std::uint64_t late_looks = 0;  // sleepers that release() found
  std::uint64_t late_stores = 0;
  std::uint64_t barrier_waits = 0;
  std::uint64_t barrier_failures = 0;
  std::uint64_t eras_joined = 0;  // sleepers that needed no barrier
  std::uint64_t calms = 0;        // slots that became quiet
  std::uint64_t grants = 0;       // FutexMutex::kGranted was written
  std::uint64_t suspensions = 0;
  std::uint64_t early_resumes = 0;  // before suspended() had returned
  std::uint64_t refusals = 0;
  std::uint64_t expired = 0;    // tasks that a timer resumed
  std::uint64_t overtaken = 0;  // timers whose task had been readied
};

// The operating system and the machine of one run. Not itself subject to
// interleaving: it changes between two scheduling points only.
struct Kernel {
  // Live model objects. An access to any other is a use after free.
  static constexpr int kMaxLive = 128;
  const void* live[kMaxLive];
  int live_count;

  // A store that its thread's processor keeps to itself, see store_late().
  struct Kept {
    void (*make)(void* word, int value);
    void* word;
    int value;
  };

  const void* asleep_on[kMaxThreads];
  // A suite may hold threads back: one that was woken runs on from that stage
  // of the run, or after kPatience yields: it may have been handed a mutex. And
  // sleeps may end by time from a stage on, and for no reason or not.
  static constexpr int kPatience = 500;
  int runs_from[kMaxThreads];
  int timed_from[kMaxThreads];
  int stage;
  std::int32_t priority[kMaxThreads];  // 0: any, where the kind has several
  bool wakes_for_no_reason;
  Kept kept[kMaxThreads];
  bool in_release_window[kMaxThreads];
  bool in_barrier[kMaxThreads];
  std::int64_t clock;
  Budget budget;
  std::uint64_t wake_calls;
  // What a suite that has threads to start does; its own to set.
  bool (*start_thread)(void (*function)(void*), void* argument) = nullptr;
  bool in_task[kMaxThreads];  // the thread runs a task

  void reset(const Budget& b) {
    live_count = 0;
    for (int i = 0; i < kMaxThreads; ++i) {
      asleep_on[i] = nullptr;
      runs_from[i] = timed_from[i] = 0;
      priority[i] = 0;
      kept[i] = {};
      in_release_window[i] = in_barrier[i] = in_task[i] = false;
    }
    stage = 0;
    wakes_for_no_reason = true;
    clock = 1;
    budget = b;
    wake_calls = 0;
  }

  void enter(const void* object) {
    if (live_count == kMaxLive) std::abort();
    live[live_count++] = object;
  }
  void leave(const void* object) {
    for (int i = 0; i < live_count; ++i) {
      if (live[i] == object) {
        live[i] = live[--live_count];
        return;
      }
    }
  }
  void check(const void* object, rl::debug_info_param info) const {
    for (int i = 0; i < live_count; ++i) {
      if (live[i] == object) return;
    }
    rl::ctx().fail_test("touches a destroyed object",
                        rl::test_result_access_to_freed_memory, info);
  }

  // An unlikely branch: one in `one_in` at random, `left` times in a search.
  static bool maybe(int& left, unsigned one_in) {
    if (rl::ctx().is_random_sched()) return rl::rand(one_in) == 0;
    if (left == 0 || rl::rand(2) == 0) return false;
    --left;
    return true;
  }
};

inline Kernel kernel;
inline Coverage coverage;

inline int self() { return static_cast<int>(rl::thread_index()); }

inline void log(const char* message, rl::debug_info_param info) {
  rl::context& c = rl::ctx();
  if (c.collecting_history()) c.exec_log_msg(info, message);
}

// Others run until it is so, or for a long time.
template <class Condition>
bool await(Condition&& is_so) {
  for (int i = 0; i < Kernel::kPatience && !is_so(); ++i) rl::yield(1, $);
  return is_so();
}

// The calling thread has looked in a window that barriers wait for, and stored.
inline void leave_release_window() {
  kernel.in_release_window[self()] = false;
  for (int i = 0; i < kMaxThreads; ++i) {
    if (kernel.in_barrier[i]) {
      kernel.in_barrier[i] = false;
      rl::ctx().unpark_thread(i, false, $);
    }
  }
}

// Makes the store that the calling thread's processor has kept, if there is
// one: what a fence, a locked instruction and a later store do first.
inline void drain() {
  Kernel::Kept& mine = kernel.kept[self()];
  if (mine.make == nullptr) return;
  const Kernel::Kept kept = mine;
  mine = {};
  kept.make(kept.word, kept.value);
  leave_release_window();
}

inline rl::memory_order to_relacy(std::memory_order order) {
  switch (order) {
    case std::memory_order_relaxed:
      return rl::mo_relaxed;
    case std::memory_order_consume:
      return rl::mo_consume;
    case std::memory_order_acquire:
      return rl::mo_acquire;
    case std::memory_order_release:
      return rl::mo_release;
    case std::memory_order_acq_rel:
      return rl::mo_acq_rel;
    case std::memory_order_seq_cst:
      break;
  }
  return rl::mo_seq_cst;
}

// Memory orders as written, or with one half left out (mutants).
enum class Weaken { kNothing, kAcquire, kRelease };

template <Weaken kWeaken>
std::memory_order weakened(std::memory_order order) {
  if (kWeaken == Weaken::kAcquire) {
    if (order == std::memory_order_acquire) return std::memory_order_relaxed;
    if (order == std::memory_order_acq_rel) return std::memory_order_release;
  }
  if (kWeaken == Weaken::kRelease) {
    if (order == std::memory_order_release) return std::memory_order_relaxed;
    if (order == std::memory_order_acq_rel) return std::memory_order_acquire;
  }
  return order;
}

// The strongest order that a failed compare-exchange may have, as in <atomic>.
inline std::memory_order failure_order(std::memory_order order) {
  if (order == std::memory_order_acq_rel) return std::memory_order_acquire;
  if (order == std::memory_order_release) return std::memory_order_relaxed;
  return order;
}

// The caller's place in the source, for Relacy's traces.
#define PARKWAY_MODEL_CALLER   \
  const rl::debug_info& info = \
      rl::debug_info(__builtin_FUNCTION(), __builtin_FILE(), __builtin_LINE())

// std::atomic's members over rl::atomic. Each access is one scheduling point,
// then a check that the object still exists, then the access itself.
//
// kLatest: loads take the newest value of the modification order, as x86 loads
// do; without it, any value that C++ allows.
template <class T, Weaken kWeaken, bool kLatest>
class Atomic {
 public:
  Atomic(T value) noexcept : atomic_(value), newest_(value) {
    kernel.enter(this);
  }
  ~Atomic() { kernel.leave(this); }
  Atomic(const Atomic&) = delete;
  Atomic& operator=(const Atomic&) = delete;

  T load(std::memory_order order, PARKWAY_MODEL_CALLER) const {
    const Access access(this, info);
    const rl::memory_order mo = to_relacy(weakened<kWeaken>(order));
    return kLatest ? read_newest(mo, info) : atomic_.load(mo, info);
  }

  void store(T value, std::memory_order order, PARKWAY_MODEL_CALLER) {
    drain();
    const Access access(this, info);
    atomic_.store(value, to_relacy(weakened<kWeaken>(order)), info);
    newest_ = value;
  }

  T exchange(T value, std::memory_order order, PARKWAY_MODEL_CALLER) {
    drain();
    const Access access(this, info);
    newest_ = value;
    return atomic_.exchange(value, to_relacy(weakened<kWeaken>(order)), info);
  }

  bool compare_exchange_strong(T& expected, T value, std::memory_order order,
                               PARKWAY_MODEL_CALLER) {
    return compare_exchange<false>(expected, value, order, failure_order(order),
                                   info);
  }
  bool compare_exchange_strong(T& expected, T value, std::memory_order order,
                               std::memory_order failure,
                               PARKWAY_MODEL_CALLER) {
    return compare_exchange<false>(expected, value, order, failure, info);
  }
  bool compare_exchange_weak(T& expected, T value, std::memory_order order,
                             PARKWAY_MODEL_CALLER) {
    return compare_exchange<true>(expected, value, order, failure_order(order),
                                  info);
  }
  bool compare_exchange_weak(T& expected, T value, std::memory_order order,
                             std::memory_order failure, PARKWAY_MODEL_CALLER) {
    return compare_exchange<true>(expected, value, order, failure, info);
  }

  T fetch_add(T value, std::memory_order order, PARKWAY_MODEL_CALLER) {
    drain();
    const Access access(this, info);
    newest_ += value;
    return atomic_.fetch_add(value, to_relacy(weakened<kWeaken>(order)), info);
  }
  T fetch_sub(T value, std::memory_order order, PARKWAY_MODEL_CALLER) {
    drain();
    const Access access(this, info);
    newest_ -= value;
    return atomic_.fetch_sub(value, to_relacy(weakened<kWeaken>(order)), info);
  }

  // The newest value as the kernel reads it for the calling thread: without a
  // scheduling point, and the thread never again sees an older one.
  T kernel_load(rl::debug_info_param info) const {
    rl::ctx().disable_preemption();
    const T value = read_newest(rl::mo_relaxed, info);
    rl::ctx().enable_preemption();
    return value;
  }

 private:
  static constexpr std::uint32_t kGranted = 4;  // FutexMutex's

  class Access {
   public:
    Access(const Atomic* atomic, rl::debug_info_param info) {
      rl::context& c = rl::ctx();
      c.sched();
      kernel.check(atomic, info);
      c.disable_preemption();
    }
    ~Access() { rl::ctx().enable_preemption(); }
  };

  static T improbable() {
    constexpr std::uint32_t kBits = 0x5a5a5a50u;
    if constexpr (std::is_pointer_v<T>) {
      return reinterpret_cast<T>(std::uintptr_t{kBits});
    } else {
      return static_cast<T>(kBits);
    }
  }

  // A compare-exchange that fails reads the newest value and writes nothing.
  T read_newest(rl::memory_order mo, rl::debug_info_param info) const {
    T value = improbable();
    const_cast<rl::atomic<T>&>(atomic_).compare_exchange_strong(
        value, value, mo, info, mo, info);
    return value;
  }

  template <bool kMayFail>
  bool compare_exchange(T& expected, T value, std::memory_order order,
                        std::memory_order failure, rl::debug_info_param info) {
    drain();
    const Access access(this, info);
    const rl::memory_order mo = to_relacy(weakened<kWeaken>(order));
    const rl::memory_order failed = to_relacy(weakened<kWeaken>(failure));
    const bool done = kMayFail ? atomic_.compare_exchange_weak(
                                     expected, value, mo, info, failed, info)
                               : atomic_.compare_exchange_strong(
                                     expected, value, mo, info, failed, info);
    if (!done) return false;
    newest_ = value;
    if constexpr (std::is_integral_v<T>) {
      if (value == static_cast<T>(kGranted)) ++coverage.grants;
    }
    return true;
  }

  rl::atomic<T> atomic_;
  T newest_;
};

// A T on which Relacy reports races.
template <class T>
class Plain {
 public:
  Plain(T value) noexcept : var_(value) { kernel.enter(this); }
  ~Plain() { kernel.leave(this); }
  Plain(const Plain&) = delete;
  Plain& operator=(const Plain& other) { return *this = static_cast<T>(other); }

  operator T() const {
    kernel.check(this, $);
    return var_($).load();
  }
  Plain& operator=(T value) {
    kernel.check(this, $);
    var_($).store(value);
    return *this;
  }
  T operator++() {
    *this = static_cast<T>(*this) + 1;
    return *this;
  }
  T operator--() {
    *this = static_cast<T>(*this) - 1;
    return *this;
  }

 private:
  rl::var<T> var_;
};

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
  static constexpr std::uint32_t kGaps = 1;
  static constexpr unsigned kPriorities = 1;  // of threads
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

  // Atomic against other futex calls and against writes, as the kernel's is;
  // orders no other memory, because the primitives do not ask for that.
  static bool futexsleep(Atomic<std::uint32_t>& word, std::uint32_t expected,
                         std::int64_t deadline) noexcept {
    rl::context& c = rl::ctx();
    c.sched();
    kernel.check(&word, $);
    if (K::kSleepChecksValue && word.kernel_load($) != expected) {
      log("futexsleep: the value has changed", $);
      return true;
    }
    const int me = self();
    const bool timed =
        deadline < K::kFar && kernel.stage >= kernel.timed_from[me];
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
    for (int i = 0; i < kMaxThreads; ++i) {
      if (i == me || !kernel.in_release_window[i]) continue;
      ++coverage.barrier_waits;
      log("process_barrier: waits for a store", $);
      kernel.in_barrier[me] = true;
      c.park_current_thread(false, false, false, $);
    }
  }
  static constexpr std::int64_t kSettleNs = K::kSettleNs;
  static std::int64_t look_again(std::int64_t) noexcept { return os::kForever; }
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
