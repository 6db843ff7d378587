// SPDX-License-Identifier: Apache-2.0

// Waiting on addresses. What oneTBB's address_waiter does with a table of
// monitors, over parkway/wait/address_wait.h. Between every notify's change and
// its look for waiters there is a fence where one is needed, which the original
// lacks (a lost wakeup on machines with weak memory order).
#include <cstdint>

#include "parkway/os/os.h"
#include "parkway/tbb/preload/host/host_abi.h"
#include "parkway/tbb/preload/host/state.h"
#include "parkway/tbb/preload/host/stats.h"
#include "parkway/wait/address_wait.h"

namespace tbb::detail::r1 {

using parkway::AddressWaiter;
using parkway::preload::count;
using parkway::preload::host;
using parkway::preload::in_use;
namespace preload = parkway::preload;

static constexpr auto kKind = parkway::AddressKind::kHostAddress;

// The callers are the inline halves of oneTBB's mutexes, which have spun and
// yielded already: no spin here. Returns after one notify, as the original, or
// for no reason (see AddressWaiter::commit()): they all look again in a loop.
void wait_on_address(void* address, d1::delegate_base& predicate,
                     std::uintptr_t context) {
  if (!in_use(preload::kWaits)) {
    return host<decltype(wait_on_address)>(preload::kWaitOnAddress)(
        address, predicate, context);
  }
  count(preload::kAddressWaits);
  AddressWaiter waiter(address, kKind, context);
  waiter.prepare();
  if (predicate()) return;
  count(preload::kAddressParks);
  waiter.commit(parkway::os::kForever);
}

void notify_by_address(void* address, std::uintptr_t context) {
  if (!in_use(preload::kWaits)) {
    return host<decltype(notify_by_address)>(preload::kNotifyByAddress)(
        address, context);
  }
  count(preload::kAddressNotifies);
  if (!AddressWaiter::may_have_waiters(address)) return;
  count(preload::kAddressWakes,
        AddressWaiter::wake_if(
            address, kKind,
            [](std::uintptr_t waits, std::uintptr_t notified) {
              return waits == notified;
            },
            context));
}

void notify_by_address_one(void* address) {
  if (!in_use(preload::kWaits)) {
    return host<decltype(notify_by_address_one)>(preload::kNotifyByAddressOne)(
        address);
  }
  count(preload::kAddressNotifies);
  if (!AddressWaiter::may_have_waiters(address)) return;
  count(preload::kAddressWakes, AddressWaiter::wake_one(address, kKind));
}

void notify_by_address_all(void* address) {
  if (!in_use(preload::kWaits)) {
    return host<decltype(notify_by_address_all)>(preload::kNotifyByAddressAll)(
        address);
  }
  count(preload::kAddressNotifies);
  if (!AddressWaiter::may_have_waiters(address)) return;
  count(preload::kAddressWakes, AddressWaiter::wake_all(address, kKind));
}

}  // namespace tbb::detail::r1
