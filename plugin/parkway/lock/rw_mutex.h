// SPDX-License-Identifier: Apache-2.0

// RwMutex: a reader-writer lock with conditional critical sections, 8 bytes.
#ifndef PARKWAY_LOCK_RW_MUTEX_H_
#define PARKWAY_LOCK_RW_MUTEX_H_

#include <chrono>
#include <cstdint>
#include <type_traits>

#include "parkway/base/checks.h"
#include "parkway/base/deadline.h"
#include "parkway/base/held_locks.h"
#include "parkway/base/thread_annotations.h"
#include "parkway/base/tool_annotations.h"
#include "parkway/os/compiler.h"
#include "parkway/profile/wait_kind.h"
#include "parkway/wait/wait_platform.h"
#include "parkway/wait/wait_table.h"
#include "parkway/wait/worker.h"

namespace parkway {

template <class P>
class BasicRwCondVar;

// One writer or any number of readers. Barges: whoever finds it free takes it,
// except that a waiting writer stops new readers, so that neither side starves
// the other. A reader that comes back from await() or from a condition variable
// is not new: those beside whom it waited may wait for it. A waiter queues
// before those of a lower real-time priority, which it may starve, and behind
// all others; a woken one that finds it taken goes to the front of its
// priority. One that has waited for 1 ms and has found it taken after four
// wakes has it handed over by the release that wakes it next; then barging
// resumes.
//
// Meets SharedTimedLockable; not recursive. lock*() and a successful
// try_lock*() are acquires, unlock*() is a release.
// Constant-initialised, all bits zero = unlocked, trivially destructible, no
// handle and no allocation. The releasing access of unlock*() is its last
// touch of the object: a thread that can lock it may destroy it as soon as it
// has unlocked it again and nobody else uses it.
//
// A thread can wait for a condition on the data that the mutex protects
// (await()): the conditions are evaluated by whoever releases the mutex, before
// the release, and only waiters whose condition holds are woken. A waiter for
// the mutex may evaluate them, too: a timed one that was woken and gives up all
// the same, and one that has waited some milliseconds and finds it free. So
// what a condition locks must not be held by who locks this mutex.
//
// Origin: the contract is that of absl::Mutex (Mike Burrows). Where the waiters
// are (parkway/wait/wait_table.h) is WebKit's idea; the unlock that is a plain
// store is FutexMutex's, with its table of sleepers (parkway/wait/sleepers.h).
//
// The word, as contracts:
//   kWriter       held exclusively. Set by who takes it, or by the release that
//                 hands it over.
//   kReader * n   held by n readers; the same. At most 2^24 - 1.
//   kWriterWaits  keeps new readers out. Set under the bucket's lock by
//                 a writer that queues, or for its sake by who has readers look
//                 at the queue when they leave, or by a release that leaves one
//                 queued or has woken one; cleared by a writer that has waited
//                 when it arrives, or by a release. An unlock that saw no
//                 waiter may overwrite it: then some readers get in before the
//                 writer.
//   kQueued       the queue is not empty. Set and cleared under the bucket's
//                 lock, by who changes the queue; a release that finds it takes
//                 that lock, but for kOnItsWay. May be left behind by the last
//                 that gave up. An
//                 unlock that saw no waiter may overwrite it; it then looks for
//                 waiters, and takes the mutex once more or sets it again.
//   kNews         somebody queued while it was held. Set by those, but not by
//                 a holder, under the bucket's lock; cleared by a release that
//                 begins to look at the queue.
//   kEvaluating   a holder evaluates conditions in the queue, without the
//                 bucket's lock. Set by it under that lock, cleared by its
//                 release or downgrade.
//   kOnItsWay     releases need not look at the queue: one that was woken is on
//                 its way (A). Set by a release that leaves others in the
//                 queue, under the bucket's lock; cleared under it when that
//                 one arrives, and in the step that queues it once more, or
//                 somebody with a priority. An unlock that saw no waiter may
//                 overwrite it: then the next release looks.
//   kWatched      a hint to writers that come: one that was woken polls. Set by
//                 it, and cleared when it takes the mutex or ends its polls,
//                 without the bucket's lock. A release that looks at the queue,
//                 or one that does not count on who is on its way any more,
//                 takes it out as well.
//   kSlow         set by make_slow(), cleared by forget_slow(), both under the
//                 bucket's lock. An unlock may overwrite it, see make_slow().
// What another process of a chain of forks has left of these, but for kWriter,
// kReader and kSlow, means nothing: see the second word, side_, below.
template <class P>
class PARKWAY_CAPABILITY("mutex") BasicRwMutex {
 public:
  constexpr BasicRwMutex() noexcept { internal::mutex_made<P>(this); }
  explicit constexpr BasicRwMutex(internal::Untold) noexcept {}
  BasicRwMutex(const BasicRwMutex&) = delete;
  BasicRwMutex& operator=(const BasicRwMutex&) = delete;

  // How a waiter spins, as a rule: sections under it are longer than under
  // FutexMutex, and many of its waiters wait for more than a section. Sections
  // of 2 us took 1.2 to 1.3 of absl::Mutex's time at 2 and 4 threads with the
  // gaps of SpinPlan{}, 1.0 and .8 so (BM_Contended); log_pipeline with 4
  // threads took 1.20 of stock's time with 20 yields, .97 to 1.08 with four.
  // For short sections SpinPlan{} takes half the time (Readers90 of
  // bench/locks/tbb_types).
  static constexpr SpinPlan kSpinPlan = SpinPlan::every(2, 4);

  // Blocks until the calling thread is the writer.
  void lock(const SpinPlan& plan = kSpinPlan)
      PARKWAY_ACQUIRE() PARKWAY_NO_THREAD_SAFETY_ANALYSIS {
    if (!lock_fast()) lock_slow(false, plan);
  }
  // lock() for who has just seen try_lock() fail, as FutexMutex's.
  void lock_after_try() PARKWAY_ACQUIRE() PARKWAY_NO_THREAD_SAFETY_ANALYSIS {
    lock_slow(false);
  }

  // Never waits; never fails spuriously.
  bool try_lock() PARKWAY_TRY_ACQUIRE(true) PARKWAY_NO_THREAD_SAFETY_ANALYSIS {
    return try_lock_fast() || try_lock_slow(false);
  }

  // Ends the writer's ownership, which the calling thread must have.
  void unlock() PARKWAY_RELEASE() PARKWAY_NO_THREAD_SAFETY_ANALYSIS {
    if (!unlock_fast()) unlock_slow(false);
  }

  // Blocks until the calling thread is one of the readers.
  void lock_shared(const SpinPlan& plan = kSpinPlan)
      PARKWAY_ACQUIRE_SHARED() PARKWAY_NO_THREAD_SAFETY_ANALYSIS {
    if (!lock_shared_fast()) lock_slow(true, plan);
  }
  // The same after try_lock_shared().
  void lock_shared_after_try()
      PARKWAY_ACQUIRE_SHARED() PARKWAY_NO_THREAD_SAFETY_ANALYSIS {
    lock_slow(true);
  }

  // Never waits. Fails while a writer waits, too.
  bool try_lock_shared()
      PARKWAY_TRY_ACQUIRE_SHARED(true) PARKWAY_NO_THREAD_SAFETY_ANALYSIS {
    return try_lock_shared_fast() || try_lock_slow(true);
  }

  // Wait at most `timeout` (real time that passes in sleep included), or until
  // `at` by at's own clock. False if it ran out. Readers and writers that were
  // kept out by a writer whose time is up get in then. One whose time is up
  // while a condition is evaluated returns when that is over.
  template <class Rep, class Period>
  bool try_lock_for(const std::chrono::duration<Rep, Period>& timeout)
      PARKWAY_TRY_ACQUIRE(true) PARKWAY_NO_THREAD_SAFETY_ANALYSIS {
    return try_lock() ||
           try_lock_until_slow(false, internal::deadline_after(timeout));
  }
  template <class Clock, class Duration>
  bool try_lock_until(const std::chrono::time_point<Clock, Duration>& at)
      PARKWAY_TRY_ACQUIRE(true) PARKWAY_NO_THREAD_SAFETY_ANALYSIS {
    return try_lock() ||
           internal::wait_until(at, [this](std::int64_t deadline) {
             return try_lock_until_slow(false, deadline);
           });
  }
  template <class Rep, class Period>
  bool try_lock_shared_for(const std::chrono::duration<Rep, Period>& timeout)
      PARKWAY_TRY_ACQUIRE_SHARED(true) PARKWAY_NO_THREAD_SAFETY_ANALYSIS {
    return try_lock_shared() ||
           try_lock_until_slow(true, internal::deadline_after(timeout));
  }
  template <class Clock, class Duration>
  bool try_lock_shared_until(const std::chrono::time_point<Clock, Duration>& at)
      PARKWAY_TRY_ACQUIRE_SHARED(true) PARKWAY_NO_THREAD_SAFETY_ANALYSIS {
    return try_lock_shared() ||
           internal::wait_until(at, [this](std::int64_t deadline) {
             return try_lock_until_slow(true, deadline);
           });
  }

  void unlock_shared()
      PARKWAY_RELEASE_SHARED() PARKWAY_NO_THREAD_SAFETY_ANALYSIS {
    if (!unlock_shared_fast()) unlock_slow(true);
  }

  // Makes the calling thread, a reader, the writer, if no other thread reads;
  // waiting writers are overtaken. Never waits. False: it is still a reader,
  // and must give the mutex back before it can become the writer, or two that
  // want to would wait for each other.
  bool try_upgrade() PARKWAY_NO_THREAD_SAFETY_ANALYSIS {
    if constexpr (kChecks)
      check_held(kReaders, "upgrade of a mutex without readers");
    std::uint32_t word = word_.load(std::memory_order_relaxed);
    while (word / kReader == 1) {
      // acquire: pairs with the release of readers that have left, whose reads
      // come before the writes of this one.
      if (word_.compare_exchange_weak(word, word - kReader + kWriter,
                                      std::memory_order_acquire)) {
        internal::upgraded<P>(this);
        return true;
      }
    }
    return false;
  }

  // Makes the writer, which the calling thread must be, a reader. Nobody gets
  // in between; other readers that wait get in beside it, unless a writer waits
  // before them. A release.
  void downgrade() PARKWAY_NO_THREAD_SAFETY_ANALYSIS {
    internal::Downgrading<P> tools(this);
    if constexpr (kChecks)
      check_held(kWriter, "downgrade of a mutex without a writer");
    std::uint32_t expected = kWriter;
    // release: pairs with the acquire of readers. Whoever queues from now on
    // leaves a mark, or finds no writer.
    if (P::sleepers_near(word_) ||
        !word_.compare_exchange_strong(expected, kReader,
                                       std::memory_order_release)) {
      downgrade_slow();
    }
  }

  // The inline halves of lock to unlock_shared, for an adapter that has more to
  // do in the other half. False: nothing was done, call the *_slow() one. The
  // first two are those of a lock() that will wait then.
  bool lock_fast() {
    internal::Trying<P> tools(this, false, true);
    return tools.got(take_free());
  }
  bool lock_shared_fast() {
    internal::Trying<P> tools(this, true, true);
    return tools.got(take_shared());
  }
  bool try_lock_fast() {
    internal::Trying<P> tools(this);
    return tools.got(take_free());
  }
  bool try_lock_shared_fast() {
    internal::Trying<P> tools(this, true);
    return tools.got(take_shared());
  }
  bool unlock_fast() {
    if constexpr (kChecks) check_unlock(false);
    if (PARKWAY_UNLIKELY(P::sleepers_near(word_))) return false;
    internal::Releasing<P> tools(this);
    internal::count_unlock<P>(kName, this);
    auto& word = word_;
    // (N), see rw_mutex_slow.h.
    if (PARKWAY_UNLIKELY(P::release(word))) release_late(word);
    return true;
  }
  bool unlock_shared_fast() {
    if constexpr (kChecks) check_unlock(true);
    if (PARKWAY_UNLIKELY(P::sleepers_near(word_))) return false;
    internal::Releasing<P> tools(this, true);
    internal::count_unlock<P>(kName, this);
    auto& word = word_;
    // acq_rel: pairs with the acquire of the next writer, and lets the last
    // reader see what earlier ones announced before they left.
    const std::uint32_t before =
        word.fetch_sub(kReader, std::memory_order_acq_rel);
    if (PARKWAY_UNLIKELY(before / kReader == 1 && P::sleepers_after(&word))) {
      release_late(word);
    }
    return true;
  }
  void lock_slow(bool shared, const SpinPlan& plan = kSpinPlan);
  bool try_lock_slow(bool shared);
  // Waits until the deadline (os::nanotime()) at most.
  bool try_lock_until_slow(bool shared, std::int64_t deadline);
  // Returns how long those that were woken have waited for the mutex, in
  // nanoseconds, all together; not for a condition. `to_sleep`: the caller will
  // sleep next. Then a waiter has its CPU, and is woken also if another one was
  // woken before and has not come yet: that one may wait for a CPU.
  std::int64_t unlock_slow(bool shared, bool to_sleep = false);

  // Whether somebody holds it as writer, or in any way. What another thread
  // does may change the answer at once.
  bool is_locked() const {
    return (word_.load(std::memory_order_relaxed) & kWriter) != 0;
  }
  bool is_locked_or_shared() const {
    const std::uint32_t word = word_.load(std::memory_order_relaxed);
    return (word & (kWriter | kReaders)) != 0;
  }

  // Waits until `until` is true or the deadline (os::nanotime()) has come.
  // Needs the mutex held as writer or, if `shared`, as reader; gives it back
  // while it waits; holds it again when it returns. Returns what the condition
  // said last, under the mutex.
  bool await(const Predicate& until, std::int64_t deadline, bool shared);

  // From now on is_slow() is true, and no lock or unlock is made by its inline
  // half; an unlock that had begun before may undo it until it returns, and
  // restores it soon. For an owner that has to see every operation. Idempotent,
  // any thread, the mutex may be held. Allocates. forget_slow() must be called
  // before the mutex dies if may_be_slow(); it does nothing to others.
  void make_slow();
  void forget_slow();
  bool is_slow() const {
    return (word_.load(std::memory_order_relaxed) & kSlow) != 0;
  }
  // From the beginning of make_slow() to forget_slow(): no unlock undoes this.
  bool may_be_slow() const {
    return (side_.load(std::memory_order_relaxed) & kMarked) != 0;
  }

  // Whether threads wait for it. For a destructor's check.
  bool has_waiters();

 private:
  friend class BasicRwCondVar<P>;
  using W = RwWaiter<P>;
  using Word = typename P::template Atomic<std::uint32_t>;

  static constexpr const char* kName = "RwMutex";
  // adapters/parkway/absl/preload/BUILD.bazel names the bits of holders, too.
  static constexpr std::uint32_t kWriter = 1;
  static constexpr std::uint32_t kWriterWaits = 2;
  static constexpr std::uint32_t kSlow = 4;
  static constexpr std::uint32_t kQueued = 8;
  static constexpr std::uint32_t kNews = 16;
  static constexpr std::uint32_t kEvaluating = 32;
  static constexpr std::uint32_t kOnItsWay = 64;
  static constexpr std::uint32_t kWatched = 128;
  static constexpr std::uint32_t kReader = 256;
  static constexpr std::uint32_t kReaders = ~(kReader - 1);
  static constexpr std::uint32_t kFlagsOfWaiters =
      kWriterWaits | kQueued | kNews | kEvaluating | kOnItsWay | kWatched;

  // Of side_, whose other bits are the generation of the process
  // (parkway/os/fork_generation.h) that wrote the word's flags of waiters and
  // kWaking, 0 before there were any. Written under the bucket's lock.
  static constexpr std::uint32_t kMarked = 1;
  // Somebody was taken out of the queue, does not hold the mutex yet, and has
  // not arrived. May be cleared too early: then one more is woken.
  static constexpr std::uint32_t kWaking = 2;
  static constexpr std::uint32_t kGeneration = 4;

  bool take_free() {
    std::uint32_t expected = 0;
    // acquire: pairs with the release of every way to unlock.
    if (!word_.compare_exchange_strong(expected, kWriter,
                                       std::memory_order_acquire)) {
      return false;
    }
    internal::count_lock<P>();
    return true;
  }
  bool take_shared() {
    // A guess in place of a load: that would fetch the line from another reader
    // once to look and once more to write.
    std::uint32_t word = 0;
    // acquire: pairs with the writer's release.
    while (!word_.compare_exchange_weak(word, word + kReader,
                                        std::memory_order_acquire)) {
      if ((word & (kWriter | kWriterWaits | kSlow)) != 0) return false;
    }
    internal::count_lock<P>();
    return true;
  }

  void check_unlock(bool shared) const {
    check_held(shared ? kReaders : kWriter,
               shared ? "unlock_shared of a mutex without readers"
                      : "unlock of an unlocked mutex");
  }
  void check_held(std::uint32_t bits, const char* fault) const {
    if ((word_.load(std::memory_order_relaxed) & bits) == 0) {
      // The tool's report, which has the stacks, comes first.
      internal::Releasing<P> tools(this, bits == kReaders);
      internal::fatal(kName, this, fault);
    }
  }

  static WaitKind wait_kind(bool shared) {
    return shared ? WaitKind::kReader : WaitKind::kWriter;
  }

  // In rw_mutex_slow.h; compiled once, in rw_mutex.cc.
  struct Polling;
  bool try_take(bool shared, bool beside);
  bool try_take(bool shared, bool beside, std::uint32_t drop,
                std::uint32_t& word);
  bool poll_at_first(bool shared, const SpinPlan& plan);
  bool poll(W& waiter, bool woken, const SpinPlan& plan);
  bool begin_watch(const W& waiter);
  void acquire(W& waiter, bool woken);
  void queue_up(W& waiter, bool woken, const SpinPlan& plan);
  bool enqueue(W& waiter, bool in_front);
  void announce(W& waiter);
  void announce_held(W& waiter);
  static void change(Word& word, std::uint32_t set, std::uint32_t drop);
  static void add(Word& word, std::uint32_t flag) { change(word, flag, 0); }
  void clear(std::uint32_t flags) { change(word_, 0, flags); }
  void lock_bucket(WaitBucket<P>& bucket) PARKWAY_ACQUIRE(bucket);
  std::int64_t look_behind() const;
  bool flags_are_parents() const;
  void leave(W& waiter);
  void sleep(W& waiter);
  bool sleep_until(W& waiter, std::int64_t deadline);
  void arrived(bool shared);
  bool withdraw(W& waiter);
  bool evaluating() const;
  bool waking(const W& head) const;
  void set_waking(W* head, W& chosen);
  void clear_waking(W* head);
  std::uint32_t on_its_way(const W* head) const;
  W* readers_to_let_in(WaitBucket<P>& bucket);
  void let_readers_in();
  std::int64_t release(bool shared, bool to_sleep);
  std::int64_t wake_and_release(bool shared, bool to_sleep);
  // The bucket may be unlocked by choose().
  std::int64_t wake_and_release(WaitBucket<P>& bucket, bool shared,
                                bool to_sleep)
      PARKWAY_RELEASE(bucket) PARKWAY_NO_THREAD_SAFETY_ANALYSIS;
  void downgrade_slow();
  static std::int64_t wake(W* chosen);
  static std::uint32_t hold_of(const W* chosen);
  bool leave_to_one(std::uint32_t& word, bool shared);
  bool release_from(std::uint32_t word, bool shared);
  bool tell_holder(const W& head);
  W* choose(WaitBucket<P>& bucket, bool shared, bool to_sleep,
            bool* released) PARKWAY_NO_THREAD_SAFETY_ANALYSIS;
  static bool evaluate(const W& waiter);
  static W* pass_over(W* waiter, W* last_run, bool& known);
  static void release_late(Word& word, bool nobody_comes = false);

  // Together as large as absl::Mutex.
  alignas(8) Word word_{0};
  Word side_{0};
};

extern template class BasicRwMutex<Platform>;

using RwMutex = BasicRwMutex<Platform>;

static_assert(sizeof(RwMutex) == 8);
static_assert(std::is_trivially_destructible_v<RwMutex>);
static_assert(std::is_standard_layout_v<RwMutex>);

}  // namespace parkway

#endif  // PARKWAY_LOCK_RW_MUTEX_H_
