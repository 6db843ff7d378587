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
#include "parkway/tbb/preload/host/host_abi.h"
#include "parkway/tbb/preload/host/state.h"
#include "parkway/tbb/preload/host/stats.h"
#include "parkway/wait/address_wait.h"
#include "parkway/wait/wait_pace.h"

namespace tbb::detail::r1 {
namespace {

using parkway::AddressWaiter;
using parkway::preload::count;
using parkway::preload::host;
using parkway::preload::in_use;
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

}  // namespace

// Memory for the queue and, behind it, one byte for each monitor, which is only
// an address here. From the host's allocator: it throws bad_alloc where there
// is none.
std::uint8_t* allocate_bounded_queue_rep(std::size_t queue_rep_size) {
  if (!in_use(preload::kWaits)) {
    return host<decltype(allocate_bounded_queue_rep)>(
        preload::kAllocateBoundedQueueRep)(queue_rep_size);
  }
  return static_cast<std::uint8_t*>(host<void*(std::size_t)>(
      preload::kCacheAlignedAllocate)(queue_rep_size + kMonitors));
}

void deallocate_bounded_queue_rep(std::uint8_t* memory,
                                  std::size_t queue_rep_size) {
  if (!in_use(preload::kWaits)) {
    return host<decltype(deallocate_bounded_queue_rep)>(
        preload::kDeallocateBoundedQueueRep)(memory, queue_rep_size);
  }
  host<void(void*)>(preload::kCacheAlignedDeallocate)(memory);
}

// predicate(): whether there is something to wait for. It throws user_abort
// once the queue was aborted.
void wait_bounded_queue_monitor(concurrent_monitor* monitors, std::size_t tag,
                                std::ptrdiff_t target,
                                d1::delegate_base& predicate) {
  if (!in_use(preload::kWaits)) {
    return host<decltype(wait_bounded_queue_monitor)>(
        preload::kWaitBoundedQueueMonitor)(monitors, tag, target, predicate);
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

void notify_bounded_queue_monitor(concurrent_monitor* monitors, std::size_t tag,
                                  std::size_t ticket) {
  if (!in_use(preload::kWaits)) {
    return host<decltype(notify_bounded_queue_monitor)>(
        preload::kNotifyBoundedQueueMonitor)(monitors, tag, ticket);
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
void abort_bounded_queue_monitors(concurrent_monitor* monitors) {
  if (!in_use(preload::kWaits)) {
    return host<decltype(abort_bounded_queue_monitors)>(
        preload::kAbortBoundedQueueMonitors)(monitors);
  }
  count(preload::kQueueAborts);
  for (std::size_t tag = 0; tag < kMonitors; ++tag) {
    const void* const address = monitor(monitors, tag);
    if (!AddressWaiter::may_have_waiters(address)) continue;
    count(preload::kQueueWakes, AddressWaiter::wake_all(address, kKind));
  }
}

}  // namespace tbb::detail::r1
