// SPDX-License-Identifier: Apache-2.0

#include "parkway/absl/preload/stats.h"

#include <errno.h>
#include <unistd.h>

#include <cstddef>

#include "parkway/absl/preload/copies.h"
#include "parkway/absl/preload/mode.h"
#include "parkway/absl/preload/table.h"
#include "parkway/preload/message.h"

namespace parkway::preload {
namespace {

unsigned long long value(const std::atomic<std::uint64_t>& counter) {
  return counter.load(std::memory_order_relaxed);
}

}  // namespace

void print_stats() noexcept {
  const char* const program = program_invocation_short_name;
  const int process = static_cast<int>(getpid());
  bool any = false;
  Copy copy;
  for (unsigned i = 0; i < kMostCopies; ++i) {
    if (!internal::copies.picture(i, copy)) continue;
    say("stats of %s (%d): %s, %s", program, process, spelled(copy.mode),
        copy.name);
    any = true;
  }
  if (!any) {
    say("stats of %s (%d): no shared Abseil in this process, or none that was "
        "used",
        program, process);
    return;
  }
  say("%12s %12s  %s", "calls", "contended", "function");
  for (std::size_t i = 0; i < entry_count; ++i) {
    const unsigned long long calls = value(parkway_calls[i]);
    if (calls == 0) continue;
    if (entries[i].locks) {
      say("%12llu %12llu  %s", calls, value(parkway_contended[i]),
          entries[i].label);
    } else {
      say("%12llu %12s  %s", calls, "", entries[i].label);
    }
  }
}

}  // namespace parkway::preload
