// SPDX-License-Identifier: Apache-2.0

#include "tests/house/untold.h"

#include "parkway/lock/cond_var_slow.h"
#include "parkway/lock/futex_mutex_slow.h"
#include "parkway/lock/futex_note_slow.h"
#include "parkway/lock/queuing_mutex_slow.h"
#include "parkway/lock/queuing_rw_mutex_slow.h"
#include "parkway/lock/rw_mutex_slow.h"
#include "parkway/lock/sema_mutex_slow.h"
#include "parkway/lock/sema_note_slow.h"
#include "parkway/lock/semaphore_slow.h"
#include "parkway/wait/address_wait_slow.h"
#include "parkway/wait/wait_table.h"

namespace parkway {
namespace test {

// Nobody waits while it is counted: one for all will do.
AddressBucket<Untold>& Untold::address_bucket(const void* /*at*/) noexcept {
  static AddressBucket<Untold> all;
  return all;
}
WaitBucket<UntoldRw>& UntoldRw::bucket(const void* /*key*/) noexcept {
  static WaitBucket<UntoldRw> all;
  return all;
}

}  // namespace test

template class BasicAddressWaiter<test::Untold>;
template class BasicFutexMutex<test::Untold>;
template class BasicFutexMutex<ByteFutex<test::Untold>>;
template class BasicSemaMutex<test::Untold>;
template class BasicRwMutex<test::UntoldRw>;
template class BasicQueuingMutex<test::Untold>;
template class BasicQueuingRwMutex<test::Untold>;
template class BasicFutexNote<test::Untold>;
template class BasicSemaNote<test::Untold>;
template class BasicCondVar<test::Untold>;
template class BasicSemaphore<test::Untold>;

}  // namespace parkway
