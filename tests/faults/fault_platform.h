// SPDX-License-Identifier: Apache-2.0

// The Platform policy with faults: everything that a kernel and a scheduler
// are allowed to do to a lock, seeded and far more often than they do it.
//
//   - a pause (yield, short sleep) before and after every access to a word
//   - release() whose store becomes visible long after its look for sleepers;
//     who announces a sleeper waits for these, as the membarrier system call
//     does, or this kernel lacks that, or it fails at times
//   - futex sleeps that return early for no reason, end late, or are entered
//     late; wakes that come late
//   - compare_exchange_weak() that fails for no reason
//   - waiters that starve after no time
#ifndef PARKWAY_TESTS_FAULTS_FAULT_PLATFORM_H_
#define PARKWAY_TESTS_FAULTS_FAULT_PLATFORM_H_

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <mutex>

#include "parkway/lock/byte_mutex.h"
#include "parkway/lock/cond_var_slow.h"
#include "parkway/lock/futex_mutex_slow.h"
#include "parkway/lock/futex_note_slow.h"
#include "parkway/lock/rw_cond_var_slow.h"
#include "parkway/lock/rw_mutex_slow.h"
#include "parkway/lock/sema_mutex_slow.h"
#include "parkway/lock/sema_note_slow.h"
#include "parkway/os/os.h"
#include "parkway/task/scheduler.h"
#include "parkway/task/task_timer.h"
#include "parkway/wait/address_wait_slow.h"
#include "parkway/wait/sleepers.h"
#include "parkway/wait/word_lock.h"
#include "parkway/wait/worker_semaphore.h"
#include "tests/faults/fault_timers.h"
#include "tests/suites/support.h"

namespace parkway::test {

// Where a test holds a thread.
class Gate {
 public:
  // Called by the thread that is held.
  void Pass();
  // Waits until a thread is held here.
  void AwaitArrival();
  void Open();

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool arrived_ = false;
  bool open_ = false;
};

namespace faults {

// The calling thread's generator.
Random& Rng();
// Perhaps a pause.
void Step();
// The calling thread's next futexwakeup() is held at `gate`: a waker that was
// preempted between its store and its wake.
void HoldNextWakeup(Gate* gate);
Gate* TakeGate();

}  // namespace faults

template <class T>
class FaultAtomic {
 public:
  constexpr FaultAtomic() noexcept = default;
  constexpr FaultAtomic(T value) noexcept : value_(value) {}

  T load(std::memory_order order) const {
    faults::Step();
    const T value = value_.load(order);
    faults::Step();
    return value;
  }
  void store(T value, std::memory_order order) {
    faults::Step();
    value_.store(value, order);
    faults::Step();
  }
  T exchange(T value, std::memory_order order) {
    faults::Step();
    const T old = value_.exchange(value, order);
    faults::Step();
    return old;
  }
  T fetch_add(T value, std::memory_order order) {
    faults::Step();
    const T old = value_.fetch_add(value, order);
    faults::Step();
    return old;
  }
  T fetch_sub(T value, std::memory_order order) {
    faults::Step();
    const T old = value_.fetch_sub(value, order);
    faults::Step();
    return old;
  }
  bool compare_exchange_strong(T& expected, T desired,
                               std::memory_order order) {
    return compare_exchange_strong(expected, desired, order, Failure(order));
  }
  bool compare_exchange_strong(T& expected, T desired,
                               std::memory_order success,
                               std::memory_order failure) {
    faults::Step();
    const bool done =
        value_.compare_exchange_strong(expected, desired, success, failure);
    faults::Step();
    return done;
  }
  bool compare_exchange_weak(T& expected, T desired, std::memory_order order) {
    return compare_exchange_weak(expected, desired, order, Failure(order));
  }
  bool compare_exchange_weak(T& expected, T desired, std::memory_order success,
                             std::memory_order failure) {
    if (faults::Rng().OneIn(8)) {
      expected = load(failure);
      return false;
    }
    return compare_exchange_strong(expected, desired, success, failure);
  }

  // Without faults.
  std::atomic<T>& raw() { return value_; }

 private:
  static constexpr std::memory_order Failure(std::memory_order order) {
    return order == std::memory_order_acq_rel   ? std::memory_order_acquire
           : order == std::memory_order_release ? std::memory_order_relaxed
                                                : order;
  }

  std::atomic<T> value_{};
};

template <class P>
struct alignas(64) FaultWorker {
  WorkerSemaphore<P> semaphore;
  FaultWorker* next_waiter = nullptr;
  RwWaiter<P> waiter = {};
  bool waits = false;
  std::uint32_t index = 0;
  std::int32_t held_locks = 0;
  std::uint32_t slow_unlocks = 0;

  // Odd while its thread has looked in release() and not yet stored.
  std::atomic<std::uint64_t> releases{0};
  std::atomic<bool> in_use{true};
  FaultWorker* all_next = nullptr;
};

// Whether a kernel has membarrier.
enum class Membarrier { kMissing, kWorks, kFailsAtTimes };

template <Membarrier kBarrier>
struct TablePlatform;

// Threads have `kPriorities` priorities, drawn anew at each wait.
template <Membarrier kBarrier, int kPriorities = 1>
struct FaultPlatform {
  template <class T>
  using Atomic = FaultAtomic<T>;
  template <class T>
  using Plain = T;
  using Worker = FaultWorker<FaultPlatform>;
  using MutexWord = std::uint32_t;
  static constexpr const char* kMutexName = "FutexMutex";

  // A call of its own: a task may have changed threads since the last one.
  [[gnu::noinline]] static Worker* current_worker() {
    static thread_local Claimed claimed;
    return claimed.worker;
  }
  static Worker* waits_in_record() { return current_worker(); }
  static Worker* worker_at(std::uint32_t index) { return g_numbered[index]; }
  static std::int32_t priority() {
    if constexpr (kPriorities == 1) return 0;
    return static_cast<std::int32_t>(faults::Rng().Below(kPriorities));
  }
  static constexpr bool kHeldLocks = true;
  template <class P>
  using WaitSemaphore = WorkerSemaphore<P>;

  using Scheduler = parkway::Scheduler;
  using Suspension = parkway::Suspension;
  static Scheduler* scheduler_of_caller() {
    faults::Step();
    return parkway::scheduler_of_caller();
  }
  static bool timers_run() { return true; }
  static void start_timer(BasicTaskTimer<FaultPlatform>& timer) {
    faults::Step();
    FaultTimers<FaultPlatform>::Get().Start(timer);
    faults::Step();
  }
  static void stop_timer(BasicTaskTimer<FaultPlatform>& timer) {
    faults::Step();
    FaultTimers<FaultPlatform>::Get().Stop(timer);
    faults::Step();
  }

  static bool futexsleep(Atomic<std::uint32_t>& word, std::uint32_t expected,
                         std::int64_t deadline) {
    Random& random = faults::Rng();
    faults::Step();
    if (random.OneIn(6)) return true;  // a signal, or no reason at all
    std::int64_t until = deadline;
    if (random.OneIn(6)) {  // the same after a while
      until = std::min(deadline,
                       now() + static_cast<std::int64_t>(random.Below(300000)));
    }
    bool in_time = os::futexsleep(&word.raw(), expected, until);
    faults::Step();
    // Late: a timeout is noticed long after it has come.
    if (!in_time && random.OneIn(4)) {
      os_sleep(static_cast<std::int64_t>(random.Below(500000)));
    }
    return in_time || until != deadline;
  }
  static void futexwakeup(Atomic<std::uint32_t>& word, std::uint32_t count) {
    if (Gate* gate = faults::TakeGate()) gate->Pass();
    late_futexwakeup(word, count);
  }
  static void late_futexwakeup(Atomic<std::uint32_t>& word,
                               std::uint32_t count) {
    if (faults::Rng().OneIn(16)) {
      os_sleep(static_cast<std::int64_t>(faults::Rng().Below(300000)));
    }
    faults::Step();
    os::futexwakeup(&word.raw(), count);
    faults::Step();
  }

  static void yield() {
    faults::Step();
    os::osyield();
  }
  static void pause() { internal::cpu_pause(); }
  static std::uint64_t ticks() { return internal::cpu_ticks(); }
  static void fence() {
    faults::Step();
    internal::cpu_fence();
    faults::Step();
  }
  static void compiler_fence() {
    std::atomic_signal_fence(std::memory_order_seq_cst);
    faults::Step();
  }
  static std::int64_t now() {
    faults::Step();
    return os::nanotime();
  }
  static SpinLimits spin_limits() {
    SpinLimits limits;
    if (faults::Rng().OneIn(2)) return limits;
    limits.yields = static_cast<std::uint32_t>(faults::Rng().Below(3));
    limits.unit_parts = SpinLimits::kParts;
    limits.close_ticks = static_cast<std::uint32_t>(faults::Rng().Below(3000));
    limits.gaps = static_cast<std::uint32_t>(faults::Rng().Below(3));
    return limits;
  }
  static internal::SpinHistory& spin_history() {
    return internal::spin_history();
  }
  static constexpr std::uint32_t kStarvingLosses = 2;
  static bool starving(std::int64_t since, std::uint32_t /*losses*/) {
    return now() - since >
           static_cast<std::int64_t>(faults::Rng().Below(300000));
  }

  using Slot = BasicSleeperSlot<FaultPlatform>;
  template <class T>
  static bool sleepers_near(const Atomic<T>& word) {
    return !Sleepers(&word).quiet();
  }
  static bool sleepers_after(const void* word) {
    compiler_fence();
    return !Sleepers(word).quiet();
  }
  template <class T>
  static bool release(Atomic<T>& word) {
    const Slot& sleepers = Sleepers(&word);
    faults::Step();
    if (faults::Rng().OneIn(2)) {
      word.raw().store(0, std::memory_order_seq_cst);
      faults::Step();
      internal::cpu_fence();
      return !sleepers.quiet();
    }
    // Not the mutex's: that may be gone after the store.
    std::atomic<std::uint64_t>& releases = current_worker()->releases;
    releases.fetch_add(1, std::memory_order_seq_cst);
    const bool near = !sleepers.quiet();
    faults::Step();
    word.raw().store(0, std::memory_order_seq_cst);
    releases.fetch_add(1, std::memory_order_seq_cst);
    faults::Step();
    return near;
  }
  static bool announce(const void* word) {
    if (Sleepers(word).enter()) return true;
    faults::Step();
    if (!offers_barrier()) return false;
    settled(word);
    return true;
  }
  static void announce_held(const void* word) { Sleepers(word).enter(); }
  static void retract(const void* word) { Sleepers(word).leave(); }
  // Waits for the stores that are late, whatever the clock says; then the
  // processor's own.
  static void settled(const void* word) {
    os::process_barrier();
    for (Worker* w = g_all.load(std::memory_order_seq_cst); w != nullptr;
         w = w->all_next) {
      const std::uint64_t count = w->releases.load(std::memory_order_seq_cst);
      if (count % 2 == 0) continue;
      while (w->releases.load(std::memory_order_seq_cst) == count) {
        os::osyield();
      }
    }
    faults::Step();
    Sleepers(word).fenced();
  }
  static void calm(const void* word) {
    if (kBarrier == Membarrier::kMissing || !faults::Rng().OneIn(2)) return;
    if (Sleepers(word).idle()) Sleepers(word).become_quiet();
  }
  static constexpr std::int64_t kSettleNs = 1000000;
  static constexpr std::int64_t kOnItsWayNs = 100000;
  static std::int64_t look_again(std::int64_t) { return os::kForever; }
  static constexpr std::int64_t kRelyNs = 1000000;
  static constexpr bool kOneProcess = true;
  static constexpr std::int64_t kPatienceNs = 1000;
  static constexpr std::int64_t kNapNs = 1000;
  static constexpr std::int64_t kLongestNapNs = 100000;

  static std::uint32_t fork_generation() { return internal::fork_generation(); }
  static bool forked() { return internal::forked_since_first_use(); }
  using TableLock = BasicWordLock<TablePlatform<kBarrier>>;
  // Few, so that unrelated words share one.
  static KeyMark** mark_lists() { return Platform::mark_lists(); }
  static WaitBucket<FaultPlatform>& bucket(const void* key) {
    static WaitBucket<FaultPlatform> buckets[2];
    return buckets[reinterpret_cast<std::uintptr_t>(key) / 64 % 2];
  }
  static AddressBucket<FaultPlatform>& address_bucket(const void* address) {
    static AddressBucket<FaultPlatform> buckets[2];
    return buckets[reinterpret_cast<std::uintptr_t>(address) / 64 % 2];
  }

 private:
  static bool offers_barrier() {
    if (kBarrier == Membarrier::kFailsAtTimes) return !faults::Rng().OneIn(4);
    return kBarrier == Membarrier::kWorks;
  }

  // Gives the record back when its thread exits.
  struct Claimed {
    Claimed() : worker(Claim()) {}
    ~Claimed() { worker->in_use.store(false); }
    Worker* const worker;
  };

  static Slot& Sleepers(const void* word) {
    static Slot slots[4];
    return slots[reinterpret_cast<std::uintptr_t>(word) / 64 % 4];
  }

  static void os_sleep(std::int64_t ns) {
    std::this_thread::sleep_for(std::chrono::nanoseconds(ns));
  }

  static Worker* Claim() {
    for (Worker* w = g_all.load(); w != nullptr; w = w->all_next) {
      bool in_use = false;
      if (w->in_use.compare_exchange_strong(in_use, true)) return w;
    }
    auto* const made = new Worker;  // for ever, like production's
    made->index = ++g_count;
    g_numbered[made->index] = made;
    made->all_next = g_all.load();
    while (!g_all.compare_exchange_weak(made->all_next, made)) {
    }
    return made;
  }

  static constexpr std::uint32_t kMostWorkers = 4096;
  static inline std::atomic<Worker*> g_all{nullptr};
  static inline std::atomic<std::uint32_t> g_count{0};
  static inline Worker* g_numbered[kMostWorkers] = {};
};

// For the locks of the wait tables. A gate is for the wake of the lock under
// test: one held in the table's would hold up who is to find that lock free.
template <Membarrier kBarrier>
struct TablePlatform : FaultPlatform<kBarrier> {
  static void futexwakeup(
      typename FaultPlatform<kBarrier>::template Atomic<std::uint32_t>& word,
      std::uint32_t count) {
    FaultPlatform<kBarrier>::late_futexwakeup(word, count);
  }
};

// Three kernels.
using Barrier = FaultPlatform<Membarrier::kWorks>;
using NoBarrier = FaultPlatform<Membarrier::kMissing>;
using TwoPriorities = FaultPlatform<Membarrier::kWorks, 2>;
using FailingBarrier = FaultPlatform<Membarrier::kFailsAtTimes>;

}  // namespace parkway::test

#endif  // PARKWAY_TESTS_FAULTS_FAULT_PLATFORM_H_
