// SPDX-License-Identifier: Apache-2.0

// Threads that sleep on an address.
//
// What a futex is to a 4-byte word, for a word of any size and for conditions
// that are more than "the word still has this value". ByteMutex sleeps here,
// and so do the waits of a preloaded oneTBB.
//
//   waiter   prepare();            look at the condition;  commit() or cancel()
//   waker    change the condition; may_have_waiters();     wake_*()
//
// Dekker's protocol again: the waiter has queued itself before it looks, the
// waker has changed the condition before it looks for waiters. One of them sees
// the other. The fences between are those of parkway/wait/sleepers.h, where
// waiters count as sleepers on their address: wakers, most of whom find nobody,
// look at a slot. A waker that found its waiter without may_have_waiters()
// (ByteMutex does) needs no fence: the bucket's lock orders the two.
//
// Everybody who waits here says what kind of object the address is, and every
// wake is for one kind. A wake that comes late, when the memory has become
// another object, meets at most waiters of its own kind; each kind says what it
// does with a wake that was not for it.
//
// The idea of a table by address is that of futexes and of WebKit's ParkingLot;
// the protocol in three steps is Vyukov's eventcount, which oneTBB's
// concurrent_monitor has as well.
#ifndef PARKWAY_WAIT_ADDRESS_WAIT_H_
#define PARKWAY_WAIT_ADDRESS_WAIT_H_

#include <atomic>
#include <cstddef>
#include <cstdint>

#include "parkway/base/thread_annotations.h"
#include "parkway/os/compiler.h"
#include "parkway/os/os.h"
#include "parkway/wait/address_hash.h"
#include "parkway/wait/wait_platform.h"
#include "parkway/wait/worker_semaphore.h"

namespace parkway {

template <class P>
class BasicAddressWaiter;

// What an address is to those that wait there. A wake that was meant for
// another object of the same kind
//   kMutexFutex      only makes the waiter look at its word again;
//   kSemaphore       only makes it look for a permit again, and is passed on;
//   kStarving        the same, of a Semaphore's waiters that are to be granted
//                    one;
//   kQueuingMutex    can't be: whoever wakes has the mutex;
//   kQueuingRwMutex  can't be: the waiter is chosen, under the bucket's lock,
//                    by who holds the mutex that it waits for;
//   kCondition       can't be: a notify is over before the condition variable
//   kHostCondition   may be destroyed;
//   kHostAddress     is what the host's own waiters stand: they look again;
//   kHostQueue       the same.
enum class AddressKind : std::uint8_t {
  kMutexFutex,
  kSemaphore,
  kStarving,
  kQueuingMutex,
  kQueuingRwMutex,
  kCondition,
  kHostCondition,
  kHostAddress,
  kHostQueue,
};

// The threads whose addresses hash to one place: for each address and kind
// a queue, oldest first. Its head is in the bucket's list.
template <class P>
class PARKWAY_CAPABILITY("mutex") AddressBucket {
  friend class BasicAddressWaiter<P>;
  using W = BasicAddressWaiter<P>;

  // In the child of a fork nobody waits at first.
  void lock() PARKWAY_ACQUIRE() PARKWAY_NO_THREAD_SAFETY_ANALYSIS;
  void unlock() PARKWAY_RELEASE() PARKWAY_NO_THREAD_SAFETY_ANALYSIS {
    lock_.unlock();
  }
  // The rest needs the lock.
  W* find(const void* address, AddressKind kind);
  void push_back(W* waiter);
  void remove(W* waiter);
  W** link_to(W* head);

  typename P::TableLock lock_;
  // In all queues together. Written under the lock; read without, by wakers.
  typename P::template Atomic<std::uint32_t> waiters_{0};
  W* first_ = nullptr;
};

// One wait of one thread, on its stack. Only the thread that made it may call
// its members; the static functions are for any thread, and never touch the
// address itself.
template <class P>
class BasicAddressWaiter {
 public:
  // `address` is a name only, nothing is read from it. `context` is for
  // wake_if().
  explicit BasicAddressWaiter(const void* address, AddressKind kind,
                              std::uintptr_t context = 0)
      : address_(address), context_(context), kind_(kind) {}
  // cancel(): so a condition may throw.
  ~BasicAddressWaiter() { cancel(); }
  BasicAddressWaiter(const BasicAddressWaiter&) = delete;
  BasicAddressWaiter& operator=(const BasicAddressWaiter&) = delete;

  // Queues the thread, behind all others, and announces it. Whoever changes the
  // condition from now on finds it. Then a fence, so that the caller, which
  // looks at the condition next, sees every change whose waker did not find it.
  void prepare();

  // For those whose wakers do not ask may_have_waiters(): prepare() if
  // still(whether others wait for the same) is true, and no fence. still() runs
  // under the bucket's lock, as then() of wake_while() does; neither may wait,
  // or wake anybody.
  template <class Still>
  bool prepare_if(Still&& still);

  // After prepare(): whether a wake has come, for a spin before commit().
  bool woken() const { return semaphore_.has_wakeup(); }

  // After prepare(): sleeps until a wake, at most until `deadline`
  // (os::nanotime()). False if that came first; then nobody will wake it any
  // more. A waker that has taken it out by then is waited for, however late its
  // wake is. The wake is a release, this an acquire.
  //
  // After prepare_if() it never returns for no reason. After prepare() true may
  // also mean "look again": where the kernel refuses the barrier that it once
  // made, a wait ends after P::kSettleNs, once for each slot of sleepers. So
  // the caller looks at its condition whenever it is told that it was woken,
  // and waits anew if it must.
  bool commit(std::int64_t deadline);

  // As commit(), in parts: sleeps, and stays in the queue if the time is up.
  // After true the wait is over; after false sleep() or cancel() is next.
  bool sleep(std::int64_t deadline);

  // Leaves the queue, if it is there. True if a wake had come already, which
  // the caller has then used up; after a wake_one() it may want to pass it on.
  bool cancel();

  // Whether a thread may wait on an address near this one. "No" is exact: who
  // prepares later sees what was changed before this call. For threads that
  // were queued by prepare().
  static bool may_have_waiters(const void* address) {
    // Pairs with the barrier in prepare().
    if (!P::sleepers_after(address)) return false;
    return may_have_waiters_slow(address);
  }

  // The same without the fence, for a caller that has locked a mutex since the
  // waiter, which held it in prepare_if(), has released it.
  static bool may_have_ordered_waiters(const void* address) {
    // relaxed: ordered by that mutex, or by the fence.
    return P::address_bucket(address).waiters_.load(
               std::memory_order_relaxed) != 0;
  }

  // Wake the oldest, all, or all whose context `matches` accepts, of those that
  // wait on this address, which is of that kind for them. Return how many that
  // were.
  static std::size_t wake_one(const void* address, AddressKind kind);
  static std::size_t wake_all(const void* address, AddressKind kind);
  static std::size_t wake_if(const void* address, AddressKind kind,
                             bool (*matches)(std::uintptr_t context,
                                             std::uintptr_t argument),
                             std::uintptr_t argument);

  // The other half of prepare_if(): wakes those that wait on this address, the
  // oldest first, until takes(context) is false. Before they are woken it calls
  // then(whether any are left on this address), under the bucket's lock.
  template <class Takes, class Then>
  static std::size_t wake_while(const void* address, AddressKind kind,
                                Takes&& takes, Then&& then);

  // Wakes all of this kind in the bucket that have this context, whatever they
  // wait for. Returns how many that were.
  static std::size_t wake_in(AddressBucket<P>& bucket, AddressKind kind,
                             std::uintptr_t context);

 private:
  friend class AddressBucket<P>;
  using Bucket = AddressBucket<P>;

  // What wake_at() does with a waiter.
  enum class Choice { kWake, kSkip, kStop };

  // Those that were taken out, linked by next_, to be woken when the bucket's
  // lock has been released.
  struct Chain {
    void add(BasicAddressWaiter* waiter);
    std::size_t wake();
    BasicAddressWaiter* first = nullptr;
    BasicAddressWaiter** end = &first;
  };

  PARKWAY_NOINLINE static bool may_have_waiters_slow(const void* address);
  void settle();
  void end();
  // choose(context), of those that wait on `address`; then(whether any are
  // left).
  template <class Choose, class Then>
  static std::size_t wake_at(const void* address, AddressKind kind,
                             Choose&& choose, Then&& then);

  const void* const address_;
  const std::uintptr_t context_;
  const AddressKind kind_;
  // Guarded by the bucket's lock while queued_. A waker links those that it has
  // taken out by next_, without the lock, until it wakes them.
  BasicAddressWaiter* next_ = nullptr;
  BasicAddressWaiter* prev_ = nullptr;
  // Of the head of a queue: the last of it, and the next queue's head.
  BasicAddressWaiter* tail_ = nullptr;
  BasicAddressWaiter* bucket_next_ = nullptr;
  bool queued_ = false;
  // From prepare() to the end of the wait.
  bool waits_ = false;
  // Whether it counts as a sleeper.
  bool announced_ = false;
  // See P::announce(); kForever: no change can have been missed.
  std::int64_t settles_ = os::kForever;
  // Of its own: the thread may wait for something else in between, when its
  // condition locks a mutex.
  typename P::template WaitSemaphore<P> semaphore_;
};

namespace internal {

inline constexpr std::size_t kAddressBuckets = kAddressHashes;

struct alignas(64) PaddedAddressBucket {
  AddressBucket<Platform> bucket;
};

// 64 KiB, all zero at start.
extern PaddedAddressBucket address_table[kAddressBuckets];

}  // namespace internal

inline AddressBucket<Platform>& Platform::address_bucket(
    const void* address) noexcept {
  return internal::address_table[internal::address_hash(address)].bucket;
}

extern template class BasicAddressWaiter<Platform>;

using AddressWaiter = BasicAddressWaiter<Platform>;

// Wakes every thread that waits with this context for an address of this kind:
// they return as if they had been woken for what they wait for, so the context
// must be one that only those have who expect that. Returns how many that were.
// Looks at the whole table, some 40 us.
std::size_t wake_address_waiters(AddressKind kind,
                                 std::uintptr_t context) noexcept;

}  // namespace parkway

#endif  // PARKWAY_WAIT_ADDRESS_WAIT_H_
