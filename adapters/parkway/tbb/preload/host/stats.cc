// SPDX-License-Identifier: Apache-2.0

#include "parkway/tbb/preload/host/stats.h"

#include <errno.h>
#include <unistd.h>

#include "parkway/preload/message.h"
#include "parkway/stack/stack_freelist.h"
#include "parkway/tbb/preload/host/copies.h"
#include "parkway/tbb/preload/host/counters.h"
#include "parkway/tbb/preload/host/layers.h"

namespace parkway::preload {
namespace {

constexpr const char* kLabels[kCounters] = {
    "waits on an address",
    "  that slept",
    "notifies by address",
    "  threads woken",
    "waits on a bounded queue",
    "  that slept",
    "notifies of a bounded queue",
    "  threads woken",
    "aborts of a bounded queue",
    "servers made",
    "worker threads started",
    "worker threads refused by the system",
    "times more workers were wanted",
    "times fewer workers were wanted",
    "worker parks",
    "worker wakes",
    "yields skipped by a worker without work",
    "yields parked in until more workers are wanted",
    "  that ended by time",
    "coroutine stacks served",
    "  that came back",
    "coroutine stacks left to the system",
    "context switches without a system call",
    "suspensions that were over before they began",
    "waits on a condition variable",
    "  that yielded first",
    "  and were notified meanwhile",
};

void print_stacks() noexcept {
  const StackStats stacks = stack_stats();
  const struct {
    std::uint64_t bytes;
    const char* what;
  } lines[] = {
      {stacks.in_use, "bytes of stacks in use at exit"},
      {stacks.peak, "bytes of stacks that threads had at once, at most"},
      {stacks.cached, "bytes of free stacks at exit that kept some memory"},
      {stacks.from_system, "bytes of address space for stacks at exit"},
  };
  for (const auto& line : lines) {
    const unsigned long long n = line.bytes;
    if (n != 0) say("%12llu  %s", n, line.what);
  }
}

// A line for each copy; how many there are.
int print_copies() noexcept {
  int copies = 0;
  Copy copy;
  for (unsigned number = 0; number < kMostCopies; ++number) {
    if (!internal::copies.picture(number, copy)) continue;
    char spelled[96];
    spell(copy.layers, copy.watched, spelled, sizeof spelled);
    say("stats of %s (%d): %s, %s", program_invocation_short_name,
        static_cast<int>(getpid()), spelled, copy.name);
    ++copies;
  }
  return copies;
}

}  // namespace

void print_stats() noexcept {
  if (print_copies() == 0) {
    say("stats of %s (%d): no libtbb in this process, or none that was used",
        program_invocation_short_name, static_cast<int>(getpid()));
    return;
  }
  say("%12s  %s", "count", "what");
  for (std::size_t i = 0; i < kCounters; ++i) {
    const unsigned long long n =
        internal::counters[i].load(std::memory_order_relaxed);
    if (n != 0) say("%12llu  %s", n, kLabels[i]);
  }
  if ((layers_in_use() & kStacks) != 0) print_stacks();
}

}  // namespace parkway::preload
