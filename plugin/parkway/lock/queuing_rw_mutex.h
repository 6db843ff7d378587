// SPDX-License-Identifier: Apache-2.0

// QueuingRwMutex: a fair reader-writer lock whose waiters sleep, 8 bytes.
#ifndef PARKWAY_LOCK_QUEUING_RW_MUTEX_H_
#define PARKWAY_LOCK_QUEUING_RW_MUTEX_H_

#include <cstdint>
#include <type_traits>

#include "parkway/base/checks.h"
#include "parkway/base/held_locks.h"
#include "parkway/base/thread_annotations.h"
#include "parkway/base/tool_annotations.h"
#include "parkway/os/compiler.h"
#include "parkway/wait/address_wait.h"
#include "parkway/wait/wait_platform.h"
#include "parkway/wait/worker.h"

namespace parkway {

// One writer or any number of readers, in the order in which they came: nobody
// barges past a waiter, and readers that wait side by side get it together.
// See QueuingMutex for what that costs.
//
// Meets SharedLockable without the timed part; not recursive, not even for
// readers: a second lock_shared() waits behind a writer that waits for the
// first to end. lock*() and a successful try_*() are acquires, unlock*() and
// downgrade() are releases. Constant-initialised, all bits zero = unlocked,
// trivially destructible, no handle and no allocation. The releasing access of
// unlock*() is its last touch of the object: a thread that can lock it may
// destroy it as soon as it has unlocked it again and nobody else uses it.
//
// Algorithm: a word of counters, and a queue by address
// (parkway/wait/address_wait.h). Who finds waiters when it unlocks makes the
// oldest the owner before it wakes it. tbb::queuing_rw_mutex has a linked queue
// of spinning threads (Krieger, Stumm et al. 1993) in its place.
//
// The word, as contracts:
//   kWriter       held exclusively.
//   kReader * n   held by n readers.
//   kQueued       threads wait; nobody enters but by a hand-over. Set under the
//                 bucket's lock by the first to queue, who finds it held;
//                 cleared under that lock by a hand-over that leaves nobody.
//                 Alone in the word between the last reader's release and its
//                 hand-over.
template <class P>
class PARKWAY_CAPABILITY("mutex") BasicQueuingRwMutex {
 public:
  constexpr BasicQueuingRwMutex() noexcept { internal::mutex_made<P>(this); }
  BasicQueuingRwMutex(const BasicQueuingRwMutex&) = delete;
  BasicQueuingRwMutex& operator=(const BasicQueuingRwMutex&) = delete;

  // Blocks until the calling thread is the writer.
  void lock() PARKWAY_ACQUIRE() PARKWAY_NO_THREAD_SAFETY_ANALYSIS {
    internal::Acquiring<P> tools(this);
    if (!take_free()) lock_slow(false);
    internal::count_lock<P>();
  }

  // Never waits; never fails spuriously.
  bool try_lock() PARKWAY_TRY_ACQUIRE(true) PARKWAY_NO_THREAD_SAFETY_ANALYSIS {
    internal::Trying<P> tools(this);
    if (!tools.got(take_free())) return false;
    internal::count_lock<P>();
    return true;
  }

  // Ends the writer's ownership, which the calling thread must have.
  void unlock() PARKWAY_RELEASE() PARKWAY_NO_THREAD_SAFETY_ANALYSIS {
    internal::Releasing<P> tools(this);
    if constexpr (kChecks) check_held(kWriter, "unlock of an unlocked mutex");
    internal::count_unlock<P>(kName, this);
    std::uint32_t expected = kWriter;
    // release: pairs with the acquire of whoever takes it next.
    if (!word_.compare_exchange_strong(expected, 0, std::memory_order_release,
                                       std::memory_order_relaxed)) {
      hand_over(false);
    }
  }

  // Blocks until the calling thread is one of the readers.
  void lock_shared()
      PARKWAY_ACQUIRE_SHARED() PARKWAY_NO_THREAD_SAFETY_ANALYSIS {
    internal::Acquiring<P> tools(this, true);
    if (!take_shared()) lock_slow(true);
    internal::count_lock<P>();
  }

  // Never waits. Fails while anybody waits, too.
  bool try_lock_shared()
      PARKWAY_TRY_ACQUIRE_SHARED(true) PARKWAY_NO_THREAD_SAFETY_ANALYSIS {
    internal::Trying<P> tools(this, true);
    if (!tools.got(take_shared())) return false;
    internal::count_lock<P>();
    return true;
  }

  void unlock_shared()
      PARKWAY_RELEASE_SHARED() PARKWAY_NO_THREAD_SAFETY_ANALYSIS {
    internal::Releasing<P> tools(this, true);
    if constexpr (kChecks) {
      check_held(kReaders, "unlock_shared of a mutex without readers");
    }
    internal::count_unlock<P>(kName, this);
    // release: pairs with the acquire of the next writer. acquire: the last
    // reader hands over what the others have released.
    const std::uint32_t before =
        word_.fetch_sub(kReader, std::memory_order_acq_rel);
    if (PARKWAY_UNLIKELY(before == (kReader | kQueued))) hand_over(true);
  }

  // Makes the calling thread, a reader, the writer, if no other thread reads;
  // waiting threads are overtaken. Never waits. False: it is still a reader,
  // and must give the mutex back before it can become the writer, or two that
  // want to would wait for each other.
  bool try_upgrade() PARKWAY_NO_THREAD_SAFETY_ANALYSIS {
    if constexpr (kChecks) {
      check_held(kReaders, "upgrade of a mutex without readers");
    }
    std::uint32_t word = word_.load(std::memory_order_relaxed);
    while (word / kReader == 1) {
      // acquire: pairs with the release of readers that have left, whose reads
      // come before the writes of this one.
      if (word_.compare_exchange_weak(word, word - kReader + kWriter,
                                      std::memory_order_acquire,
                                      std::memory_order_relaxed)) {
        internal::upgraded<P>(this);
        return true;
      }
    }
    return false;
  }

  // Makes the writer, which the calling thread must be, a reader. Nobody gets
  // in between; readers that wait in front of the queue get in beside it.
  void downgrade() PARKWAY_NO_THREAD_SAFETY_ANALYSIS {
    internal::Downgrading<P> tools(this);
    if constexpr (kChecks) {
      check_held(kWriter, "downgrade of a mutex without a writer");
    }
    std::uint32_t expected = kWriter;
    // release: pairs with the acquire of other readers.
    if (!word_.compare_exchange_strong(expected, kReader,
                                       std::memory_order_release,
                                       std::memory_order_relaxed)) {
      downgrade_slow();
    }
  }

 private:
  using Waiter = BasicAddressWaiter<P>;

  static constexpr const char* kName = "QueuingRwMutex";
  static constexpr std::uint32_t kWriter = 1;
  static constexpr std::uint32_t kQueued = 2;
  static constexpr std::uint32_t kReader = 4;
  static constexpr std::uint32_t kReaders = ~(kReader - 1);

  bool take_free() {
    std::uint32_t expected = 0;
    // acquire: pairs with the release of every way to unlock.
    return word_.compare_exchange_strong(expected, kWriter,
                                         std::memory_order_acquire,
                                         std::memory_order_relaxed) ||
           (PARKWAY_UNLIKELY(expected == kQueued) && take_inherited(false));
  }
  bool take_shared() {
    // A guess in place of a load, see RwMutex.
    std::uint32_t word = 0;
    // acquire: pairs with the writer's release.
    while (!word_.compare_exchange_weak(word, word + kReader,
                                        std::memory_order_acquire,
                                        std::memory_order_relaxed)) {
      if ((word & kWriter) != 0) return false;
      if ((word & kQueued) != 0) return take_inherited(true);
    }
    return true;
  }

  void check_held(std::uint32_t bits, const char* fault) const {
    if ((word_.load(std::memory_order_relaxed) & bits) == 0) {
      internal::fatal(kName, this, fault);
    }
  }

  // In queuing_rw_mutex_slow.h; compiled once, in queuing_rw_mutex.cc.
  void lock_slow(bool shared);
  bool take_inherited(bool shared);
  void hand_over(bool shared);
  void downgrade_slow();

  // As large as a pointer, as tbb::queuing_rw_mutex is.
  alignas(8) typename P::template Atomic<std::uint32_t> word_{0};
};

extern template class BasicQueuingRwMutex<Platform>;

using QueuingRwMutex = BasicQueuingRwMutex<Platform>;

static_assert(sizeof(QueuingRwMutex) == 8);
static_assert(std::is_trivially_destructible_v<QueuingRwMutex>);
static_assert(std::is_standard_layout_v<QueuingRwMutex>);

}  // namespace parkway

#endif  // PARKWAY_LOCK_QUEUING_RW_MUTEX_H_
