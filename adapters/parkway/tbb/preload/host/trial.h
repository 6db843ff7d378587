// SPDX-License-Identifier: Apache-2.0

// Whether a layer works over a release of oneTBB that nobody has seen.
#ifndef PARKWAY_TBB_PRELOAD_HOST_TRIAL_H_
#define PARKWAY_TBB_PRELOAD_HOST_TRIAL_H_

#include <cstdint>

#include "parkway/tbb/preload/host/copies.h"

namespace parkway::preload {

// Tries it in a child of this process, which shares nothing with it, runs none
// of its handlers and can crash or hang alone. The process notices nothing but
// the time: a copy of the page tables for each layer (as a rule that is at the
// start of the process, when there is little to copy), and kTrialNs, at most,
// for all of them. Not where a filter of system calls ends a process that makes
// a child.
//   waits    a bounded queue is made, notified, waited on and taken down, and
//            oneTBB's own waits ask their predicates as ours do
//   workers  oneTBB takes its threads from our server
//   stacks   a task is suspended, and resumed on its own stack
class Trial {
 public:
  Trial() noexcept;
  // Null if the layer works, else what is wrong.
  const char* why_not(const Copy& copy, Layers layer) noexcept;

 private:
  std::int64_t deadline_;
};

// What an innocent trial takes on the slowest machine, many times over.
inline constexpr std::int64_t kTrialNs = 5'000'000'000;

}  // namespace parkway::preload

#endif  // PARKWAY_TBB_PRELOAD_HOST_TRIAL_H_
