// SPDX-License-Identifier: Apache-2.0

// Whether a CPU had its core to itself.
//
// Two hardware threads share what a core can do at once, and a virtual machine
// does not see who is on the other one. A loop of independent operations on
// registers then takes half as long again, like every loop that keeps a core
// busy; one that waits for its own last result does not. On a machine that is
// shared this comes and goes, within milliseconds or for minutes.

#ifndef PARKWAY_BENCH_ENGINE_CORE_PROBE_H_
#define PARKWAY_BENCH_ENGINE_CORE_PROBE_H_

#include <vector>

namespace parkway_bench {

// Nanoseconds of the calling thread's CPU time for one turn of such a loop: the
// least of three tries, some 0.1 ms each.
double CoreProbe();

// The share of `probes`, 0..1, that took more than 1.25 of the fastest one: of
// one loop without memory, which nothing in this program can make slower. 0 if
// there are none.
double BusyCores(const std::vector<double>& probes);

}  // namespace parkway_bench

#endif  // PARKWAY_BENCH_ENGINE_CORE_PROBE_H_
