// SPDX-License-Identifier: Apache-2.0

// The machine below a model: what its operating system remembers, and atomics
// and plain data over Relacy's.
#ifndef PARKWAY_TESTS_MODEL_MODEL_KERNEL_H_
#define PARKWAY_TESTS_MODEL_MODEL_KERNEL_H_

#include <atomic>
#include <cstdint>
#include <cstdlib>
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
  // FutexMutex's kCrowd, kGranted, kPassed, kFreeWatched were written.
  std::uint64_t crowds = 0;
  std::uint64_t grants = 0;
  std::uint64_t passes = 0;
  std::uint64_t unwoken = 0;
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
  // of the run, or after `patience` yields: it may have been handed a mutex.
  // And sleeps may end by time from a stage on, and for no reason or not.
  static constexpr int kPatience = 500;
  int patience;
  int runs_from[kMaxThreads];
  int timed_from[kMaxThreads];
  int stage;
  std::int32_t priority[kMaxThreads];  // 0: any, where the kind has several
  bool wakes_for_no_reason;
  Kept kept[kMaxThreads];
  bool in_release_window[kMaxThreads];
  unsigned windows_left[kMaxThreads];
  bool in_barrier[kMaxThreads];
  std::int64_t clock;
  Budget budget;
  std::uint64_t wake_calls;
  // What a suite that has threads to start does; its own to set.
  bool (*start_thread)(void (*function)(void*), void* argument) = nullptr;
  bool in_task[kMaxThreads];  // the thread runs a task
  std::uint64_t runs = 0;

  void reset(const Budget& b) {
    ++runs;
    live_count = 0;
    for (int i = 0; i < kMaxThreads; ++i) {
      asleep_on[i] = nullptr;
      runs_from[i] = timed_from[i] = 0;
      priority[i] = 0;
      kept[i] = {};
      in_release_window[i] = in_barrier[i] = in_task[i] = false;
      windows_left[i] = 0;
    }
    stage = 0;
    patience = kPatience;
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
  for (int i = 0; i < kernel.patience && !is_so(); ++i) rl::yield(1, $);
  return is_so();
}

// The calling thread has looked in a window that barriers wait for, and stored.
inline void leave_release_window() {
  kernel.in_release_window[self()] = false;
  ++kernel.windows_left[self()];
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
  // FutexMutex's.
  static constexpr std::uint32_t kGranted = 4;
  static constexpr std::uint32_t kCrowd = 7;
  static constexpr std::uint32_t kPassed = 8;
  static constexpr std::uint32_t kFreeWatched = 9;

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
      if (value == static_cast<T>(kCrowd)) ++coverage.crowds;
      if (value == static_cast<T>(kGranted)) ++coverage.grants;
      if (value == static_cast<T>(kPassed)) ++coverage.passes;
      if (value == static_cast<T>(kFreeWatched)) ++coverage.unwoken;
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

}  // namespace parkway::model

#endif  // PARKWAY_TESTS_MODEL_MODEL_KERNEL_H_
