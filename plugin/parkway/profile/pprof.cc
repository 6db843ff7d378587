// SPDX-License-Identifier: Apache-2.0

// The contention profile of gperftools, which Go's pprof reads as well: times
// and counts by stack, and where the code is mapped.
#include <cstdint>

#include "parkway/profile/output.h"

namespace parkway::internal {
namespace {

void print_mapping(void* context, const Mapping& mapping) {
  static_cast<Output*>(context)->print("%llx-%llx r-xp %08llx 00:00 0 %s\n",
                                       mapping.start, mapping.end,
                                       mapping.offset, mapping.path);
}

}  // namespace

void write_pprof(const Notes& notes, const ProfileRun& run, bool releases,
                 Output& output) {
  // The numbers below are of all waits already: the period is 1. A cycle is
  // a nanosecond.
  output.print("--- contention:\n");
  output.print("cycles/second = 1000000000\n");
  output.print("sampling period = 1\n");
  output.print("ms since reset = %lld\n",
               static_cast<long long>(run.nanoseconds / 1000000));
  output.print("discarded samples = %llu\n",
               static_cast<unsigned long long>(notes.left_out));
  for (const Site& site : notes.sites) {
    const Stack& stack = releases ? site.releaser : site.waiter;
    if (site.count == 0 || stack.depth == 0) continue;
    output.print("%llu %llu @",
                 static_cast<unsigned long long>(site.nanoseconds),
                 static_cast<unsigned long long>(site.count));
    for (int i = 0; i < stack.depth; ++i) {
      // All are of the instruction after a call. Go's goes back by 1 from each,
      // gperftools' not from the first: from that both find the call so.
      output.print(" 0x%llx",
                   static_cast<unsigned long long>(
                       reinterpret_cast<std::uintptr_t>(stack.frames[i]) -
                       (i == 0 ? 1 : 0)));
    }
    output.print("\n");
  }
  // Go's reads only this heading after samples of contention.
  output.print("\n--- Memory map: ---\n");
  // Here both readers pass over what they don't know.
  if (run.of_stock) output.print("locks=stock\n");
  for_each_mapping(print_mapping, &output);
}

}  // namespace parkway::internal
