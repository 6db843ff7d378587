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
      output.print(" 0x%llx",
                   static_cast<unsigned long long>(
                       reinterpret_cast<std::uintptr_t>(stack.frames[i])));
    }
    output.print("\n");
  }
  output.print("\nMAPPED_LIBRARIES:\n");
  for_each_mapping(print_mapping, &output);
}

}  // namespace parkway::internal
