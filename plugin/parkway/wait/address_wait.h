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
// the other. The fence between is parkway/wait/asymmetric_fence.h's: wakers,
// most of whom find nobody, have the light half. A waker that found its waiter
// without may_have_waiters() (ByteMutex does, by parkway/wait/sleepers.h) needs
// no fence: the bucket's lock orders the two.
//
// The idea of a table by address is that of futexes and of WebKit's ParkingLot;
// the protocol in three steps is Vyukov's eventcount, which oneTBB's
// concurrent_monitor has as well.
#ifndef PARKWAY_WAIT_ADDRESS_WAIT_H_
#define PARKWAY_WAIT_ADDRESS_WAIT_H_

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <new>

#include "parkway/wait/address_hash.h"
#include "parkway/wait/asymmetric_fence.h"
#include "parkway/wait/wait_platform.h"
#include "parkway/wait/worker_semaphore.h"

namespace parkway {

template <class P>
class BasicAddressWaiter;

// The threads whose addresses hash to one place, oldest first.
template <class P>
class AddressBucket {
 public:
  // In the child of a fork, which has one thread: nobody waits, nobody holds
  // the lock.
  void forget_waiters() { new (this) AddressBucket; }

 private:
  friend class BasicAddressWaiter<P>;
  using W = BasicAddressWaiter<P>;

  void push_back(W* waiter);
  void remove(W* waiter);

  typename P::TableLock lock_;
  // Length of the list. Written under the lock; read without, by wakers.
  typename P::template Atomic<std::uint32_t> waiters_{0};
  W* first_ = nullptr;
  W* last_ = nullptr;
};

// One wait of one thread, on its stack. Only the thread that made it may call
// its members; the static functions are for any thread, and never touch the
// address itself.
template <class P>
class BasicAddressWaiter {
 public:
  // `address` is a name only, nothing is read from it. `context` is for
  // wake_if().
  explicit BasicAddressWaiter(const void* address, std::uintptr_t context = 0)
      : address_(address), context_(context) {}
  // cancel(): so a condition may throw.
  ~BasicAddressWaiter() { cancel(); }
  BasicAddressWaiter(const BasicAddressWaiter&) = delete;
  BasicAddressWaiter& operator=(const BasicAddressWaiter&) = delete;

  // Queues the thread, behind all others. Whoever changes the condition from
  // now on finds it. Then the heavy half of the fence, so that the caller,
  // which looks at the condition next, sees every change whose waker did not
  // find it.
  void prepare();

  // For those whose wakers do not ask may_have_waiters(): prepare() if still()
  // is true, and no fence. still() runs under the bucket's lock, as then() of
  // wake_while() does; neither may wait, or wake anybody.
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
  // also mean "look again": where the kernel refuses the fence that it once
  // made (see AsymmetricFence::heavy()), a wait ends after P::kRecheckNs at
  // most. So the caller looks at its condition whenever it is told that it was
  // woken, and waits anew if it must.
  bool commit(std::int64_t deadline);

  // Leaves the queue, if it is there. True if a wake had come already, which
  // the caller has then used up; after a wake_one() it may want to pass it on.
  bool cancel();

  // The light half of the fence; then whether a thread may wait on an address
  // near this one. "No" is exact: who prepares later sees what was changed
  // before this call. For threads that were queued by prepare().
  static bool may_have_waiters(const void* address) {
    // Pairs with the heavy half in prepare().
    P::asymmetric_fence().light();
    return may_have_ordered_waiters(address);
  }

  // The same without the fence, for a caller that has locked a mutex since the
  // waiter, which held it in prepare_if(), has released it.
  static bool may_have_ordered_waiters(const void* address) {
    // relaxed: ordered by that mutex, or by the fence.
    return P::address_bucket(address).waiters_.load(
               std::memory_order_relaxed) != 0;
  }

  // Wake the oldest, the oldest with that context, all, or all whose context
  // `matches` accepts, of those that wait on this address. Return how many that
  // were.
  static std::size_t wake_one(const void* address);
  static std::size_t wake_one(const void* address, std::uintptr_t context);
  static std::size_t wake_all(const void* address);
  static std::size_t wake_if(const void* address,
                             bool (*matches)(std::uintptr_t context,
                                             std::uintptr_t argument),
                             std::uintptr_t argument);

  // The other half of prepare_if(): wakes those that wait on this address, the
  // oldest first, until takes(context) is false. Before they are woken it calls
  // then(whether any are left on this address), under the bucket's lock.
  template <class Takes, class Then>
  static std::size_t wake_while(const void* address, Takes&& takes,
                                Then&& then);

  // Wakes all in the bucket that have this context, whatever they wait for.
  // Returns how many that were.
  static std::size_t wake_in(AddressBucket<P>& bucket, std::uintptr_t context);

 private:
  friend class AddressBucket<P>;
  using Bucket = AddressBucket<P>;

  // What wake() does with a waiter. kOther is for those that are no concern of
  // the caller's; the others count as left if they are not woken.
  enum class Choice { kWake, kSkip, kStop, kOther };

  void queue(Bucket& bucket);
  // choose(waiter); then(whether any are left).
  template <class Choose, class Then>
  static std::size_t wake(Bucket& bucket, Choose&& choose, Then&& then);
  // choose(context), of those that wait on `address`.
  template <class Choose, class Then>
  static std::size_t wake_at(const void* address, Choose&& choose, Then&& then);

  const void* const address_;
  const std::uintptr_t context_;
  // Guarded by the bucket's lock while queued_. A waker links those that it has
  // taken out by next_, without the lock, until it wakes them.
  BasicAddressWaiter* next_ = nullptr;
  BasicAddressWaiter* prev_ = nullptr;
  bool queued_ = false;
  // From prepare() to the end of the wait.
  bool waits_ = false;
  // Whether no change can be missed: false after a fence that was none.
  bool fenced_ = true;
  // Of its own: the thread may wait for something else in between, when its
  // condition locks a mutex.
  typename P::template WaitSemaphore<P> semaphore_;
};

namespace internal {

inline constexpr std::size_t kAddressBuckets = kAddressHashes;

struct alignas(64) PaddedAddressBucket {
  AddressBucket<Platform> bucket;
};

// 16 KiB, all zero at start.
extern PaddedAddressBucket address_table[kAddressBuckets];

}  // namespace internal

inline AddressBucket<Platform>& Platform::address_bucket(
    const void* address) noexcept {
  return internal::address_table[internal::address_hash(address)].bucket;
}

extern template class BasicAddressWaiter<Platform>;

using AddressWaiter = BasicAddressWaiter<Platform>;

// Wakes every thread that waits by an AddressWaiter with this context, on any
// address: they return as if they had been woken for what they wait for, so the
// context must be one that only those have who expect that. Returns how many
// that were. Looks at the whole table, some 10 us.
std::size_t wake_address_waiters(std::uintptr_t context) noexcept;

}  // namespace parkway

#endif  // PARKWAY_WAIT_ADDRESS_WAIT_H_
