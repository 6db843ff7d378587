// SPDX-License-Identifier: Apache-2.0

// concurrent_bounded_queue's waiting. A queue has two monitors, for those who
// wait for a slot and for those who wait for an item; each waiter has a ticket,
// and a notify wakes all whose ticket is not above the notified one. A monitor
// is nothing but an address here: the waiters are in
// parkway/wait/address_wait.h.
#include <cstddef>
#include <cstdint>

#include "parkway/base/spin.h"
#include "parkway/os/os.h"
#include "parkway/preload/stock_wait.h"
#include "parkway/tbb/preload/host/copies.h"
#include "parkway/tbb/preload/host/counters.h"
#include "parkway/tbb/preload/host/host_abi.h"
#include "parkway/tbb/preload/host/variants.h"
#include "parkway/wait/address_wait.h"
#include "parkway/wait/wait_pace.h"

namespace tbb::detail::r1 {
namespace {

using parkway::AddressWaiter;
using parkway::preload::Copy;
using parkway::preload::copy_for;
using parkway::preload::count;
using parkway::preload::host;
namespace preload = parkway::preload;

constexpr auto kKind = parkway::AddressKind::kHostQueue;

// Tags 0 and 1: slots and items.
constexpr std::size_t kMonitors = 2;

// The original sleeps at once. Here one short gap, then yields only, if any:
// the other side of a queue is a thread that works on the item, often on this
// CPU. (An item back and forth, two threads: with three gaps 11 us of CPU where
// the threads share a CPU with others, 3.4 with one gap, 4.4 stock; alone on
// two CPUs 1.9 us, .75, 35.)
constexpr std::uint32_t kMostYields = parkway::SpinLimits::kYields;
[[gnu::tls_model("initial-exec")]] thread_local parkway::WaitPace t_pace;

const void* monitor(concurrent_monitor* monitors, std::size_t tag) {
  return reinterpret_cast<const char*>(monitors) + tag;
}

// What lies behind a queue of ours: one byte for each monitor, which is only an
// address here, and then, aligned, this. oneTBB has more memory there.
struct Behind {
  std::uintptr_t mark;
  void (*deallocate)(void* memory);
};
constexpr std::uintptr_t kMark = 0x9e3779b97f4a7c15u;

Behind* behind(const void* monitors) {
  constexpr std::uintptr_t kAlign = alignof(Behind);
  const auto end = reinterpret_cast<std::uintptr_t>(monitors) + kMonitors;
  return reinterpret_cast<Behind*>((end + kAlign - 1) & ~(kAlign - 1));
}
constexpr std::size_t kBytesBehind =
    kMonitors + alignof(Behind) + sizeof(Behind);

std::uintptr_t mark_of(const void* monitors) {
  return reinterpret_cast<std::uintptr_t>(monitors) ^ kMark;
}

// Whether the queue is one of ours. Who calls says it, unless that is not
// certain: the last call of a function may have been made a jump.
bool is_ours(const Copy& copy, const void* monitors) {
  if (__builtin_expect(copy.guessed, 0)) {
    return behind(monitors)->mark == mark_of(monitors);
  }
  return copy.uses(preload::kWaits);
}

// From the host's allocator: it throws bad_alloc where there is no memory.
std::uint8_t* allocate_of(const Copy& copy, std::size_t queue_rep_size) {
  if (!copy.uses(preload::kWaits)) {
    return host<decltype(allocate_bounded_queue_rep)>(
        copy, preload::kAllocateBoundedQueueRep)(queue_rep_size);
  }
  auto* const memory = static_cast<std::uint8_t*>(host<void*(std::size_t)>(
      copy, preload::kCacheAlignedAllocate)(queue_rep_size + kBytesBehind));
  const void* const monitors = memory + queue_rep_size;
  *behind(monitors) = {
      mark_of(monitors),
      host<void(void*)>(copy, preload::kCacheAlignedDeallocate)};
  return memory;
}

void deallocate_of(const Copy& copy, std::uint8_t* memory,
                   std::size_t queue_rep_size) {
  const void* const monitors = memory + queue_rep_size;
  if (!is_ours(copy, monitors)) {
    return host<decltype(deallocate_bounded_queue_rep)>(
        copy, preload::kDeallocateBoundedQueueRep)(memory, queue_rep_size);
  }
  Behind& it = *behind(monitors);
  it.mark = 0;
  it.deallocate(memory);
}

void wait_in_host(const Copy& copy, concurrent_monitor* monitors,
                  std::size_t tag, std::ptrdiff_t target,
                  d1::delegate_base& predicate) {
  auto* const own = host<decltype(wait_bounded_queue_monitor)>(
      copy, preload::kWaitBoundedQueueMonitor);
  if (!copy.watches(preload::kWaits)) {
    return own(monitors, tag, target, predicate);
  }
  const preload::StockWait wait(parkway::WaitKind::kQueue,
                                monitor(monitors, tag),
                                preload::StockWait::kPerhaps);
  own(monitors, tag, target, predicate);
}

// Before a notify that is not ours.
void tell_of_notify(const Copy& copy, concurrent_monitor* monitors,
                    std::size_t tag) {
  if (copy.watches(preload::kWaits)) {
    preload::stock_releases(parkway::WaitKind::kQueue, monitor(monitors, tag));
  }
}

// predicate(): whether there is something to wait for. It throws user_abort
// once the queue was aborted.
void wait_of(const Copy& copy, concurrent_monitor* monitors, std::size_t tag,
             std::ptrdiff_t target, d1::delegate_base& predicate) {
  if (!is_ours(copy, monitors)) {
    return wait_in_host(copy, monitors, tag, target, predicate);
  }
  count(preload::kQueueWaits);
  const auto done = [&predicate] { return !predicate(); };
  if (done()) return;
  const std::int64_t start = parkway::os::nanotime();
  const auto ended = [start] {
    t_pace.ended_after(parkway::os::nanotime() - start);
  };
  if (parkway::internal::spin_and_yield<parkway::Platform>(
          done, t_pace.plan(kMostYields))) {
    return ended();
  }
  AddressWaiter waiter(monitor(monitors, tag), kKind,
                       static_cast<std::uintptr_t>(target));
  do {
    waiter.prepare();
    if (done()) return ended();
    count(preload::kQueueParks);
    waiter.commit(parkway::os::kForever);
  } while (!done());
  ended();
}

void notify_of(const Copy& copy, concurrent_monitor* monitors, std::size_t tag,
               std::size_t ticket) {
  if (!is_ours(copy, monitors)) {
    tell_of_notify(copy, monitors, tag);
    return host<decltype(notify_bounded_queue_monitor)>(
        copy, preload::kNotifyBoundedQueueMonitor)(monitors, tag, ticket);
  }
  count(preload::kQueueNotifies);
  const void* const address = monitor(monitors, tag);
  if (!AddressWaiter::may_have_waiters(address)) return;
  count(preload::kQueueWakes,
        AddressWaiter::wake_if(
            address, kKind,
            [](std::uintptr_t waits, std::uintptr_t notified) {
              return waits <= notified;
            },
            ticket));
}

// The queue has raised its abort counter: every waiter's predicate throws now.
void abort_all_of(const Copy& copy, concurrent_monitor* monitors) {
  if (!is_ours(copy, monitors)) {
    for (std::size_t tag = 0; tag < kMonitors; ++tag) {
      tell_of_notify(copy, monitors, tag);
    }
    return host<decltype(abort_bounded_queue_monitors)>(
        copy, preload::kAbortBoundedQueueMonitors)(monitors);
  }
  count(preload::kQueueAborts);
  for (std::size_t tag = 0; tag < kMonitors; ++tag) {
    const void* const address = monitor(monitors, tag);
    if (!AddressWaiter::may_have_waiters(address)) continue;
    count(preload::kQueueWakes, AddressWaiter::wake_all(address, kKind));
  }
}

}  // namespace

std::uint8_t* allocate_bounded_queue_rep(std::size_t queue_rep_size) {
  return allocate_of(
      copy_for(__builtin_return_address(0), preload::kAllocateBoundedQueueRep),
      queue_rep_size);
}

void deallocate_bounded_queue_rep(std::uint8_t* memory,
                                  std::size_t queue_rep_size) {
  deallocate_of(copy_for(__builtin_return_address(0),
                         preload::kDeallocateBoundedQueueRep),
                memory, queue_rep_size);
}

void wait_bounded_queue_monitor(concurrent_monitor* monitors, std::size_t tag,
                                std::ptrdiff_t target,
                                d1::delegate_base& predicate) {
  wait_of(
      copy_for(__builtin_return_address(0), preload::kWaitBoundedQueueMonitor),
      monitors, tag, target, predicate);
}

void notify_bounded_queue_monitor(concurrent_monitor* monitors, std::size_t tag,
                                  std::size_t ticket) {
  notify_of(copy_for(__builtin_return_address(0),
                     preload::kNotifyBoundedQueueMonitor),
            monitors, tag, ticket);
}

void abort_bounded_queue_monitors(concurrent_monitor* monitors) {
  abort_all_of(copy_for(__builtin_return_address(0),
                        preload::kAbortBoundedQueueMonitors),
               monitors);
}

}  // namespace tbb::detail::r1

const parkway::preload::Variants& parkway::preload::queue_variants(
    std::size_t i) noexcept {
  namespace r1 = ::tbb::detail::r1;
  static const Variants variants[] = {
      variants_of<&r1::allocate_of>(), variants_of<&r1::deallocate_of>(),
      variants_of<&r1::wait_of>(), variants_of<&r1::notify_of>(),
      variants_of<&r1::abort_all_of>()};
  return variants[i];
}
