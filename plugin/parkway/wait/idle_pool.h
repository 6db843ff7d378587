// SPDX-License-Identifier: Apache-2.0

// IdlePool: who of a pool's workers sleeps, and who is woken when more are
// wanted.
#ifndef PARKWAY_WAIT_IDLE_POOL_H_
#define PARKWAY_WAIT_IDLE_POOL_H_

#include <cstdint>

#include "parkway/os/os.h"
#include "parkway/profile/contention.h"
#include "parkway/wait/wait_platform.h"
#include "parkway/wait/worker_semaphore.h"

namespace parkway {

// One worker's place in an IdlePool.
template <class P>
class alignas(64) IdleMember {
 public:
  IdleMember() = default;
  IdleMember(const IdleMember&) = delete;
  IdleMember& operator=(const IdleMember&) = delete;

 private:
  template <class>
  friend class BasicIdlePool;

  // The place below in the stack: index + 1, or 0. Read by whoever tries to
  // take this one, perhaps too late, when it means nothing any more.
  typename P::template Atomic<std::uint32_t> below_{0};
  // Its worker's alone: whether it has put itself to sleep and has not taken
  // the wakeup yet that take() and wake() owe it.
  bool owed_ = false;
  WorkerSemaphore<P> semaphore_;
};

// A pool of n workers of which a client wants a changing number to run. The
// client says by how much its wish has changed; a worker that finds nothing to
// do asks whether it may stay awake. The pool never has more asleep than that
// while it knows of somebody who could be woken, and it wakes one at a time:
// whoever was woken wakes the next if more are still wanted (Go's way with its
// spinning Ms), so that a burst of work is not met by a herd.
//
//   client                      worker
//   pool.adjust(+2);            while (pool.rest(me, kForever) != kClosed) {
//   wake(pool.take());            if (auto* m = pool.take()) wake(m);
//                                 work();
//                               }
//
// take() only chooses: the caller then starts that worker's thread, or calls
// wake(). At first all n count as asleep, so that threads are started on
// demand.
//
// Everything is in one word: how many more are wanted than are awake (the
// slack), the stack of those asleep, and whether the pool is closed. A worker
// goes to sleep in the same atomic step in which it sees that it is not wanted,
// and is chosen in the same step that counts it as awake: no wakeup can fall
// between, and there is no lock. The last to fall asleep, whose caches are
// warm, is the first to be woken.
//
// Orders: work that was published before adjust() is visible to a worker whose
// rest() returns kWanted because of it. No call allocates or blocks, but
// rest().
//
// Algorithm: the counting is oneTBB's private server's ("slack"), the wake
// chain Go's; the stack with a tag in one word is Treiber's. After a fork only
// the calling thread's member is still of use.
template <class P>
class BasicIdlePool {
 public:
  using Member = IdleMember<P>;

  // Indices fit 16 bits and 0 is no index.
  static constexpr std::uint32_t kMaxMembers = 0xffff;
  // |slack| stays below this; the client keeps its wishes in that range.
  static constexpr int kMaxSlack = 1 << 18;

  enum class Rest {
    kWanted,   // runs; call take() and see whether another one should
    kTimeout,  // still counts as asleep; the next rest() goes on
    kClosed,   // not asleep any more, and never again
  };

  // All of the `count` members are asleep. The array is the caller's and lives
  // as long as the pool.
  BasicIdlePool(Member* members, std::uint32_t count)
      : members_(members), word_(count == 0 ? kNothing : kNothing + 1) {
    for (std::uint32_t i = 0; i + 1 < count; ++i) {
      members[i].below_.store(i + 2, std::memory_order_relaxed);
    }
  }
  BasicIdlePool(const BasicIdlePool&) = delete;
  BasicIdlePool& operator=(const BasicIdlePool&) = delete;

  // The client wants `delta` more workers, or fewer. Follow an increase by
  // take().
  void adjust(int delta) {
    // release: pairs with the acquire of rest() and take(), for the work.
    word_.fetch_add(static_cast<std::uint64_t>(std::int64_t{delta}) * kOne,
                    std::memory_order_acq_rel);
  }

  // Chooses one to run if more are wanted than run, and counts it as running.
  // Null if nobody is to be woken.
  Member* take() {
    // acquire: pairs with the release of push(), for below_.
    std::uint64_t word = word_.load(std::memory_order_acquire);
    for (;;) {
      if (closed(word) || slack(word) <= 0 || top(word) == 0) return nullptr;
      if (Member* const member = pop(word, word - kOne)) return member;
    }
  }

  // Ends the rest of one that take() or close() returned, which then may be
  // gone.
  static void wake(Member& member) { member.semaphore_.wakeup(); }

  // Undoes a take() whose worker could not be started: it is asleep, and one
  // more is wanted. False, and nothing done, if the pool is closed.
  bool give_back(Member& member) {
    std::uint64_t word = word_.load(std::memory_order_relaxed);
    for (;;) {
      if (closed(word)) return false;
      if (push(member, word)) return true;
    }
  }

  // The worker's: returns kWanted at once if it may run on, else when it is
  // woken, kTimeout at `deadline` (os::nanotime()).
  Rest rest(Member& me, std::int64_t deadline) {
    // acquire: pairs with the release of adjust(), for the work.
    std::uint64_t word = word_.load(std::memory_order_acquire);
    while (!me.owed_) {
      if (closed(word)) return Rest::kClosed;
      if (slack(word) >= 0) return Rest::kWanted;
      me.owed_ = push(me, word);
    }
    {
      internal::Waiting<P> waiting(WaitKind::kWorker, this);
      waiting.slept();
      if (!me.semaphore_.sleep(deadline)) return Rest::kTimeout;
    }
    me.owed_ = false;
    return closed(word_.load(std::memory_order_acquire)) ? Rest::kClosed
                                                         : Rest::kWanted;
  }

  // Whether fewer are wanted than run. A hint.
  bool surplus() const {
    return slack(word_.load(std::memory_order_relaxed)) < 0;
  }
  // Whether the worker counts as asleep, or has a wakeup to take.
  static bool resting(const Member& me) { return me.owed_; }

  // From now on nobody goes to sleep. Calls each(Member&) for those asleep;
  // each of them is owed a wake(), and may be gone after that.
  template <class Each>
  void close(Each&& each) {
    // acq_rel: as take(), and the closer's writes are the workers' to see.
    std::uint64_t word = word_.fetch_add(kClosed, std::memory_order_acq_rel);
    for (std::uint32_t at = top(word); at != 0;) {
      Member& member = members_[at - 1];
      at = member.below_.load(std::memory_order_relaxed);
      each(member);
    }
  }

 private:
  // | closed: 1 | slack: 20, biased | tag: 27 | top: 16 |
  static constexpr std::uint64_t kTopMask = 0xffff;
  static constexpr std::uint64_t kTag = std::uint64_t{1} << 16;
  static constexpr std::uint64_t kOne = std::uint64_t{1} << 43;  // of slack
  static constexpr std::uint64_t kTagMask = kOne - kTag;
  static constexpr std::uint64_t kClosed = std::uint64_t{1} << 63;
  static constexpr int kBias = 1 << 19;
  static constexpr std::uint64_t kNothing = std::uint64_t{kBias} * kOne;
  static_assert(kBias > kMaxSlack && kNothing < kClosed);

  static bool closed(std::uint64_t word) { return word >= kClosed; }
  static std::uint32_t top(std::uint64_t word) {
    return static_cast<std::uint32_t>(word & kTopMask);
  }
  static int slack(std::uint64_t word) {
    return static_cast<int>((word & ~kClosed) / kOne) - kBias;
  }

  // Puts it on the stack and raises slack, if the word is `word`; else false
  // and the word as it is.
  bool push(Member& member, std::uint64_t& word) {
    member.below_.store(top(word), std::memory_order_relaxed);
    const auto index = static_cast<std::uint64_t>(&member - members_) + 1;
    // A new tag for each push: a take() that has read the member below would
    // not notice otherwise that the same one is on top again, over others.
    const std::uint64_t tag = (word + kTag) & kTagMask;
    const std::uint64_t next =
        ((word & ~(kTopMask | kTagMask)) | tag | index) + kOne;
    // release: pairs with the acquire of take(), for below_.
    return word_.compare_exchange_weak(word, next, std::memory_order_acq_rel,
                                       std::memory_order_acquire);
  }

  // Takes the top one off `word`, which becomes `next` otherwise.
  Member* pop(std::uint64_t& word, std::uint64_t next) {
    Member* const member = &members_[top(word) - 1];
    const std::uint32_t below = member->below_.load(std::memory_order_relaxed);
    next = (next & ~kTopMask) | below;
    return word_.compare_exchange_weak(word, next, std::memory_order_acq_rel,
                                       std::memory_order_acquire)
               ? member
               : nullptr;
  }

  Member* const members_;
  typename P::template Atomic<std::uint64_t> word_;
};

using IdlePool = BasicIdlePool<Platform>;

}  // namespace parkway

#endif  // PARKWAY_WAIT_IDLE_POOL_H_
