// SPDX-License-Identifier: Apache-2.0

// Waits on condition variables whose memory is somebody else's.
//
// A condition variable that is only an address: nothing is read there and
// nothing written, the waiters are those of parkway/wait/address_wait.h. The
// condition variables of a finished program are served so, by a preloaded
// library, whatever the libc has put into them.
//
//   waiter   holds the mutex:  Wait wait(address);
//            releases it;      wait.sleep(deadline, pace);
//            takes it again;   wait.take();
//   waker    has held the mutex since it changed the condition, or holds it:
//            notify_one(address) or notify_all(address)
//
// Waiters are notified in the order in which they came, one by each
// notify_one(), and never for no reason. The memory at the address may be gone
// once everybody has been notified.
//
// No fence is needed between a change and the look for waiters, as it is for
// waits without a mutex: a waker that took the mutex after the waiter had
// released it sees the waiter in the queue, and a waiter that took it after the
// waker sees the change.
//
// A wait yields a few times before it sleeps if the thread's last one was short
// (parkway/wait/wait_pace.h).
//
// Algorithm: the queue by address is that of futexes and of WebKit's
// ParkingLot; to queue before the mutex is released is what every condition
// variable does since nsync's and Abseil's.
#ifndef PARKWAY_WAIT_ADDRESS_COND_WAIT_H_
#define PARKWAY_WAIT_ADDRESS_COND_WAIT_H_

#include <cstddef>
#include <cstdint>

#include "parkway/wait/address_wait.h"
#include "parkway/wait/wait_pace.h"
#include "parkway/wait/wait_platform.h"

namespace parkway {

// One wait of one thread, on its stack; only that thread calls its members. The
// static functions are for any thread.
template <class P>
class BasicAddressCondWait {
 public:
  // Queues the calling thread, which holds the mutex, behind all that wait on
  // `address`. `context`: see wake_address_waiters().
  explicit BasicAddressCondWait(const void* address,
                                std::uintptr_t context = 0);

  // Ends the wait, however far it has come; by an exception or the thread's
  // cancellation, for instance. A notify that was for this waiter and that it
  // did not take() goes to the next one.
  ~BasicAddressCondWait();

  BasicAddressCondWait(const BasicAddressCondWait&) = delete;
  BasicAddressCondWait& operator=(const BasicAddressCondWait&) = delete;

  // Once, after the release of the mutex. Waits for a notify, at most until
  // `deadline` (os::nanotime(), or os::kForever). True if it was notified: the
  // notify is a release, this an acquire. False if the time was up first; then
  // nobody will notify it any more. `pace` is the thread's own.
  bool sleep(std::int64_t deadline, WaitPace& pace);

  // The notify that sleep() spoke of has served its purpose.
  void take() { notified_ = false; }

  // Wake the one that has waited longest, or all that wait now. Return how many
  // that were. No system call if nobody sleeps.
  static std::size_t notify_one(const void* address) {
    return Waiter::may_have_ordered_waiters(address)
               ? Waiter::wake_one(address, kKind)
               : 0;
  }
  static std::size_t notify_all(const void* address) {
    return Waiter::may_have_ordered_waiters(address)
               ? Waiter::wake_all(address, kKind)
               : 0;
  }

 private:
  using Waiter = BasicAddressWaiter<P>;
  static constexpr AddressKind kKind = AddressKind::kHostCondition;

  const void* const address_;
  Waiter waiter_;
  // Notified, and the notify was not taken.
  bool notified_ = false;
};

extern template class BasicAddressCondWait<Platform>;

using AddressCondWait = BasicAddressCondWait<Platform>;

}  // namespace parkway

#endif  // PARKWAY_WAIT_ADDRESS_COND_WAIT_H_
