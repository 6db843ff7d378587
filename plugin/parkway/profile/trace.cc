// SPDX-License-Identifier: Apache-2.0

// The last waits as events of the Trace Event Format, which Perfetto and
// chrome://tracing show.
#include <algorithm>
#include <cstdint>

#include "parkway/profile/names.h"
#include "parkway/profile/output.h"

namespace parkway::internal {

void write_trace(const Notes& notes, const ProfileRun& run, Output& output) {
  output.print("{\"displayTimeUnit\":\"ns\",\"traceEvents\":[");
  const std::uint64_t kept =
      std::min<std::uint64_t>(notes.happened, Notes::kEvents);
  for (std::uint64_t i = notes.happened - kept; i < notes.happened; ++i) {
    const Event& event = notes.events[i % Notes::kEvents];
    const Site& site = notes.sites[event.site];
    char name[kLongestName + 1];
    find_lock_name(site.lock, name);
    output.print("%s\n{\"name\":", i == notes.happened - kept ? "" : ",");
    output.quote(name[0] != '\0' ? name : name_of(site.kind));
    // Microseconds.
    output.print(
        ",\"cat\":\"%s\",\"ph\":\"X\",\"pid\":1,\"tid\":%u,\"ts\":%.3f,"
        "\"dur\":%.3f,\"args\":{\"lock\":\"0x%llx\"}}",
        name_of(site.kind), event.thread,
        1e-3 * static_cast<double>(event.start - run.began),
        1e-3 * static_cast<double>(event.nanoseconds),
        static_cast<unsigned long long>(
            reinterpret_cast<std::uintptr_t>(site.lock)));
  }
  output.print("]%s}\n",
               run.of_stock ? ",\"otherData\":{\"locks\":\"stock\"}" : "");
}

}  // namespace parkway::internal
