// SPDX-License-Identifier: Apache-2.0

// parkway's locks as they were without a contention profile: with a policy that
// has no kProfiled. Their slow halves are compiled elsewhere, as those of the
// locks themselves are, so that only the profile makes a difference.
#ifndef PARKWAY_TESTS_HOUSE_UNTOLD_H_
#define PARKWAY_TESTS_HOUSE_UNTOLD_H_

#include "parkway/lock/byte_mutex.h"
#include "parkway/lock/cond_var.h"
#include "parkway/lock/futex_mutex.h"
#include "parkway/lock/futex_note.h"
#include "parkway/lock/queuing_mutex.h"
#include "parkway/lock/queuing_rw_mutex.h"
#include "parkway/lock/rw_mutex.h"
#include "parkway/lock/sema_mutex.h"
#include "parkway/lock/sema_note.h"
#include "parkway/lock/semaphore.h"
#include "parkway/wait/address_wait.h"
#include "parkway/wait/rw_waiter.h"
#include "parkway/wait/wait_platform.h"

namespace parkway::test {

struct Untold : Platform {
  static constexpr bool kProfiled = false;
  static AddressBucket<Untold>& address_bucket(const void* address) noexcept;
};

struct UntoldRw : Untold {
  static constexpr bool kHeldLocks = false;
  // Never made: waits keep all on the stack.
  struct Worker {
    RwWaiter<UntoldRw> waiter;
    bool waits;
  };
  static Worker* waits_in_record() noexcept { return nullptr; }
  static WaitBucket<UntoldRw>& bucket(const void* key) noexcept;
};

}  // namespace parkway::test

namespace parkway {

extern template class BasicAddressWaiter<test::Untold>;
extern template class BasicFutexMutex<test::Untold>;
extern template class BasicFutexMutex<ByteFutex<test::Untold>>;
extern template class BasicSemaMutex<test::Untold>;
extern template class BasicRwMutex<test::UntoldRw>;
extern template class BasicQueuingMutex<test::Untold>;
extern template class BasicQueuingRwMutex<test::Untold>;
extern template class BasicFutexNote<test::Untold>;
extern template class BasicSemaNote<test::Untold>;
extern template class BasicCondVar<test::Untold>;
extern template class BasicSemaphore<test::Untold>;

}  // namespace parkway

#endif  // PARKWAY_TESTS_HOUSE_UNTOLD_H_
