// SPDX-License-Identifier: Apache-2.0

// Waiting on addresses. What oneTBB's address_waiter does with a table of
// monitors, over parkway/wait/address_wait.h. Between every notify's change and
// its look for waiters there is a fence where one is needed, which the original
// lacks (a lost wakeup on machines with weak memory order).
#include <cstddef>
#include <cstdint>

#include "parkway/os/os.h"
#include "parkway/preload/stock_wait.h"
#include "parkway/tbb/preload/host/copies.h"
#include "parkway/tbb/preload/host/counters.h"
#include "parkway/tbb/preload/host/host_abi.h"
#include "parkway/tbb/preload/host/variants.h"
#include "parkway/wait/address_wait.h"

namespace tbb::detail::r1 {

using parkway::AddressWaiter;
using parkway::preload::Copy;
using parkway::preload::copy_for;
using parkway::preload::count;
using parkway::preload::host;
namespace preload = parkway::preload;

namespace {

constexpr auto kKind = parkway::AddressKind::kHostAddress;

void notify_ours(void* address, std::uintptr_t context) {
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

void notify_one_of_ours(void* address) {
  count(preload::kAddressNotifies);
  if (!AddressWaiter::may_have_waiters(address)) return;
  count(preload::kAddressWakes, AddressWaiter::wake_one(address, kKind));
}

void notify_all_of_ours(void* address) {
  count(preload::kAddressNotifies);
  if (!AddressWaiter::may_have_waiters(address)) return;
  count(preload::kAddressWakes, AddressWaiter::wake_all(address, kKind));
}

// Before a notify that is not ours.
void tell_of_notify(const Copy& copy, const void* address) {
  if (copy.watches(preload::kWaits)) {
    preload::stock_releases(parkway::WaitKind::kAddress, address);
  }
}

// A notify that may be any copy's: a call that was made a jump returns to its
// caller's caller. A wake too many only makes a thread look again.
[[gnu::cold, gnu::noinline]] void notify_everywhere(preload::Entry entry,
                                                    void (*ours)(void*),
                                                    void* address) {
  bool ours_too = false;
  Copy copy;
  for (unsigned i = 0; i < preload::kMostCopies; ++i) {
    if (!preload::internal::copies.picture(i, copy)) continue;
    if (copy.uses(preload::kWaits)) {
      ours_too = true;
    } else {
      tell_of_notify(copy, address);
      host<void(void*)>(copy, entry)(address);
    }
  }
  if (ours_too) ours(address);
}

void wait_in_host(const Copy& copy, void* address, d1::delegate_base& predicate,
                  std::uintptr_t context) {
  auto* const own =
      host<decltype(wait_on_address)>(copy, preload::kWaitOnAddress);
  if (!copy.watches(preload::kWaits)) return own(address, predicate, context);
  const preload::StockWait wait(parkway::WaitKind::kAddress, address,
                                preload::StockWait::kPerhaps);
  own(address, predicate, context);
}

// The callers are the inline halves of oneTBB's mutexes, which have spun and
// yielded already: no spin here. Returns after one notify, as the original, or
// for no reason (see AddressWaiter::commit()): they all look again in a loop.
void wait(const Copy& copy, void* address, d1::delegate_base& predicate,
          std::uintptr_t context) {
  if (!copy.uses(preload::kWaits)) {
    return wait_in_host(copy, address, predicate, context);
  }
  count(preload::kAddressWaits);
  AddressWaiter waiter(address, kKind, context);
  waiter.prepare();
  if (predicate()) return;
  count(preload::kAddressParks);
  waiter.commit(parkway::os::kForever);
}

void notify(const Copy& copy, void* address, std::uintptr_t context) {
  if (__builtin_expect(copy.guessed, 0)) {
    // The waiters of other contexts look again as well.
    notify_everywhere(preload::kNotifyByAddressAll, &notify_all_of_ours,
                      address);
  } else if (copy.uses(preload::kWaits)) {
    notify_ours(address, context);
  } else {
    tell_of_notify(copy, address);
    host<decltype(notify_by_address)>(copy, preload::kNotifyByAddress)(address,
                                                                       context);
  }
}

void notify_one(const Copy& copy, void* address) {
  if (__builtin_expect(copy.guessed, 0)) {
    notify_everywhere(preload::kNotifyByAddressOne, &notify_one_of_ours,
                      address);
  } else if (copy.uses(preload::kWaits)) {
    notify_one_of_ours(address);
  } else {
    tell_of_notify(copy, address);
    host<decltype(notify_by_address_one)>(
        copy, preload::kNotifyByAddressOne)(address);
  }
}

void notify_all(const Copy& copy, void* address) {
  if (__builtin_expect(copy.guessed, 0)) {
    notify_everywhere(preload::kNotifyByAddressAll, &notify_all_of_ours,
                      address);
  } else if (copy.uses(preload::kWaits)) {
    notify_all_of_ours(address);
  } else {
    tell_of_notify(copy, address);
    host<decltype(notify_by_address_all)>(
        copy, preload::kNotifyByAddressAll)(address);
  }
}

}  // namespace

void wait_on_address(void* address, d1::delegate_base& predicate,
                     std::uintptr_t context) {
  wait(copy_for(__builtin_return_address(0), preload::kWaitOnAddress), address,
       predicate, context);
}

void notify_by_address(void* address, std::uintptr_t context) {
  notify(copy_for(__builtin_return_address(0), preload::kNotifyByAddress),
         address, context);
}

void notify_by_address_one(void* address) {
  notify_one(
      copy_for(__builtin_return_address(0), preload::kNotifyByAddressOne),
      address);
}

void notify_by_address_all(void* address) {
  notify_all(
      copy_for(__builtin_return_address(0), preload::kNotifyByAddressAll),
      address);
}

}  // namespace tbb::detail::r1

const parkway::preload::Variants& parkway::preload::address_variants(
    std::size_t i) noexcept {
  namespace r1 = ::tbb::detail::r1;
  static const Variants variants[] = {
      variants_of<&r1::wait>(), variants_of<&r1::notify>(),
      variants_of<&r1::notify_one>(), variants_of<&r1::notify_all>()};
  return variants[i];
}
